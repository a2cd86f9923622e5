package org.rackweave.protocol.message;

import java.util.Objects;

/**
 * Where a slice sits, as far as its owner knows.
 *
 * @param fabric the switch or pool that it is behind, by a name that is the same at every owner; at most 64 characters, empty
 *     when unknown
 * @param device what powers up for it, such as {@code cxl0}: slices of one owner with the same device share its power; at most
 *     64 characters, empty when unknown
 * @param latency how far it is from a borrower's host; {@link LatencyClass#NETWORK} when unknown
 */
public record SlicePlace(String fabric, String device, LatencyClass latency) {
    public static final int MAX_FABRIC_CHARS = 64;
    public static final int MAX_DEVICE_CHARS = 64;

    /** Nothing is known of it; so nothing good is promised. */
    public static final SlicePlace UNKNOWN = new SlicePlace("", "", LatencyClass.NETWORK);

    public SlicePlace {
        Objects.requireNonNull(latency);
        if (fabric.length() > MAX_FABRIC_CHARS || device.length() > MAX_DEVICE_CHARS) {
            throw new IllegalArgumentException("fabric or device is too long");
        }
    }
}
