package org.rackweave.protocol.group;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;

/** What the group keys of a node are told. */
public sealed interface GroupEvent {
    /** Which one, for switches that the compiler checks. */
    Kind kind();

    /** All events. */
    enum Kind {
        RACK_CHANGED,
        REVOCATIONS_HELD,
        MARK_HEARD,
        OTHER_GROUP_HEARD,
        ANSWERED,
        MADE,
        ROTATION_ORDERED,
        TICK
    }

    /** These neighbours are alive now, and no others. */
    record RackChanged(Set<NodeId> alive) implements GroupEvent {
        public RackChanged {
            alive = Set.copyOf(alive);
        }

        @Override
        public Kind kind() {
            return Kind.RACK_CHANGED;
        }
    }

    /** This node holds the list of revocations with this number, which its authority signed. */
    record RevocationsHeld(long number) implements GroupEvent {
        @Override
        public Kind kind() {
            return Kind.REVOCATIONS_HELD;
        }
    }

    /** A neighbour announced the newest key that it has; {@link KeyMark#NONE} when it says nothing of keys. */
    record MarkHeard(NodeId node, KeyMark mark) implements GroupEvent {
        public MarkHeard {
            Objects.requireNonNull(node);
            Objects.requireNonNull(mark);
        }

        @Override
        public Kind kind() {
            return Kind.MARK_HEARD;
        }
    }

    /** Somebody who says to be this node speaks under a key that is not held here. Nothing of it is proven. */
    record OtherGroupHeard(NodeId claimed) implements GroupEvent {
        public OtherGroupHeard {
            Objects.requireNonNull(claimed);
        }

        @Override
        public Kind kind() {
            return Kind.OTHER_GROUP_HEARD;
        }
    }

    /**
     * What came of {@link GroupEffect.Ask}.
     *
     * @param keys that the neighbour, whose certificate was checked, gave; none when it gave none or was not reached
     */
    record Answered(NodeId node, List<MadeKey> keys) implements GroupEvent {
        public Answered {
            Objects.requireNonNull(node);
            keys = List.copyOf(keys);
        }

        @Override
        public Kind kind() {
            return Kind.ANSWERED;
        }
    }

    /** What came of {@link GroupEffect.Make}. */
    record Made(MadeKey key) implements GroupEvent {
        public Made {
            Objects.requireNonNull(key);
        }

        @Override
        public Kind kind() {
            return Kind.MADE;
        }
    }

    /** An operator wants a new key now. */
    record RotationOrdered() implements GroupEvent {
        @Override
        public Kind kind() {
            return Kind.ROTATION_ORDERED;
        }
    }

    /** Time has passed. */
    record Tick() implements GroupEvent {
        @Override
        public Kind kind() {
            return Kind.TICK;
        }
    }
}
