package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rackweave.daemon.lease.Victims.Candidate;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.ResourceKind;

class VictimsTest {
    private static final int SEEDS = Integer.getInteger("rackweave.rounds", 3_000);

    private static Candidate lease(String key, long amount, int loan, int priority, long heldMillis) {
        return new Candidate(
                key, ResourceKind.MEMORY, amount, new LoanId(0, loan), priority, heldMillis, ForcedEndEffect.TOLERATED);
    }

    private static List<String> keys(List<Candidate> victims) {
        return victims.stream().map(Candidate::key).sorted().toList();
    }

    @Test
    void eachCriterionDecidesWhereThoseBeforeItAreEqual() {
        List<Candidate> fewest = List.of(lease("a", 2, 1, 0, 1), lease("b", 2, 1, 0, 1), lease("c", 4, 2, 5, 99));
        assertThat(keys(Victims.choose(fewest, 4)))
                .as("one lease rather than two")
                .containsExactly("c");
        List<Candidate> loans = List.of(lease("a", 2, 1, 0, 1), lease("b", 2, 2, 0, 2), lease("c", 2, 2, 0, 99));
        assertThat(keys(Victims.choose(loans, 4)))
                .as("one loan rather than two")
                .containsExactly("b", "c");
        List<Candidate> work = List.of(lease("a", 2, 1, 0, 9), lease("b", 2, 2, 5, 8));
        assertThat(keys(Victims.choose(work, 2))).as("the least work").containsExactly("b");
        List<Candidate> product = List.of(lease("a", 4, 1, 0, 2), lease("b", 2, 2, 5, 3));
        assertThat(keys(Victims.choose(product, 2)))
                .as("work is time and amount")
                .containsExactly("b");
        List<Candidate> bytes = List.of(lease("a", 4, 1, 0, 1), lease("b", 2, 2, 5, 2));
        assertThat(keys(Victims.choose(bytes, 2))).as("the least to copy").containsExactly("b");
        List<Candidate> priority = List.of(lease("a", 2, 1, 5, 9), lease("b", 2, 2, 4, 9));
        assertThat(keys(Victims.choose(priority, 2))).as("the lowest priority").containsExactly("b");
        List<Candidate> key = List.of(lease("b", 2, 1, 5, 9), lease("a", 2, 2, 5, 9));
        assertThat(keys(Victims.choose(key, 2))).as("else always the same").containsExactly("a");
    }

    @Test
    void whenAllAreNotEnoughNoneIsTaken() {
        assertThat(Victims.choose(List.of(lease("a", 2, 1, 0, 1), lease("b", 2, 1, 0, 1)), 5))
                .isEmpty();
        assertThat(Victims.choose(List.of(), 1)).isEmpty();
    }

    /** Against trying all: always as few leases, never more than one too many, and nearly always as few loans and as little work. */
    @Test
    void theChoiceIsAsGoodAsTryingAll() {
        int asCheap = 0;
        int fewestLoans = 0;
        int total = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            Random random = new Random(seed);
            List<Candidate> candidates = new ArrayList<>();
            int count = 1 + random.nextInt(9);
            for (int i = 0; i < count; i++) {
                candidates.add(lease(
                        "s" + i, 1 + random.nextInt(4), random.nextInt(4), random.nextInt(5), random.nextInt(100)));
            }
            long need = 1 + random.nextInt(12);
            List<Candidate> chosen = Victims.choose(candidates, need);
            List<Candidate> shuffled = new ArrayList<>(candidates);
            Collections.shuffle(shuffled, random);
            assertThat(keys(Victims.choose(shuffled, need)))
                    .as("seed " + seed + ": in any order")
                    .isEqualTo(keys(chosen));
            List<Candidate> best = best(candidates, need);
            assertThat(chosen.size())
                    .as("seed " + seed + ": leases of " + candidates + " for " + need)
                    .isEqualTo(best.size());
            if (best.isEmpty()) {
                continue;
            }
            long sum = chosen.stream().mapToLong(Candidate::amount).sum();
            long smallest = chosen.stream().mapToLong(Candidate::amount).min().orElseThrow();
            assertThat(sum).as("seed " + seed).isBetween(need, need + smallest - 1);
            total++;
            fewestLoans += loans(chosen) == loans(best) ? 1 : 0;
            asCheap += loans(chosen) == loans(best) && work(chosen) == work(best) ? 1 : 0;
        }
        System.out.println(
                total + " choices: " + fewestLoans + " with the fewest loans, " + asCheap + " the cheapest of all");
        assertThat(fewestLoans).isGreaterThanOrEqualTo(total * 98 / 100);
        assertThat(asCheap).isGreaterThanOrEqualTo(total * 90 / 100);
    }

    private static List<Candidate> best(List<Candidate> candidates, long need) {
        Comparator<List<Candidate>> cheapest = Comparator.<List<Candidate>>comparingInt(List::size)
                .thenComparingLong(VictimsTest::loans)
                .thenComparingDouble(VictimsTest::work);
        List<Candidate> best = List.of();
        for (int set = 1; set < 1 << candidates.size(); set++) {
            List<Candidate> those = new ArrayList<>();
            for (int i = 0; i < candidates.size(); i++) {
                if ((set >> i & 1) == 1) {
                    those.add(candidates.get(i));
                }
            }
            boolean enough = those.stream().mapToLong(Candidate::amount).sum() >= need;
            if (enough && (best.isEmpty() || cheapest.compare(those, best) < 0)) {
                best = those;
            }
        }
        return best;
    }

    private static long loans(List<Candidate> set) {
        return set.stream().map(Candidate::loan).distinct().count();
    }

    private static double work(List<Candidate> set) {
        return set.stream().mapToDouble(Candidate::work).sum();
    }
}
