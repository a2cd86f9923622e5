package org.rackweave.hal;

import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A part of this node's hardware that can be attached to a host by itself.
 *
 * @param key stable identity of the hardware, from its own serial or position, never from an enumeration order:
 *     1 to 64 characters of {@code [a-z0-9._:-]}
 * @param kind what it is
 * @param amount how much of it, in the unit of {@link SliceKind}; at least 1
 * @param capabilities what it can do, such as {@code crypto/aes-gcm}; may be empty
 * @param forcedEnd what surprise removal does to a host that uses it
 * @param fence how late commands are kept from it
 */
public record HardwareSlice(
        String key, SliceKind kind, long amount, Set<String> capabilities, ForcedEnd forcedEnd, Fence fence) {
    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._:-]{0,63}");

    public HardwareSlice {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("a hardware key is 1 to 64 characters of [a-z0-9._:-], not: " + key);
        }
        if (amount < 1) {
            throw new IllegalArgumentException("a slice has an amount of at least 1, not " + amount);
        }
        Objects.requireNonNull(kind);
        Objects.requireNonNull(forcedEnd);
        Objects.requireNonNull(fence);
        capabilities = Set.copyOf(capabilities);
    }
}
