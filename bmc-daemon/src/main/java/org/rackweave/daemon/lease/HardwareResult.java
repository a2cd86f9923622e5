package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.WipeProof;

/** What came of a {@link HardwareOrder}. By then the worker has returned: nothing of it is still under way. */
public sealed interface HardwareResult {
    /**
     * A configuration is in the slice.
     *
     * @param digest of what is loaded, as the hardware read it back
     */
    record Loaded(String configuration, String digest) implements HardwareResult {
        public Loaded {
            Objects.requireNonNull(configuration);
            Objects.requireNonNull(digest);
        }
    }

    /**
     * A bind took effect.
     *
     * @param loaded which configuration is in it now, read back after the bind
     * @param told what its device says of itself then
     */
    record Attached(Attachment attachment, Optional<String> loaded, DeviceTold told) implements HardwareResult {
        public Attached {
            Objects.requireNonNull(attachment);
            Objects.requireNonNull(loaded);
            Objects.requireNonNull(told);
        }

        /** By a device that tells nothing. */
        public Attached(Attachment attachment, Optional<String> loaded) {
            this(attachment, loaded, DeviceTold.NOTHING);
        }

        /** With nothing loaded. */
        public Attached(Attachment attachment) {
            this(attachment, Optional.empty());
        }
    }

    /** An unbind took effect. */
    record Detached() implements HardwareResult {}

    /** The route was read, or could not be. */
    record Read(RouteReading route) implements HardwareResult {
        public Read {
            Objects.requireNonNull(route);
        }
    }

    /**
     * A wipe was done and read back.
     *
     * @param method how; {@link #NONE_NEEDED} for what keeps nothing
     * @param loaded which configuration is in it still, read back after the wipe
     * @param by who wiped, in a word
     * @param durationMillis how long it took, reading back included
     * @param told what its device says of itself then
     * @param proof what this node signed of it, before the core is told
     */
    record Wiped(
            String method,
            long wipedBytes,
            long verifiedBytes,
            Optional<String> loaded,
            String by,
            long durationMillis,
            DeviceTold told,
            Optional<WipeProof> proof)
            implements HardwareResult {
        /** The method where there is nothing in which a host could have left anything. */
        public static final String NONE_NEEDED = "none-needed";

        public Wiped {
            Objects.requireNonNull(method);
            Objects.requireNonNull(loaded);
            Objects.requireNonNull(by);
            Objects.requireNonNull(told);
            Objects.requireNonNull(proof);
        }

        /** By the device, at once; signed by nobody. */
        public Wiped(String method, long wipedBytes, long verifiedBytes, Optional<String> loaded) {
            this(method, wipedBytes, verifiedBytes, loaded, "device", 0, DeviceTold.NOTHING, Optional.empty());
        }

        /** With nothing loaded any more. */
        public Wiped(String method, long wipedBytes, long verifiedBytes) {
            this(method, wipedBytes, verifiedBytes, Optional.empty());
        }

        /** The same, signed. */
        public Wiped with(WipeProof signed) {
            return new Wiped(method, wipedBytes, verifiedBytes, loaded, by, durationMillis, told, Optional.of(signed));
        }

        boolean isNoneNeeded() {
            return method.equals(NONE_NEEDED);
        }
    }

    /** The hardware said no, or is not there: nothing was changed. */
    record Refused(String why) implements HardwareResult {
        public Refused {
            Objects.requireNonNull(why);
        }
    }

    /** The command may or may not have taken effect. */
    record Unknown(String why) implements HardwareResult {
        public Unknown {
            Objects.requireNonNull(why);
        }
    }
}
