package org.rackweave.protocol.multicast;

import java.util.EnumSet;
import java.util.Set;

/** What a node says of its own willingness. The bit is the wire value and never changes; new ones are appended. */
public enum NodeFlag {
    /** It lends what it announces as free. */
    LENDER(0),
    /** It may ask for loans. */
    BORROWER(1),
    /** It is being emptied: it makes no new loans, and gives back what it has. */
    DRAINING(2);

    private final int bit;

    NodeFlag(int bit) {
        this.bit = bit;
    }

    static long bits(Set<NodeFlag> flags) {
        long bits = 0;
        for (NodeFlag flag : flags) {
            bits |= 1L << flag.bit;
        }
        return bits;
    }

    /** Bits that this version does not know are ignored: a later version may have given them a meaning. */
    static Set<NodeFlag> ofBits(long bits) {
        Set<NodeFlag> flags = EnumSet.noneOf(NodeFlag.class);
        for (NodeFlag flag : values()) {
            if ((bits & (1L << flag.bit)) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
