package org.rackweave.protocol.multicast;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.rackweave.crypto.GroupEpochId;
import org.rackweave.crypto.GroupKey;

/**
 * The group keys of one node at one moment.
 *
 * @param entry the key that came with its identity, the same at every member: hellos under it are always believed, so that
 *     whoever missed rotations is heard
 * @param sending what it seals everything else with
 * @param accepted under which of its neighbours' seals everything is believed; {@code sending} is one of them
 */
public record Keyring(GroupKey entry, GroupKey sending, List<GroupKey> accepted) {
    public Keyring {
        Objects.requireNonNull(entry);
        accepted = List.copyOf(accepted);
        if (!accepted.contains(sending)) {
            throw new IllegalArgumentException("a node believes the seal that it makes itself");
        }
    }

    /** Of a rack whose first key was never replaced. */
    public static Keyring of(GroupKey first) {
        return new Keyring(first, first, List.of(first));
    }

    boolean accepts(GroupEpochId groupEpoch) {
        for (GroupKey key : accepted) {
            if (key.id().equals(groupEpoch)) {
                return true;
            }
        }
        return false;
    }

    /** All keys under which a seal is opened at all. */
    List<GroupKey> all() {
        List<GroupKey> all = new ArrayList<>(accepted);
        if (!all.contains(entry)) {
            all.add(entry);
        }
        return all;
    }
}
