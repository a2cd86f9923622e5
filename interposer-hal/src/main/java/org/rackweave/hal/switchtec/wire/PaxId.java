package org.rackweave.hal.switchtec.wire;

/**
 * Which switch of a PAX fabric a command is for.
 *
 * @param value 0 to 0x3FFF, the upper 14 bits of the command word
 */
public record PaxId(int value) {
    private static final int MAX = 0x3FFF;

    /** The switch that the connection leads to; all that a switch outside a fabric knows. */
    public static final PaxId LOCAL = new PaxId(MAX);

    public PaxId {
        Limits.check(value, 0, MAX, "PAX id");
    }
}
