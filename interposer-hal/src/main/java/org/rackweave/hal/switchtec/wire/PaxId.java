package org.rackweave.hal.switchtec.wire;

/**
 * Which switch of a PAX fabric a command is for.
 *
 * @param value 0 to 0x1F, in bits 22 to 18 of the command word. The bits above it are zero; older clients of the maker's set them to one with
 *     {@link #LOCAL}, so a switch does not look at them
 */
public record PaxId(int value) {
    static final int SHIFT = 18;
    static final int MAX = 0x1F;

    /** The switch that the connection leads to; all that a switch outside a fabric knows. */
    public static final PaxId LOCAL = new PaxId(MAX);

    public PaxId {
        Limits.check(value, 0, MAX, "PAX id");
    }

    static PaxId ofWord(int word) {
        return new PaxId(word >>> SHIFT & MAX);
    }
}
