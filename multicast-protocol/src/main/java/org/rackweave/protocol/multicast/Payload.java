package org.rackweave.protocol.multicast;

import java.util.Optional;
import org.rackweave.crypto.NodeId;

/** What a datagram says, once its seal and its signature are off. */
public sealed interface Payload permits Hello, Announce, Leave {
    /** Which one: the message type that the seal binds to the bytes. */
    Type type();

    /** Who says so. It must be the node whose boot key signed the datagram. */
    NodeId node();

    /** In which of its incarnations. It must be that of the boot key. */
    long bootEpoch();

    /** All messages. The code is the wire value and never changes; new ones are appended. */
    enum Type {
        HELLO(1),
        ANNOUNCE(2),
        LEAVE(3);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        /** The value on the wire. */
        public int code() {
            return code;
        }

        /** The message with this code, if this version knows it. */
        public static Optional<Type> ofCode(long code) {
            for (Type type : values()) {
                if (type.code == code) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }
}
