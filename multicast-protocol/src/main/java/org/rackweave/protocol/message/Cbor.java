package org.rackweave.protocol.message;

import java.util.ArrayList;
import java.util.List;
import org.rackweave.crypto.cbor.CborReader;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * Messages' trees as bytes and back, for the types that messages use: whole numbers of 64 bits, byte strings, UTF-8 text,
 * arrays, maps with whole numbers for keys, true and false.
 *
 * <p>What the strict reader refuses is refused here, and a tag, more than {@link #MAX_ITEMS} items beside the keys, and
 * more than {@link #MAX_DEPTH} levels. The tests hold an independent library against it.
 */
final class Cbor {
    /** A list of loans with their leases' attachments has six; two are left for later versions. */
    static final int MAX_DEPTH = 8;

    /** What 64 KiB of the densest real message hold is a third of this; it bounds the tree that hostile bytes can grow. */
    static final int MAX_ITEMS = 32_768;

    private final CborReader in;
    private int items;

    private Cbor(CborReader in) {
        this.in = in;
    }

    // ---- writing ---------------------------------------------------------------------------------------------------

    static byte[] encode(Item item) {
        CborWriter out = new CborWriter();
        write(out, item);
        return out.toBytes();
    }

    private static void write(CborWriter out, Item item) {
        if (item instanceof Item.Whole whole) {
            out.integer(whole.value());
        } else if (item instanceof Item.Text text) {
            out.text(text.value());
        } else if (item instanceof Item.Bytes bytes) {
            out.bytes(bytes.value());
        } else if (item instanceof Item.Truth truth) {
            out.truth(truth.value());
        } else if (item instanceof Item.Array array) {
            out.array(array.items().size());
            array.items().forEach(element -> write(out, element));
        } else if (item instanceof Item.Table table) {
            out.map(table.entries().size());
            table.entries().forEach((key, value) -> write(out.integer(key), value));
        }
    }

    // ---- reading ---------------------------------------------------------------------------------------------------

    static Item decode(byte[] bytes) throws Malformed {
        CborReader in = new CborReader(bytes, 0, bytes.length);
        Item item = new Cbor(in).read(1);
        in.requireEnd();
        requireSound(in);
        return item;
    }

    private Item read(int depth) throws Malformed {
        if (depth > MAX_DEPTH) {
            throw new Malformed("more than " + MAX_DEPTH + " levels at byte " + in.position());
        }
        if (++items > MAX_ITEMS) {
            throw new Malformed("more than " + MAX_ITEMS + " items");
        }
        Item item =
                switch (in.nextMajor()) {
                    case CborReader.BYTES -> new Item.Bytes(in.bytes(Integer.MAX_VALUE));
                    case CborReader.TEXT -> new Item.Text(in.text(Integer.MAX_VALUE));
                    case CborReader.ARRAY -> readArray(in.array(), depth);
                    case CborReader.MAP -> readTable(in.map(), depth);
                    case CborReader.SIMPLE -> new Item.Truth(in.truth());
                    // Or nothing, or a tag, which are refused as what is no number.
                    default -> new Item.Whole(in.integer());
                };
        requireSound(in);
        return item;
    }

    private Item readArray(int length, int depth) throws Malformed {
        List<Item> elements = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            elements.add(read(depth + 1));
        }
        return new Item.Array(elements);
    }

    private Item readTable(int pairs, int depth) throws Malformed {
        Item.Table table = new Item.Table();
        for (int i = 0; i < pairs; i++) {
            table.put(readKey(table), read(depth + 1));
        }
        return table;
    }

    private long readKey(Item.Table table) throws Malformed {
        if (in.nextMajor() > CborReader.NEGATIVE) {
            throw new Malformed("a key that is no whole number at byte " + in.position());
        }
        long key = in.integer();
        requireSound(in);
        if (!table.entries().isEmpty() && Item.KEY_ORDER.compare(table.entries().lastKey(), key) >= 0) {
            throw new Malformed("key " + key + " at byte " + in.itemAt() + " is out of order or there twice");
        }
        return key;
    }

    private static void requireSound(CborReader in) throws Malformed {
        if (in.hasFault()) {
            throw new Malformed(in.fault().orElseThrow().sentence() + " at byte " + in.itemAt());
        }
    }
}
