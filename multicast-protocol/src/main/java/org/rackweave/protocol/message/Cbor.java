package org.rackweave.protocol.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes and strictly reads the core deterministic encoding of RFC 8949, 4.2.1, for the types that messages use: whole
 * numbers of 64 bits, byte strings, UTF-8 text, arrays, maps with whole numbers for keys, true and false.
 *
 * <p>Refused: tags, floats, null, other simple values, indefinite lengths, heads longer than needed, keys out of order or
 * twice, bytes after the item, more than {@link #MAX_ITEMS} items, more than {@link #MAX_DEPTH} levels.
 *
 * <p>It stands here because the CBOR library's canonical mode ends at four levels and a list of loans has six, and
 * without that mode it accepts more than one form of a message. The tests hold both against each other.
 */
final class Cbor {
    /** A list of loans with their leases' attachments has six; two are left for later versions. */
    static final int MAX_DEPTH = 8;

    /** What 64 KiB of the densest real message hold is a third of this; it bounds the tree that hostile bytes can grow. */
    static final int MAX_ITEMS = 32_768;

    private static final int WHOLE = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int SIMPLE = 7;

    private static final int FALSE = 0xf4;
    private static final int TRUE = 0xf5;

    private final ByteBuffer in;
    private int items;

    private Cbor(byte[] bytes) {
        this.in = ByteBuffer.wrap(bytes);
    }

    // ---- writing ---------------------------------------------------------------------------------------------------

    static byte[] encode(Item item) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        write(out, item);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, Item item) {
        if (item instanceof Item.Whole whole) {
            writeWhole(out, whole.value());
        } else if (item instanceof Item.Text text) {
            byte[] utf8 = text.value().getBytes(StandardCharsets.UTF_8);
            writeHead(out, TEXT, utf8.length);
            out.writeBytes(utf8);
        } else if (item instanceof Item.Bytes bytes) {
            writeHead(out, BYTES, bytes.value().length);
            out.writeBytes(bytes.value());
        } else if (item instanceof Item.Truth truth) {
            out.write(truth.value() ? TRUE : FALSE);
        } else if (item instanceof Item.Array array) {
            writeHead(out, ARRAY, array.items().size());
            array.items().forEach(element -> write(out, element));
        } else if (item instanceof Item.Table table) {
            writeHead(out, MAP, table.entries().size());
            table.entries().forEach((key, value) -> {
                writeWhole(out, key);
                write(out, value);
            });
        }
    }

    private static void writeWhole(ByteArrayOutputStream out, long value) {
        writeHead(out, value < 0 ? NEGATIVE : WHOLE, value < 0 ? ~value : value);
    }

    private static void writeHead(ByteArrayOutputStream out, int major, long argument) {
        int type = major << 5;
        if (argument < 24) {
            out.write(type | (int) argument);
        } else if (argument < 1L << 8) {
            out.write(type | 24);
            writeBigEndian(out, argument, 1);
        } else if (argument < 1L << 16) {
            out.write(type | 25);
            writeBigEndian(out, argument, 2);
        } else if (argument < 1L << 32) {
            out.write(type | 26);
            writeBigEndian(out, argument, 4);
        } else {
            out.write(type | 27);
            writeBigEndian(out, argument, 8);
        }
    }

    private static void writeBigEndian(ByteArrayOutputStream out, long value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }

    // ---- reading ---------------------------------------------------------------------------------------------------

    static Item decode(byte[] bytes) throws Malformed {
        Cbor cbor = new Cbor(bytes);
        Item item = cbor.read(1);
        if (cbor.in.hasRemaining()) {
            throw new Malformed(cbor.in.remaining() + " bytes follow the end of the message");
        }
        return item;
    }

    private Item read(int depth) throws Malformed {
        if (depth > MAX_DEPTH) {
            throw new Malformed("more than " + MAX_DEPTH + " levels at byte " + in.position());
        }
        if (++items > MAX_ITEMS) {
            throw new Malformed("more than " + MAX_ITEMS + " items");
        }
        int at = in.position();
        int head = nextByte();
        int major = head >> 5;
        if (major == SIMPLE) {
            return readSimple(head, at);
        }
        long argument = readArgument(head & 0x1f, at);
        return switch (major) {
            case WHOLE -> new Item.Whole(argument);
            case NEGATIVE -> new Item.Whole(~argument);
            case BYTES -> new Item.Bytes(nextBytes(argument, at));
            case TEXT -> new Item.Text(utf8(nextBytes(argument, at), at));
            case ARRAY -> readArray(argument, at, depth);
            case MAP -> readTable(argument, at, depth);
            default -> throw new Malformed("a tag at byte " + at + ": messages have none");
        };
    }

    private static Item readSimple(int head, int at) throws Malformed {
        if (head == TRUE || head == FALSE) {
            return new Item.Truth(head == TRUE);
        }
        throw new Malformed("a float, null or unknown simple value at byte " + at + ": messages have none");
    }

    private Item readArray(long length, int at, int depth) throws Malformed {
        requireRoom(length, at);
        List<Item> elements = new ArrayList<>((int) length);
        for (long i = 0; i < length; i++) {
            elements.add(read(depth + 1));
        }
        return new Item.Array(elements);
    }

    private Item readTable(long length, int at, int depth) throws Malformed {
        requireRoom(2 * length, at);
        Item.Table table = new Item.Table();
        for (long i = 0; i < length; i++) {
            int keyAt = in.position();
            int head = nextByte();
            if (head >> 5 > NEGATIVE) {
                throw new Malformed("a key that is no whole number at byte " + keyAt);
            }
            long argument = readArgument(head & 0x1f, keyAt);
            long key = head >> 5 == NEGATIVE ? ~argument : argument;
            if (!table.entries().isEmpty()
                    && Item.KEY_ORDER.compare(table.entries().lastKey(), key) >= 0) {
                throw new Malformed("key " + key + " at byte " + keyAt + " is out of order or there twice");
            }
            table.put(key, read(depth + 1));
        }
        return table;
    }

    /** Before anything is allocated: each element needs a byte at least. */
    private void requireRoom(long elements, int at) throws Malformed {
        if (elements < 0 || elements > in.remaining()) {
            throw new Malformed("a list or map at byte " + at + " is longer than the message");
        }
    }

    private long readArgument(int information, int at) throws Malformed {
        if (information < 24) {
            return information;
        }
        long argument =
                switch (information) {
                    case 24 -> nextBigEndian(1);
                    case 25 -> nextBigEndian(2);
                    case 26 -> nextBigEndian(4);
                    case 27 -> nextBigEndian(8);
                    case 31 -> throw new Malformed("an indefinite length at byte " + at);
                    default -> throw new Malformed("a reserved head at byte " + at);
                };
        if (argument < 0) {
            throw new Malformed("a number beyond 63 bits at byte " + at);
        }
        long least =
                switch (information) {
                    case 24 -> 24;
                    case 25 -> 1L << 8;
                    case 26 -> 1L << 16;
                    default -> 1L << 32;
                };
        if (argument < least) {
            throw new Malformed("a head that is longer than needed at byte " + at);
        }
        return argument;
    }

    private long nextBigEndian(int bytes) throws Malformed {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | nextByte();
        }
        return value;
    }

    private int nextByte() throws Malformed {
        if (!in.hasRemaining()) {
            throw new Malformed("the message ends too early, at byte " + in.position());
        }
        return in.get() & 0xff;
    }

    private byte[] nextBytes(long length, int at) throws Malformed {
        if (length > in.remaining()) {
            throw new Malformed("a string at byte " + at + " is longer than the message");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private static String utf8(byte[] bytes, int at) throws Malformed {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("a text at byte " + at + " is not UTF-8");
        }
    }
}
