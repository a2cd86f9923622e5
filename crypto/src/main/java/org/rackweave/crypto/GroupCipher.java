package org.rackweave.crypto;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens the outer seal of datagrams: the second of the three steps.
 *
 * <p>It accepts the group keys that it was given last: after a rotation both, for as long as both are good. Derived keys are remembered only for senders whose seal held, and for a bounded number of them, so that an
 * outsider can neither fill the memory nor empty it. Not safe for use by several threads.
 */
public final class GroupCipher {
    /** Twice the 256 nodes of a large rack, for two group epochs. */
    static final int MAX_REMEMBERED_SENDERS = 512;

    private final RackId rack;
    private final Map<GroupEpochId, GroupKey> groupKeys = new HashMap<>();
    private final Map<SenderName, SenderKey> remembered = new Recent<>(MAX_REMEMBERED_SENDERS);
    private final ChaChaPoly cipher = new ChaChaPoly();

    /** What a derived key depends on beside the rack. */
    private record SenderName(GroupEpochId groupEpoch, NodeId node, long bootEpoch, long bootKeyId) {
        static SenderName of(OuterHeader header) {
            return new SenderName(header.groupEpoch(), header.sender(), header.bootEpoch(), header.bootKeyId());
        }
    }

    /** A map that forgets what was longest not asked for. */
    private static final class Recent<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;
        private static final float USUAL_LOAD = 0.75f;
        private final int limit;

        Recent(int limit) {
            super(16, USUAL_LOAD, true);
            this.limit = limit;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > limit;
        }
    }

    /** Opens datagrams of {@code rack} that are sealed under one of {@code groupKeys}. */
    public GroupCipher(RackId rack, List<GroupKey> groupKeys) {
        this.rack = rack;
        hold(groupKeys);
    }

    /** From now on it accepts these keys and no others. */
    public void hold(List<GroupKey> keys) {
        groupKeys.clear();
        keys.forEach(key -> groupKeys.put(key.id(), key));
        remembered.keySet().removeIf(name -> !groupKeys.containsKey(name.groupEpoch()));
    }

    /** Whether a seal under this group key can be opened. */
    public boolean holds(GroupEpochId groupEpoch) {
        return groupKeys.containsKey(groupEpoch);
    }

    /** Opens the seal of {@code frame}. What comes out was made by a member; by which one is for {@link BootVerifier}. */
    public Checked<SignedMessage> open(OuterFrame frame) {
        OuterHeader header = frame.header();
        Optional<GroupKey> groupKey = Optional.ofNullable(groupKeys.get(header.groupEpoch()));
        if (groupKey.isEmpty()) {
            return Checked.rejected(SealRejection.UNKNOWN_GROUP_EPOCH);
        }
        SenderName name = SenderName.of(header);
        SenderKey key = Optional.ofNullable(remembered.get(name))
                .orElseGet(() -> SenderKey.derive(groupKey.get(), rack, header));
        Checked<byte[]> opened =
                frame.message().open(cipher, key.key(), key.nonce(header.sequence()), Binding.outer(rack, header));
        if (opened instanceof Checked.Rejected<byte[]> rejected) {
            return rejected.ofOther();
        }
        remembered.put(name, key);
        return inner(header, ((Checked.Accepted<byte[]>) opened).value());
    }

    private Checked<SignedMessage> inner(OuterHeader header, byte[] inside) {
        Checked<CoseSign1> parsed = CoseSign1.parse(inside);
        if (parsed instanceof Checked.Accepted<CoseSign1> accepted) {
            CoseSign1 message = accepted.value();
            if (message.isInOwnForm() && message.algorithm() == CoseAlgorithm.EDDSA) {
                return new Checked.Accepted<>(new SignedMessage(rack, header, message));
            }
        }
        return Checked.rejected(SealRejection.INNER_MALFORMED);
    }
}
