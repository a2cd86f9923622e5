package org.rackweave.protocol.message;

import java.util.Objects;
import java.util.regex.Pattern;
import org.rackweave.crypto.NodeId;

/**
 * Names a slice in the rack: its one owner, and the owner's stable key for the hardware.
 *
 * @param owner the node whose ledger decides about it
 * @param key 1 to 64 characters of {@code [a-z0-9._:-]}
 */
public record SliceId(NodeId owner, String key) {
    public static final int MAX_KEY_CHARS = 64;

    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._:-]{0,63}");

    public SliceId {
        Objects.requireNonNull(owner);
        requireKey(key);
    }

    /** Refuses what cannot be a slice's key. */
    static void requireKey(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("a slice key is 1 to 64 characters of [a-z0-9._:-]");
        }
    }

    @Override
    public String toString() {
        return owner + "/" + key;
    }
}
