package org.rackweave.hal;

/** What stands behind a port of the HAL. */
public enum Provenance {
    /** Hardware, or a real kernel's interface to it. */
    REAL,
    /** A simulator of ours: nothing outside this machine moves. */
    SIMULATED
}
