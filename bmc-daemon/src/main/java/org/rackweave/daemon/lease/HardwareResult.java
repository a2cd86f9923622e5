package org.rackweave.daemon.lease;

import java.util.Objects;
import org.rackweave.protocol.message.Attachment;

/** What came of a {@link HardwareOrder}. By then the worker has returned: nothing of it is still under way. */
public sealed interface HardwareResult {
    /** A bind took effect. */
    record Attached(Attachment attachment) implements HardwareResult {
        public Attached {
            Objects.requireNonNull(attachment);
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

    /** A wipe was done and verified. */
    record Wiped(String method, long wipedBytes, long verifiedBytes) implements HardwareResult {
        public Wiped {
            Objects.requireNonNull(method);
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
