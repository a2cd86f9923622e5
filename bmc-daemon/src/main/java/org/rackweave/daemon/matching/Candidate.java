package org.rackweave.daemon.matching;

import java.util.Comparator;
import java.util.List;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.SliceView;

/**
 * Slices that together would do, and by what they are weighed against others.
 *
 * @param pieces what would be taken
 * @param lenders how many lenders they would add to the loan
 * @param latencyCode of the farthest of them
 * @param leftOver how much more than what is asked for they are, in the unit of the kind
 * @param powerCost what they do to the power drawn; less is better
 * @param fabrics behind how many switches or pools they are
 * @param stranding what it costs the lenders' other resources that these are gone, in steps of {@link Placement}
 */
record Candidate(
        List<Piece> pieces, int lenders, int latencyCode, long leftOver, long powerCost, int fabrics, long stranding) {
    /** All criteria in one place, the weightiest first. The last decides what is alike, so that nothing is left to chance. */
    static final Comparator<Candidate> BEST_FIRST = Candidate::compare;

    Candidate {
        pieces = List.copyOf(pieces);
    }

    List<SliceView> slices() {
        return pieces.stream().map(Piece::slice).toList();
    }

    long amount() {
        return Holding.sum(pieces.toArray(Piece[]::new));
    }

    List<NodeId> owners() {
        return pieces.stream().map(Piece::owner).distinct().toList();
    }

    /** Written out, for a decision compares one for each lender: a chain of comparators took as long as all the rest of it. */
    private static int compare(Candidate one, Candidate other) {
        int order = Integer.compare(one.lenders, other.lenders);
        order = order != 0 ? order : Integer.compare(one.latencyCode, other.latencyCode);
        order = order != 0 ? order : Long.compare(one.leftOver, other.leftOver);
        order = order != 0 ? order : Integer.compare(one.pieces.size(), other.pieces.size());
        order = order != 0 ? order : Long.compare(one.powerCost, other.powerCost);
        order = order != 0 ? order : Integer.compare(one.fabrics, other.fabrics);
        order = order != 0 ? order : Long.compare(one.stranding, other.stranding);
        return order != 0 ? order : byIds(one.pieces, other.pieces);
    }

    /** Of as many slices, which was weighed before. */
    private static int byIds(List<Piece> one, List<Piece> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = Field.BY_ID.compare(one.get(i).slice(), other.get(i).slice());
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
        if (pieces.size() != taken.pieces.size()) {
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
