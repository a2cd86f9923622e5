package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LineRackTest {
    private static final long SEEDS = Long.getLong("rackweave.lineSeeds", 60);
    private static final long FIRST_SEED = Long.getLong("rackweave.firstSeed", 1);

    @Test
    void nobodyIsPassedOrRobbedAndWhoCanBeServedIsUnderLossAndCrashes() {
        Map<String, Integer> tally = new TreeMap<>();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            LineRack rack = new LineRack(seed);
            try {
                rack.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " fails; replay it with: mvn -pl bmc-daemon -am test -Dtest=LineRackTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Drackweave.firstSeed=" + seed
                                + " -Drackweave.lineSeeds=1\n" + e.getMessage(),
                        e);
            }
            rack.tally.forEach((what, count) -> tally.merge(what, count, Integer::sum));
        }
        System.out.println(SEEDS + " seeds of a line: " + tally);
        assertThat(tally)
                .containsKeys("served", "told", "reclaimed", "want.lapsed", "crashes", "deaths", "refused busy");
    }
}
