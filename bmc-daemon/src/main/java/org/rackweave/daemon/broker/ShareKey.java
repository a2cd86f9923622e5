package org.rackweave.daemon.broker;

import java.util.Objects;
import org.rackweave.protocol.message.ResourceKind;

/** One kind of one VM. */
record ShareKey(String vm, ResourceKind kind) {
    ShareKey {
        Objects.requireNonNull(vm);
        Objects.requireNonNull(kind);
    }
}
