package org.rackweave.daemon.matching;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the lender for a demand so that the least of the rack becomes useless to what will be asked for next.
 *
 * <p>Fragmentation gradient descent sees only the next demand, and so lets a lender's cores run out before its devices. Here
 * what a placement costs is how much more is stranded after it than before, by {@link Mix#fragmentation} and by
 * {@link Mix#shortage}, both in the same unit; then, a little, what stays free at the lender, so that what is nearly full is
 * filled first. A demand that fits somewhere is always placed.
 */
public final class Placement {
    /**
     * The weight of what stays free beside what is stranded. Small, for it only decides between lenders that strand about as
     * much: from 0.001 to 0.016 the result is the same within the noise.
     */
    static final double BULK_WEIGHT = 0.002;
    /** Costs nearer than this are equal: a sum in another order must not choose another lender. */
    private static final double EQUAL = 1e-6;

    private final Mix mix;

    public Placement(Mix mix) {
        this.mix = mix;
    }

    /**
     * A lender that might serve.
     *
     * @param lender its name; the lowest wins where nothing else decides
     * @param pool the switch or pool that it is behind; empty when it is behind none
     * @param free what it has free
     */
    public record Candidate(String lender, String pool, Supply free) {}

    /**
     * A placement.
     *
     * @param candidate where
     * @param device the first device to take; -1 when none was asked for. The others are the fullest that have room
     * @param left what is then free there
     * @param cost of this placement, in the counted unit of the mix; less is better
     */
    public record Choice(Candidate candidate, int device, Supply left, double cost) {}

    /** What one lender could do at best, or empty when the demand does not fit. */
    public Optional<Choice> at(Candidate candidate, Demand demand) {
        Supply free = candidate.free();
        if (!free.fits(demand)) {
            return Optional.empty();
        }
        double before = stranded(free);
        if (demand.devices() == 0) {
            return Optional.of(choice(candidate, demand, -1, before));
        }
        Optional<Choice> best = Optional.empty();
        for (int device = 0; device < free.devices(); device++) {
            if (free.device(device) >= demand.permille() && firstOfItsSize(free, device)) {
                Choice choice = choice(candidate, demand, device, before);
                if (best.isEmpty() || choice.cost() < best.get().cost() - EQUAL) {
                    best = Optional.of(choice);
                }
            }
        }
        return best;
    }

    /** Two devices with as much free are the same choice. */
    private static boolean firstOfItsSize(Supply free, int device) {
        for (int i = 0; i < device; i++) {
            if (free.device(i) == free.device(device)) {
                return false;
            }
        }
        return true;
    }

    private Choice choice(Candidate candidate, Demand demand, int device, double before) {
        Supply left = candidate.free().without(demand, device);
        return new Choice(candidate, device, left, cost(left) - before);
    }

    /** What it costs a lender to have less free; the same rule as for a demand, where what would be taken is known already. */
    double cost(Supply before, Supply left) {
        return cost(left) - stranded(before);
    }

    /** The same where what is taken is some of a shared dimension that is the counted one. */
    double cost(Supply before, long taken) {
        double left = mix.counted(before) - taken;
        return mix.shortage(before, left) + BULK_WEIGHT * mix.bulk(before, left) - mix.shortage(before);
    }

    /** A cost as a number of steps: those nearer to one another than a step are equal. */
    static long steps(double cost) {
        return Math.round(cost / EQUAL);
    }

    /** What leaving this much free costs: what is stranded of it, and a little for all of it. */
    public double cost(Supply left) {
        return stranded(left) + BULK_WEIGHT * mix.bulk(left);
    }

    /** How much of what is free will be of no use to the mix. */
    public double stranded(Supply supply) {
        return mix.fragmentation(supply) + mix.shortage(supply);
    }

    /**
     * The best of all, or empty when the demand fits nowhere. The order of the candidates does not matter.
     *
     * @param near the pool to stay in if any of it can serve; empty when the asker does not mind
     */
    public Optional<Choice> choose(Demand demand, List<Candidate> candidates, String near) {
        return candidates.stream()
                .flatMap(candidate -> at(candidate, demand).stream())
                .min(order(near));
    }

    /** The pool that was asked for, then the least cost, then the lowest name. */
    public static Comparator<Choice> order(String near) {
        return Comparator.<Choice>comparingInt(
                        choice -> near.isEmpty() || choice.candidate().pool().equals(near) ? 0 : 1)
                .thenComparingLong(choice -> steps(choice.cost()))
                .thenComparing(choice -> choice.candidate().lender());
    }
}
