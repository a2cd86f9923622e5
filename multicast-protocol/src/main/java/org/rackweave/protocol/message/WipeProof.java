package org.rackweave.protocol.message;

import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.WipeStatement;

/**
 * The bytes of a {@link WipeStatement} as its owner signed it: carried, kept and shown as they are.
 *
 * @param signed 1 to {@link #MAX_BYTES} bytes; nothing of them is believed yet
 */
public record WipeProof(Carried signed) {
    public static final int MAX_BYTES = WipeStatement.MAX_SIGNED_BYTES;

    public WipeProof {
        Objects.requireNonNull(signed);
        if (signed.bytes().length > MAX_BYTES) {
            throw new IllegalArgumentException("the proof of a wipe has 1 to " + MAX_BYTES + " bytes");
        }
    }

    /** @param sign1 1 to {@link #MAX_BYTES} bytes */
    public static WipeProof of(byte[] sign1) {
        return new WipeProof(Carried.of(sign1));
    }

    /** Reads what {@link #toString} wrote; anything else is an {@link IllegalArgumentException} that says so. */
    public static WipeProof parse(String base64) {
        return of(Base64.getDecoder().decode(base64));
    }

    public byte[] bytes() {
        return signed.bytes();
    }

    /** What was signed, by the node that it names; empty when the signature does not hold. */
    public Optional<WipeStatement> opened() {
        return WipeStatement.opened(signed.bytes());
    }

    /** In Base64. */
    @Override
    public String toString() {
        return Base64.getEncoder().encodeToString(signed.bytes());
    }
}
