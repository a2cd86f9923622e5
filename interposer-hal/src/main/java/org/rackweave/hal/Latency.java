package org.rackweave.hal;

/** How far a slice is from a host that it is attached to, nearest first. */
public enum Latency {
    /** Inside the host's own server. */
    HOST,
    /** Behind a CXL or PCIe switch that both reach: hundreds of nanoseconds more. */
    SWITCH,
    /** A window into another server's memory (PCIe NTB, RDMA): a microsecond and more. */
    WINDOW,
    /** A service over the network, or an execution slot at the lender: tens of microseconds and more. */
    NETWORK
}
