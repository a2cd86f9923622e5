package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.ResourceKind;

/**
 * Which leases are taken back for a want: enough, or none. Those whose end can be forced come first, as the others can only
 * be asked; then the fewest leases, of the fewest loans, with the least work that is lost, the fewest bytes to move, and the
 * lowest priority.
 */
final class Victims {
    /** Which victim to begin with is tried for so many, the cheapest: a choice must not take longer than a renewal may wait. */
    private static final int MAX_BEGINNINGS = 16;

    private static final Comparator<Candidate> CHEAPEST_FIRST = Comparator.comparingDouble(Candidate::work)
            .thenComparingLong(Candidate::bytes)
            .thenComparingInt(Candidate::priority)
            .thenComparing(Candidate::key);

    private static final Comparator<List<Candidate>> CHEAPEST_SET = Comparator.<List<Candidate>>comparingInt(List::size)
            .thenComparingInt(set -> loans(set).size())
            .thenComparingDouble(
                    set -> set.stream().mapToDouble(Candidate::work).sum())
            .thenComparingLong(set -> set.stream().mapToLong(Candidate::bytes).sum())
            .thenComparingInt(set -> set.stream().mapToInt(Candidate::priority).sum());

    /**
     * A lease that may be taken back.
     *
     * @param key the slice
     * @param heldMillis since it was granted
     */
    record Candidate(
            String key,
            ResourceKind kind,
            long amount,
            LoanId loan,
            int priority,
            long heldMillis,
            ForcedEndEffect forcedEnd) {
        Candidate {
            Objects.requireNonNull(key);
            Objects.requireNonNull(kind);
            Objects.requireNonNull(loan);
            Objects.requireNonNull(forcedEnd);
        }

        /** What its borrower has had of it, and may have to do again. Rough: amounts times milliseconds go beyond a long. */
        double work() {
            return (double) heldMillis * amount;
        }

        /** What has to be copied out of it before it can be let go. */
        long bytes() {
            return kind == ResourceKind.MEMORY ? amount : 0;
        }
    }

    private Victims() {}

    /**
     * The cheapest that are enough; empty when all together are not.
     *
     * @param need how much, at least 1
     */
    static List<Candidate> choose(List<Candidate> candidates, long need) {
        List<Candidate> surely = candidates.stream()
                .filter(each -> each.forcedEnd() == ForcedEndEffect.TOLERATED)
                .toList();
        List<Candidate> forced = cheapest(surely, need);
        return forced.isEmpty() ? cheapest(candidates, need) : forced;
    }

    private static List<Candidate> cheapest(List<Candidate> candidates, long need) {
        List<Candidate> bySize = candidates.stream()
                .sorted(Comparator.comparingLong(Candidate::amount).reversed().thenComparing(CHEAPEST_FIRST))
                .toList();
        int fewest = fewest(bySize, need);
        if (fewest == 0) {
            return List.of();
        }
        List<Candidate> best = grown(List.of(), bySize, need, fewest);
        List<Candidate> beginnings = bySize.stream()
                .filter(isPossible(bySize, need, fewest))
                .sorted(CHEAPEST_FIRST)
                .limit(MAX_BEGINNINGS)
                .toList();
        for (Candidate first : beginnings) {
            List<Candidate> other = grown(List.of(first), bySize, need, fewest);
            best = CHEAPEST_SET.compare(other, best) < 0 ? other : best;
        }
        return best;
    }

    /** With how few of the largest it can be done; 0 when it cannot. */
    private static int fewest(List<Candidate> bySize, long need) {
        long missing = need;
        for (int i = 0; i < bySize.size(); i++) {
            missing -= bySize.get(i).amount();
            if (missing <= 0) {
                return i + 1;
            }
        }
        return 0;
    }

    /** Adds one after the other: of those with which it can still be done, one of a loan that ends anyway, then the cheapest. */
    private static List<Candidate> grown(List<Candidate> begun, List<Candidate> bySize, long need, int count) {
        List<Candidate> chosen = new ArrayList<>(begun);
        List<Candidate> left = new ArrayList<>(bySize);
        left.removeAll(begun);
        long missing = need - begun.stream().mapToLong(Candidate::amount).sum();
        while (chosen.size() < count) {
            Set<LoanId> ending = loans(chosen);
            Candidate next = left.stream()
                    .filter(isPossible(left, missing, count - chosen.size()))
                    .min(Comparator.comparing((Candidate each) -> !ending.contains(each.loan()))
                            .thenComparing(CHEAPEST_FIRST))
                    .orElseThrow();
            chosen.add(next);
            left.remove(next);
            missing -= next.amount();
        }
        return chosen;
    }

    /** Whether so many that begin with this one can be enough, the others being the largest. */
    private static Predicate<Candidate> isPossible(List<Candidate> bySize, long need, int count) {
        int others = count - 1;
        long largest =
                bySize.stream().limit(others).mapToLong(Candidate::amount).sum();
        long next = others < bySize.size() ? bySize.get(others).amount() : 0;
        Set<String> among = new HashSet<>();
        bySize.stream().limit(others).forEach(each -> among.add(each.key()));
        return each -> (among.contains(each.key()) ? largest + next : largest + each.amount()) >= need;
    }

    private static Set<LoanId> loans(List<Candidate> set) {
        Set<LoanId> loans = new HashSet<>();
        set.forEach(each -> loans.add(each.loan()));
        return loans;
    }
}
