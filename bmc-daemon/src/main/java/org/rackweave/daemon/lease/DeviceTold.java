package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Optional;

/**
 * What the device of a slice said of itself at one moment; empty where it cannot tell.
 *
 * @param lockState who is locked out of it
 * @param firmware what runs in it
 */
public record DeviceTold(Optional<String> lockState, Optional<String> firmware) {
    /** It tells nothing. */
    public static final DeviceTold NOTHING = new DeviceTold(Optional.empty(), Optional.empty());

    public DeviceTold {
        Objects.requireNonNull(lockState);
        Objects.requireNonNull(firmware);
    }

    /** What is not as it was told then, for people; empty when all of that is. What was not told then is not compared. */
    Optional<String> changeTo(DeviceTold now) {
        return change("lock state", lockState, now.lockState()).or(() -> change("firmware", firmware, now.firmware()));
    }

    private static Optional<String> change(String what, Optional<String> then, Optional<String> now) {
        return then.isEmpty() || then.equals(now)
                ? Optional.empty()
                : Optional.of("its " + what + " was \"" + then.get() + "\" at the grant, and is "
                        + now.map(text -> "\"" + text + "\"").orElse("not told any more") + " after the wipe");
    }
}
