package org.rackweave.hal;

/** What a slice of hardware is, and in which unit its amount counts. */
public enum SliceKind {
    /** Memory that can be attached by itself: an LD, an SLD, a DCD extent. Amount in bytes. */
    MEMORY,
    /** A whole PCIe device. Amount is 1. */
    PCIE_DEVICE,
    /** One PCIe function, physical or virtual. Amount is 1. */
    FUNCTION,
    /** PCIe lanes of a switch port. Amount in lanes. */
    LANES,
    /** A part of an accelerator with a capability of its own. Amount in slices of that device. */
    ACCELERATOR,
    /** CPU cores. Amount in cores. */
    CORES
}
