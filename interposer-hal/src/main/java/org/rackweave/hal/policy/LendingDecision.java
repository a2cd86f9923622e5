package org.rackweave.hal.policy;

import java.util.List;

/**
 * What may be lent of a machine, what may not, and which claims found nothing.
 *
 * @param offered what may be lent, by identity
 * @param withheld what may not, by identity
 * @param absent what is claimed but was not found
 */
public record LendingDecision(
        List<OfferableSlice> offered, List<WithheldSlice> withheld, List<HardwareIdentity> absent) {
    public LendingDecision {
        offered = List.copyOf(offered);
        withheld = List.copyOf(withheld);
        absent = List.copyOf(absent);
    }
}
