package org.rackweave.daemon.conductor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.group.GroupEffect;
import org.rackweave.protocol.group.GroupEvent;
import org.rackweave.protocol.group.GroupKeys;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.GroupKeyView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.multicast.Keyring;

/**
 * The group keys of this node: steps their core, draws and keeps keys, and hands the rest of what the core wants to the conductor.
 * Beside {@link Revoking}, after which it comes: a key is made under a list of revocations.
 */
public final class Rekeying {
    private final GroupKey entry;
    private final Optional<GroupKeys> keys;
    private final GroupKeyShelf shelf;

    /** What only the conductor can do. */
    interface Hands {
        /** Asks this node for its keys; what comes of it is a {@link GroupEvent.Answered}. */
        void askForKeys(NodeId node);

        /** Somebody is there who cannot be heard. */
        void deaf();

        void use(Keyring keyring);

        void tell(String kind, String text);
    }

    private Rekeying(GroupKey entry, Optional<GroupKeys> keys, GroupKeyShelf shelf) {
        this.entry = entry;
        this.keys = keys;
        this.shelf = shelf;
    }

    /**
     * Of a node that takes part.
     *
     * @param entry the key that came with the identity
     */
    public static Rekeying of(GroupKey entry, GroupKeys keys, GroupKeyShelf shelf) {
        return new Rekeying(entry, Optional.of(keys), shelf);
    }

    /** Of a node whose datagrams nobody seals. */
    public static Rekeying none() {
        return new Rekeying(
                GroupKey.of(GroupKey.FIRST_NUMBER, new byte[GroupKey.KEY_BYTES]),
                Optional.empty(),
                new GroupKeyShelf() {
                    @Override
                    public MadeKey make(long revocations, long number) {
                        throw new IllegalStateException("nobody seals here");
                    }

                    @Override
                    public void keep(List<MadeKey> unused) {
                        throw new IllegalStateException("nobody seals here");
                    }
                });
    }

    /** As this node announces it. */
    KeyMark mark() {
        return keys.map(GroupKeys::mark).orElse(KeyMark.NONE);
    }

    OptionalLong nextDeadline() {
        return keys.map(GroupKeys::nextDeadline).orElse(OptionalLong.empty());
    }

    /** What a member may be given. */
    List<MadeKey> toGive() {
        return keys.map(GroupKeys::toGive).orElse(List.of());
    }

    void step(GroupEvent event, long nowMillis, Hands hands) {
        if (keys.isPresent()) {
            for (GroupEffect effect : keys.get().step(event, nowMillis)) {
                carryOut(effect, nowMillis, hands);
            }
        }
    }

    /** An operator's order: a new key at once, and one at a time. */
    Answer rotate(long nowMillis, Hands hands) {
        if (keys.isEmpty() || keys.get().isRotating()) {
            return Answer.Refused.of(
                    RefusalCode.BUSY,
                    "a newer group key is on its way to all members; 'rackweave group show' tells who has not got it");
        }
        KeyMark before = mark();
        step(new GroupEvent.RotationOrdered(), nowMillis, hands);
        return mark().isNewerThan(before)
                ? new Answer.Done()
                : Answer.Refused.of(
                        RefusalCode.CONFLICT,
                        "a member has used up all numbers of group keys; revoke it: the next list of revocations begins"
                                + " anew");
    }

    Answer.Group view(long nowMillis) {
        if (keys.isEmpty()) {
            return new Answer.Group(List.of(), List.of());
        }
        GroupKeys known = keys.get();
        List<GroupKeyView> views = new ArrayList<>();
        for (MadeKey key : known.accepted()) {
            views.add(new GroupKeyView(
                    key.mark(),
                    key.maker(),
                    key.madeAtMillis(),
                    known.ageMillis(key, nowMillis),
                    standing(key.mark(), known.sending().mark())));
        }
        return new Answer.Group(views, known.lacking());
    }

    private static GroupKeyView.Standing standing(KeyMark mark, KeyMark sending) {
        if (mark.equals(sending)) {
            return GroupKeyView.Standing.IN_USE;
        }
        return mark.isNewerThan(sending) ? GroupKeyView.Standing.KNOWN : GroupKeyView.Standing.BELIEVED;
    }

    private void carryOut(GroupEffect effect, long nowMillis, Hands hands) {
        switch (effect.kind()) {
            case MAKE -> {
                GroupEffect.Make make = (GroupEffect.Make) effect;
                step(new GroupEvent.Made(shelf.make(make.revocations(), make.number())), nowMillis, hands);
            }
            case KEEP -> keep(((GroupEffect.Keep) effect).keys(), hands);
            case USE -> hands.use(keyring((GroupEffect.Use) effect));
            case ASK -> hands.askForKeys(((GroupEffect.Ask) effect).node());
            case DEAF -> hands.deaf();
            case TELL -> hands.tell(((GroupEffect.Tell) effect).kindOfEvent(), ((GroupEffect.Tell) effect).text());
        }
    }

    private void keep(List<MadeKey> toKeep, Hands hands) {
        try {
            shelf.keep(toKeep);
        } catch (IOException e) {
            hands.tell(
                    "group.unkept",
                    "group keys hold here until the daemon ends, and cannot be kept: " + e.getMessage()
                            + "; free some space: after a restart this node asks its neighbours again");
        }
    }

    private Keyring keyring(GroupEffect.Use use) {
        return new Keyring(
                entry,
                use.sending().key(),
                use.accepted().stream().map(MadeKey::key).toList());
    }
}
