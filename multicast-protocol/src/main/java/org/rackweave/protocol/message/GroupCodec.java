package org.rackweave.protocol.message;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;

/** Group keys, and what is shown of them. */
final class GroupCodec {
    /** Neighbours that one answer names: as many as a membership remembers. */
    private static final int MAX_LACKING = 512;

    private GroupCodec() {}

    static Item form(Item.Table table, Answer.GroupKeys told) {
        return table.put(1, Item.array(told.keys(), GroupCodec::form))
                .putIfPresent(2, told.revocations(), signed -> new Item.Bytes(signed.bytes()));
    }

    static Answer groupKeys(Fields in) throws Malformed {
        var keys = in.list(1, "keys", MadeKey.MAX_KEYS, GroupCodec::madeKey);
        var signed = in.has(2) ? Optional.of(in.carried(2, "revocations")) : Optional.<Carried>empty();
        return in.make(Fields.Unknown.IGNORED, () -> new Answer.GroupKeys(keys, signed));
    }

    static Item form(Item.Table table, Answer.Group group) {
        return table.put(1, Item.array(group.keys(), GroupCodec::form))
                .put(2, Item.array(group.lacking(), node -> new Item.Bytes(node.bytes())));
    }

    static Answer group(Fields in) throws Malformed {
        var keys = in.list(1, "keys", MadeKey.MAX_KEYS, GroupCodec::view);
        var lacking = in.nodeIds(2, "lacking", MAX_LACKING);
        return in.make(Fields.Unknown.IGNORED, () -> new Answer.Group(keys, lacking));
    }

    private static Item form(MadeKey key) {
        return new Item.Table()
                .put(1, key.revocations())
                .put(2, key.key().id().number())
                .put(3, new Item.Bytes(key.key().bytes()))
                .put(4, new Item.Bytes(key.maker().bytes()))
                .put(5, key.madeAtMillis());
    }

    private static MadeKey madeKey(Fields in) throws Malformed {
        long revocations = in.natural(1, "revocations");
        long number = number(in);
        byte[] key = in.bytes(3, "key", GroupKey.KEY_BYTES);
        NodeId maker = in.nodeId(4, "maker");
        long madeAtMillis = in.natural(5, "madeAtMillis");
        return in.make(
                Fields.Unknown.IGNORED, () -> new MadeKey(GroupKey.of(number, key), revocations, maker, madeAtMillis));
    }

    private static Item form(GroupKeyView view) {
        byte[] hash =
                ByteBuffer.allocate(Long.BYTES).putLong(view.mark().hash()).array();
        return new Item.Table()
                .put(1, view.mark().revocations())
                .put(2, view.mark().number())
                .put(3, new Item.Bytes(hash))
                .put(4, new Item.Bytes(view.maker().bytes()))
                .put(5, view.madeAtMillis())
                .put(6, view.ageMillis())
                .put(7, view.standing().code());
    }

    private static GroupKeyView view(Fields in) throws Malformed {
        long revocations = in.natural(1, "revocations");
        long number = number(in);
        long hash = ByteBuffer.wrap(in.bytes(3, "hash", Long.BYTES)).getLong();
        NodeId maker = in.nodeId(4, "maker");
        long madeAtMillis = in.natural(5, "madeAtMillis");
        long ageMillis = in.natural(6, "ageMillis");
        GroupKeyView.Standing standing = in.code(7, "standing", GroupKeyView.Standing::ofCode);
        return in.make(
                Fields.Unknown.IGNORED,
                () -> new GroupKeyView(
                        new KeyMark(revocations, number, hash), maker, madeAtMillis, ageMillis, standing));
    }

    private static long number(Fields in) throws Malformed {
        long number = in.natural(2, "number");
        if (number < GroupKey.FIRST_NUMBER || number > GroupKey.LAST_NUMBER) {
            throw new Malformed("number: not from 1 to 4294967295");
        }
        return number;
    }
}
