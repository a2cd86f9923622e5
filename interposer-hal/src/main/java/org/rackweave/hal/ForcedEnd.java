package org.rackweave.hal;

/** What the borrower's server suffers when a slice is taken away without its help (surprise removal). */
public enum ForcedEnd {
    /** Reads fail, an application may see an error, the kernel lives. */
    TOLERATED,
    /** The kernel that uses it is likely to die. */
    FATAL
}
