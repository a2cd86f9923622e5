package org.rackweave.protocol.message;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.rackweave.crypto.WipeStatement;

/** The bytes of a {@link WipeStatement} as its owner signed it: carried, kept and shown as they are. */
public final class WipeProof {
    public static final int MAX_BYTES = WipeStatement.MAX_SIGNED_BYTES;

    private final byte[] sign1;

    private WipeProof(byte[] sign1) {
        this.sign1 = sign1;
    }

    /** @param sign1 1 to {@link #MAX_BYTES} bytes; nothing of them is believed yet */
    public static WipeProof of(byte[] sign1) {
        if (sign1.length == 0 || sign1.length > MAX_BYTES) {
            throw new IllegalArgumentException("the proof of a wipe has 1 to " + MAX_BYTES + " bytes");
        }
        return new WipeProof(sign1.clone());
    }

    /** Reads what {@link #toString} wrote; anything else is an {@link IllegalArgumentException} that says so. */
    public static WipeProof parse(String base64) {
        return of(Base64.getDecoder().decode(base64));
    }

    public byte[] bytes() {
        return sign1.clone();
    }

    /** What was signed, by the node that it names; empty when the signature does not hold. */
    public Optional<WipeStatement> opened() {
        return WipeStatement.opened(sign1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WipeProof proof && Arrays.equals(sign1, proof.sign1);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sign1);
    }

    /** In Base64. */
    @Override
    public String toString() {
        return Base64.getEncoder().encodeToString(sign1);
    }
}
