package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SmallRackTest {
    private static final long SEEDS = Long.getLong("rackweave.seeds", 100);
    /** So few need not have met each rare thing. */
    private static final long FEW = 100;

    private static final long FIRST_SEED = Long.getLong("rackweave.firstSeed", 1);

    @Test
    void nothingIsLentTwiceOrUnwipedAndAllComesBackUnderLossAndCrashes() {
        int grants = 0;
        int losses = 0;
        int crashes = 0;
        int fences = 0;
        int reboots = 0;
        int overdues = 0;
        int refusals = 0;
        int reclaims = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            SmallRack rack = new SmallRack(seed, 2 + (int) (seed % 3), 1 + (int) (seed % 4));
            try {
                rack.run(30_000);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " fails; replay it with: mvn -pl bmc-daemon -am test -Dtest=SmallRackTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Drackweave.firstSeed=" + seed
                                + " -Drackweave.seeds=1\n" + e.getMessage(),
                        e);
            }
            grants += rack.tally.grants;
            losses += rack.tally.losses;
            crashes += rack.tally.crashes;
            fences += rack.tally.fences;
            reboots += rack.tally.reboots;
            overdues += rack.tally.overdues;
            refusals += rack.tally.refusals;
            reclaims += rack.tally.reclaims;
        }
        System.out.println(SEEDS + " seeds: " + grants + " grants, " + losses + " losses, " + crashes + " crashes, "
                + fences + " fences, " + reboots + " reboots, " + overdues + " overdue, " + refusals
                + " refusals of the ledger, " + reclaims + " reclaimed");
        assertThat(grants).as("a run that lends nothing shows nothing").isGreaterThan((int) SEEDS);
        if (SEEDS < FEW) {
            return;
        }
        assertThat(losses).isPositive();
        assertThat(crashes).isPositive();
        assertThat(fences).isPositive();
        assertThat(reboots).isPositive();
        assertThat(overdues).isPositive();
        assertThat(refusals).isPositive();
        assertThat(reclaims).isPositive();
    }
}
