package org.rackweave.daemon.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackId;
import org.rackweave.protocol.group.GroupEvent;
import org.rackweave.protocol.group.GroupKeys;
import org.rackweave.protocol.group.GroupTiming;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.multicast.Keyring;

/** What a node does with the group keys that its core decides on. */
class RekeyingTest {
    private static final NodeId SELF = new NodeId(0, 1);
    private static final NodeId NEIGHBOUR = new NodeId(0, 2);
    private static final GroupKey ENTRY = GroupKey.of(1, new byte[GroupKey.KEY_BYTES]);
    private static final MadeKey FIRST = MadeKey.first(ENTRY, new RackId(7, 7));

    private final Shelf shelf = new Shelf();
    private final Notes notes = new Notes();
    private final Rekeying rekeying =
            Rekeying.of(ENTRY, new GroupKeys(SELF, GroupTiming.STANDARD, List.of(FIRST), 0, 0, 0), shelf);

    /** Draws ones, twos, threes. */
    private final class Shelf implements GroupKeyShelf {
        private boolean isFull;
        private byte drawn;

        @Override
        public MadeKey make(long revocations, long number) {
            byte[] key = new byte[GroupKey.KEY_BYTES];
            key[0] = ++drawn;
            return new MadeKey(GroupKey.of(number, key), revocations, SELF, 5);
        }

        @Override
        public void keep(List<MadeKey> keys) throws IOException {
            if (isFull) {
                throw new IOException("No space left on device");
            }
            notes.all.add("kept " + keys.size());
        }
    }

    /** Writes down what it is to do. */
    private static final class Notes implements Rekeying.Hands {
        private final List<String> all = new ArrayList<>();
        private Keyring ring = Keyring.of(ENTRY);

        @Override
        public void askForKeys(NodeId node) {
            all.add("ask " + node.low());
        }

        @Override
        public void deaf() {
            all.add("deaf");
        }

        @Override
        public void use(Keyring keyring) {
            ring = keyring;
            all.add("use " + keyring.sending().id().number() + " of "
                    + keyring.accepted().size());
        }

        @Override
        public void tell(String kind, String text) {
            all.add(kind);
        }
    }

    private void neighbourHas(KeyMark mark) {
        rekeying.step(new GroupEvent.MarkHeard(NEIGHBOUR, mark), 0, notes);
        rekeying.step(new GroupEvent.RackChanged(Set.of(NEIGHBOUR)), 0, notes);
    }

    @Test
    void aKeyIsOnTheDiskBeforeItIsBelievedAndAnnounced() {
        neighbourHas(FIRST.mark());
        assertThat(rekeying.rotate(0, notes)).isEqualTo(new Answer.Done());
        assertThat(notes.all).containsExactly("kept 2", "use 1 of 2", "group.made");
        assertThat(rekeying.mark().number()).isEqualTo(2);
        neighbourHas(rekeying.mark());
        assertThat(notes.all).endsWith("group.used", "kept 1", "use 2 of 2");
        assertThat(notes.ring.entry()).isEqualTo(ENTRY);
    }

    @Test
    void aFullDiskIsToldAndStopsNoRotation() {
        shelf.isFull = true;
        neighbourHas(FIRST.mark());
        assertThat(rekeying.rotate(0, notes)).isEqualTo(new Answer.Done());
        assertThat(notes.all).containsExactly("group.unkept", "use 1 of 2", "group.made");
    }

    @Test
    void anOrderIsRefusedWhileAKeyIsOnItsWay() {
        neighbourHas(FIRST.mark());
        assertThat(rekeying.rotate(0, notes)).isEqualTo(new Answer.Done());
        assertThat(rekeying.rotate(0, notes))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.code())
                        .isEqualTo(RefusalCode.BUSY));
        assertThat(rekeying.view(0).lacking()).containsExactly(NEIGHBOUR);
    }

    @Test
    void aNodeWhoseDatagramsNobodySealsSaysNothingOfKeys() {
        Rekeying none = Rekeying.none();
        none.step(new GroupEvent.RevocationsHeld(3), 0, notes);
        assertThat(none.mark()).isEqualTo(KeyMark.NONE);
        assertThat(none.nextDeadline()).isEmpty();
        assertThat(notes.all).isEmpty();
    }
}
