package org.rackweave.daemon.matching;

import java.util.Comparator;
import java.util.List;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.SliceView;

/**
 * Slices that together would do, and by what they are weighed against others.
 *
 * @param lenders how many lenders they would add to the loan
 * @param latencyCode of the farthest of them
 * @param leftOver how much more than what is asked for they are, in the unit of the kind
 * @param powerCost what they do to the power drawn; less is better
 * @param fabrics behind how many switches or pools they are
 * @param stranding what it costs the lenders' other resources that these are gone, in steps of {@link Placement}
 */
record Candidate(
        List<SliceView> slices,
        int lenders,
        int latencyCode,
        long leftOver,
        long powerCost,
        int fabrics,
        long stranding) {
    /** All criteria in one place, the weightiest first. The last decides what is alike, so that nothing is left to chance. */
    static final Comparator<Candidate> BEST_FIRST = Comparator.comparingInt(Candidate::lenders)
            .thenComparingInt(Candidate::latencyCode)
            .thenComparingLong(Candidate::leftOver)
            .thenComparingInt(candidate -> candidate.slices().size())
            .thenComparingLong(Candidate::powerCost)
            .thenComparingInt(Candidate::fabrics)
            .thenComparingLong(Candidate::stranding)
            .thenComparing(Candidate::slices, Candidate::byIds);

    Candidate {
        slices = List.copyOf(slices);
    }

    long amount() {
        return Fit.sum(slices);
    }

    List<NodeId> owners() {
        return slices.stream().map(slice -> slice.id().owner()).distinct().toList();
    }

    /** Of as many slices, which was weighed before. */
    private static int byIds(List<SliceView> one, List<SliceView> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = Field.BY_ID.compare(one.get(i), other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** By what this one, which was not taken, is worse than the one that was. */
    String worseThan(Candidate taken) {
        if (lenders != taken.lenders) {
            return "more lenders";
        }
        if (latencyCode != taken.latencyCode) {
            return "farther";
        }
        if (leftOver != taken.leftOver) {
            return "leaves more over";
        }
        if (slices.size() != taken.slices.size()) {
            return "in more slices";
        }
        if (powerCost != taken.powerCost) {
            return "costs more power";
        }
        if (fabrics != taken.fabrics) {
            return "behind more switches";
        }
        return stranding == taken.stranding ? "no better" : "what it has left would be of less use";
    }
}
