package org.rackweave.hal.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.rackweave.hal.SliceKind;

/** The growing outcome of one decision. Whoever holds it stands before the door: nothing unclaimed or borrowed passes. */
final class Findings {
    private final Set<HardwareIdentity> claimed;
    private final Set<HardwareIdentity> borrowed;
    private final List<OfferableSlice> offered = new ArrayList<>();
    private final List<WithheldSlice> withheld = new ArrayList<>();
    private final Set<HardwareIdentity> seen = new HashSet<>();

    Findings(Set<HardwareIdentity> claimed, Set<HardwareIdentity> borrowed) {
        this.claimed = claimed;
        this.borrowed = borrowed;
    }

    boolean isBorrowed(HardwareIdentity identity) {
        return borrowed.contains(identity);
    }

    /** Withholds what is borrowed; true when it did. */
    boolean withheldAsBorrowed(HardwareIdentity identity, SliceKind kind) {
        return withheldAsBorrowed(identity, kind, Set.of());
    }

    /** Withholds what is borrowed, or belongs to something that is; true when it did. */
    boolean withheldAsBorrowed(HardwareIdentity identity, SliceKind kind, Set<HardwareIdentity> belongsTo) {
        boolean isOrBelongs = isBorrowed(identity) || belongsTo.stream().anyMatch(borrowed::contains);
        if (isOrBelongs) {
            withhold(identity, kind, WithheldSlice.Reason.BORROWED, "it is lent to this machine by its owner");
        }
        return isOrBelongs;
    }

    /** Withholds what is not claimed; true when it did. */
    boolean withheldAsUnclaimed(HardwareIdentity identity, SliceKind kind) {
        if (!claimed.contains(identity)) {
            withhold(identity, kind, WithheldSlice.Reason.NOT_CLAIMED, "no configuration claims it for this node");
        }
        return !claimed.contains(identity);
    }

    void withhold(HardwareIdentity identity, SliceKind kind, WithheldSlice.Reason reason, String detail) {
        seen.add(identity);
        withheld.add(new WithheldSlice(identity, kind, reason, detail));
    }

    void offer(OfferableSlice slice) {
        // Checked again where it matters most: a policy with a gap must stop the process, not lend a stranger's memory.
        if (isBorrowed(slice.identity()) || !claimed.contains(slice.identity())) {
            throw new IllegalStateException("about to offer what is not this node's to lend: " + slice.identity());
        }
        seen.add(slice.identity());
        offered.add(slice);
    }

    List<OfferableSlice> offered() {
        return offered;
    }

    List<WithheldSlice> withheld() {
        return withheld;
    }

    Set<HardwareIdentity> seen() {
        return seen;
    }
}
