package org.rackweave.hal.switchtec.wire;

/**
 * A port as it sits on the chip.
 *
 * @param id 0 to {@value #MAX_ID}
 */
public record PhysicalPort(int id) {
    /** The bitmap of a link status command has 64 bits. */
    public static final int MAX_ID = 63;

    public PhysicalPort {
        Limits.check(id, 0, MAX_ID, "physical port");
    }
}
