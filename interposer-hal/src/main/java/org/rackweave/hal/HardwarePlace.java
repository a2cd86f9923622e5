package org.rackweave.hal;

import java.util.Objects;

/**
 * Where a slice sits, as far as its hardware can tell.
 *
 * @param fabric the switch or pool that it is behind, by a label that every owner on it uses; 0 to 64 characters, empty when
 *     unknown
 * @param device what powers up for it; slices of one node with the same device share its power; 0 to 64 characters, empty when
 *     unknown
 * @param latency how far it is from the hosts that it can be attached to
 */
public record HardwarePlace(String fabric, String device, Latency latency) {
    public static final int MAX_CHARS = 64;

    /** Nothing is known of it; so nothing good is promised. */
    public static final HardwarePlace UNKNOWN = new HardwarePlace("", "", Latency.NETWORK);

    public HardwarePlace {
        Objects.requireNonNull(latency);
        if (fabric.length() > MAX_CHARS || device.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "a fabric and a device have at most " + MAX_CHARS + " characters: " + fabric + ", " + device);
        }
    }
}
