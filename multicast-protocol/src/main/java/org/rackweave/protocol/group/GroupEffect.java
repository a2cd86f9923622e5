package org.rackweave.protocol.group;

import java.util.List;
import java.util.Objects;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;

/** What the group keys of a node want done, in the order of the list that carries it. */
public sealed interface GroupEffect {
    /** Which one, for switches that the compiler checks. */
    Kind kind();

    /** All effects. */
    enum Kind {
        MAKE,
        KEEP,
        USE,
        ASK,
        DEAF,
        TELL
    }

    /**
     * Draw 32 random bytes, and answer with {@link GroupEvent.Made}.
     *
     * @param revocations under which list the key is made
     * @param number of the key
     */
    record Make(long revocations, long number) implements GroupEffect {
        @Override
        public Kind kind() {
            return Kind.MAKE;
        }
    }

    /**
     * Put these on the disk before anything that comes after is carried out. Where the disk takes nothing they are used all the
     * same, and asked for again after a restart.
     *
     * @param keys the one in use first, then those that come after it
     */
    record Keep(List<MadeKey> keys) implements GroupEffect {
        public Keep {
            keys = List.copyOf(keys);
        }

        @Override
        public Kind kind() {
            return Kind.KEEP;
        }
    }

    /** Seal with this key, and believe under these, {@code sending} among them. */
    record Use(MadeKey sending, List<MadeKey> accepted) implements GroupEffect {
        public Use {
            Objects.requireNonNull(sending);
            accepted = List.copyOf(accepted);
        }

        @Override
        public Kind kind() {
            return Kind.USE;
        }
    }

    /**
     * Ask this node over DTLS, where it must prove by its certificate to be it, for its keys; answer with {@link
     * GroupEvent.Answered}, also when nobody knows where it is.
     */
    record Ask(NodeId node) implements GroupEffect {
        public Ask {
            Objects.requireNonNull(node);
        }

        @Override
        public Kind kind() {
            return Kind.ASK;
        }
    }

    /** Somebody is there who cannot be heard, and asking led to nothing: ask all for hellos under the entry key. */
    record Deaf() implements GroupEffect {
        @Override
        public Kind kind() {
            return Kind.DEAF;
        }
    }

    /** For the events that people read. */
    record Tell(String kindOfEvent, String text) implements GroupEffect {
        public Tell {
            Objects.requireNonNull(kindOfEvent);
            Objects.requireNonNull(text);
        }

        @Override
        public Kind kind() {
            return Kind.TELL;
        }
    }
}
