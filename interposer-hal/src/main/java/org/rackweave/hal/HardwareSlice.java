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
 * @param place where it sits
 * @param configurations the names of what its owner holds and can load into it before it is bound (bitstreams, firmware, DMA
 *     windows): 0 to 16, each 1 to 64 characters of {@code [A-Za-z0-9._+-]} with a letter or digit in front; empty for what
 *     needs none
 */
public record HardwareSlice(
        String key,
        SliceKind kind,
        long amount,
        Set<String> capabilities,
        ForcedEnd forcedEnd,
        Fence fence,
        HardwarePlace place,
        Set<String> configurations) {
    /** More would not fit the list that a lender shows of itself. */
    public static final int MAX_CONFIGURATIONS = 16;

    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._:-]{0,63}");
    private static final Pattern CONFIGURATION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,63}");

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
        Objects.requireNonNull(place);
        capabilities = Set.copyOf(capabilities);
        configurations = Set.copyOf(configurations);
        if (configurations.size() > MAX_CONFIGURATIONS) {
            throw new IllegalArgumentException(key + " has more than " + MAX_CONFIGURATIONS + " configurations");
        }
        for (String configuration : configurations) {
            if (!isConfigurationName(configuration)) {
                throw new IllegalArgumentException(
                        "a configuration's name is 1 to 64 characters of [A-Za-z0-9._+-] with a"
                                + " letter or digit in front, not: " + configuration);
            }
        }
    }

    /** A slice into which nothing can be loaded, and of which nobody knows where it sits. */
    public HardwareSlice(
            String key, SliceKind kind, long amount, Set<String> capabilities, ForcedEnd forcedEnd, Fence fence) {
        this(key, kind, amount, capabilities, forcedEnd, fence, HardwarePlace.UNKNOWN, Set.of());
    }

    static boolean isConfigurationName(String text) {
        return CONFIGURATION.matcher(text).matches();
    }
}
