package org.rackweave.hal.policy;

import org.rackweave.hal.SliceKind;

/**
 * Hardware that is there and is not offered.
 *
 * @param identity which
 * @param kind what it would be
 * @param reason why not
 * @param detail the same for this very piece, as a sentence
 */
public record WithheldSlice(HardwareIdentity identity, SliceKind kind, Reason reason, String detail) {

    /** Why hardware is not offered. */
    public enum Reason {
        /** It is another node's, lent to this machine. */
        BORROWED,
        /** It carries others: a bridge or a switch port. */
        INFRASTRUCTURE,
        /** No configuration claims it. */
        NOT_CLAIMED,
        /** The machine itself needs it. */
        KEPT,
        /** Nothing tells it from another. */
        IDENTITY_UNKNOWN,
        /** It is taken, in whole or in parts. */
        IN_USE,
        /** How much of it is free, or how much there is, is not known. */
        AMOUNT_UNKNOWN,
        /** The IOMMU cannot keep it apart from a neighbour. */
        SHARES_IOMMU_GROUP,
        /** There is no IOMMU group: nothing says that it can be kept apart. */
        ISOLATION_UNKNOWN
    }
}
