package org.rackweave.hal;

/** What a slice of hardware is, and in which unit its amount counts. */
public enum SliceKind {
    /** Memory that can be attached by itself: an LD, an SLD, a DCD extent. Amount in bytes. */
    MEMORY(true),
    /** A whole PCIe device. Amount is 1. */
    PCIE_DEVICE(true),
    /** One PCIe function, physical or virtual. Amount is 1. */
    FUNCTION(true),
    /**
     * PCIe lanes of a switch port. Amount in lanes, never in Gbit/s: what bandwidth they give is width times speed, and the speed
     * is a capability such as {@code pcie/gen5}.
     */
    LANES(false),
    /** A part of an accelerator with a capability of its own. Amount in slices of that device. */
    ACCELERATOR(true),
    /** CPU cores. Amount in cores. */
    CORES(false);

    private final boolean keepsData;

    SliceKind(boolean keepsData) {
        this.keepsData = keepsData;
    }

    /**
     * Whether what a host wrote can still be in it after an unbind. Lanes carry data and cores work on it, and neither has a
     * place for it that is lent: what a host leaves in caches is the lender's kernel's to flush when it takes the cores back.
     */
    public boolean keepsData() {
        return keepsData;
    }
}
