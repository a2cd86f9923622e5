package org.rackweave.protocol.multicast;

import java.util.Objects;
import org.rackweave.crypto.cbor.CborFault;

/** What became of a payload's bytes. */
public sealed interface PayloadDecoding {
    /** They are this. */
    record Decoded(Payload payload) implements PayloadDecoding {
        public Decoded {
            Objects.requireNonNull(payload);
        }
    }

    /** They are nothing that this version accepts. */
    record Rejected(CborFault fault) implements PayloadDecoding {
        public Rejected {
            Objects.requireNonNull(fault);
        }
    }
}
