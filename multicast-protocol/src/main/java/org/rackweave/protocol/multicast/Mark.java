package org.rackweave.protocol.multicast;

import java.util.HexFormat;

/**
 * How far a numbered chain or list has come at a node, and eight bytes of its hash: enough to notice that two nodes
 * have different ones, or that one went back in time; never enough to prove it. The whole is fetched by unicast.
 *
 * @param number 0 when there is none yet, else at least 1
 * @param hash the first eight bytes of the SHA-256 that belongs to that number; 0 when there is none yet
 */
public record Mark(long number, long hash) {
    /** Nothing yet. It is left out on the wire. */
    public static final Mark NONE = new Mark(0, 0);

    public Mark {
        if (number < 0 || (number == 0 && hash != 0)) {
            throw new IllegalArgumentException("a mark counts from 1, and only a numbered one has a hash");
        }
    }

    /** For logs: {@code 17:0123456789abcdef}. */
    @Override
    public String toString() {
        return number + ":" + HexFormat.of().toHexDigits(hash);
    }
}
