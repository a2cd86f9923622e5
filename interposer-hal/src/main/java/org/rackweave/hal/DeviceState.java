package org.rackweave.hal;

import java.util.Objects;
import java.util.Optional;

/**
 * What a device says of itself that must be as it was when it was granted, once it has been wiped: else somebody else may have a hand in
 * it. Empty where the device cannot tell, which is said and not made up.
 *
 * @param lockState who is locked out of it, in words; at most 96 characters
 * @param firmware what runs in it, in words; at most 96 characters
 */
public record DeviceState(Optional<String> lockState, Optional<String> firmware) {
    /** A device that tells nothing of this. */
    public static final DeviceState UNTOLD = new DeviceState(Optional.empty(), Optional.empty());

    private static final int MAX_CHARS = 96;

    public DeviceState {
        Objects.requireNonNull(lockState);
        Objects.requireNonNull(firmware);
        if (lockState.orElse("").length() > MAX_CHARS || firmware.orElse("").length() > MAX_CHARS) {
            throw new IllegalArgumentException("a device's state is said in " + MAX_CHARS + " characters");
        }
    }
}
