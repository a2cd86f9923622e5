package org.rackweave.hal;

/** How late commands of an older epoch are kept from the hardware. */
public enum Fence {
    /** The hardware holds the epoch itself (an NVMe-oF name, an RDMA key) and refuses an older one. */
    HARDWARE_EPOCH,
    /** The hardware cannot: the owner's route is drained and read back before it is believed. */
    ROUTE_READBACK
}
