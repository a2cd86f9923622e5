package org.rackweave.protocol.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.rackweave.crypto.NodeId;

/** The fields of one map while it becomes a value: each is asked for by key and named in whatever is wrong with it. */
final class Fields {
    /** What is done with a key that nobody asked for. */
    enum Unknown {
        /** In what is told: later versions tell more. */
        IGNORED,
        /** In what is asked: it may be a restriction, unless its key is negative, which marks a hint. */
        REFUSED_UNLESS_HINT
    }

    /** Reads one value out of its map. */
    @FunctionalInterface
    interface Reader<T> {
        T read(Fields fields) throws Malformed;
    }

    private final String path;
    private final Item.Table table;
    private final Set<Long> asked = new HashSet<>();

    private Fields(String path, Item.Table table) {
        this.path = path;
        this.table = table;
    }

    static Fields of(String path, Item item) throws Malformed {
        if (item instanceof Item.Table table) {
            return new Fields(path, table);
        }
        throw new Malformed(path + ": not a map");
    }

    boolean has(long key) {
        asked.add(key);
        return table.entries().containsKey(key);
    }

    long whole(long key, String name) throws Malformed {
        if (item(key, name) instanceof Item.Whole whole) {
            return whole.value();
        }
        throw wrong(name, "not a whole number");
    }

    long natural(long key, String name) throws Malformed {
        long value = whole(key, name);
        if (value < 0) {
            throw wrong(name, "negative");
        }
        return value;
    }

    int small(long key, String name) throws Malformed {
        long value = natural(key, name);
        if (value > Integer.MAX_VALUE) {
            throw wrong(name, "too large");
        }
        return (int) value;
    }

    boolean truth(long key, String name) throws Malformed {
        if (item(key, name) instanceof Item.Truth truth) {
            return truth.value();
        }
        throw wrong(name, "not true or false");
    }

    String text(long key, String name, int maxChars) throws Malformed {
        return text(item(key, name), name, maxChars);
    }

    private String text(Item item, String name, int maxChars) throws Malformed {
        if (!(item instanceof Item.Text text)) {
            throw wrong(name, "not a text");
        }
        if (text.value().length() > maxChars) {
            throw wrong(name, "longer than " + maxChars + " characters");
        }
        return text.value();
    }

    Set<String> texts(long key, String name, int max, int maxChars) throws Malformed {
        Set<String> values = new LinkedHashSet<>();
        byte[] last = {};
        for (Item item : items(key, name, max)) {
            String value = text(item, name, maxChars);
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            if (!values.isEmpty() && Arrays.compareUnsigned(last, bytes) >= 0) {
                throw wrong(name, "out of order, or the same twice");
            }
            values.add(value);
            last = bytes;
        }
        return values;
    }

    LeaseId leaseId(long key, String name) throws Malformed {
        ByteBuffer bytes = sixteen(key, name);
        return new LeaseId(bytes.getLong(), bytes.getLong());
    }

    LoanId loanId(long key, String name) throws Malformed {
        ByteBuffer bytes = sixteen(key, name);
        return new LoanId(bytes.getLong(), bytes.getLong());
    }

    NodeId nodeId(long key, String name) throws Malformed {
        ByteBuffer bytes = sixteen(key, name);
        return new NodeId(bytes.getLong(), bytes.getLong());
    }

    Epoch epoch(long key, String name) throws Malformed {
        return new Epoch(natural(key, name));
    }

    private ByteBuffer sixteen(long key, String name) throws Malformed {
        return ByteBuffer.wrap(bytes(key, name, 16));
    }

    List<NodeId> nodeIds(long key, String name, int max) throws Malformed {
        List<NodeId> values = new ArrayList<>();
        for (Item item : items(key, name, max)) {
            if (!(item instanceof Item.Bytes bytes) || bytes.value().length != NodeId.BYTES) {
                throw wrong(name, "not a list of byte strings of " + NodeId.BYTES);
            }
            ByteBuffer id = ByteBuffer.wrap(bytes.value());
            values.add(new NodeId(id.getLong(), id.getLong()));
        }
        return values;
    }

    Carried carried(long key, String name) throws Malformed {
        if (item(key, name) instanceof Item.Bytes bytes
                && bytes.value().length > 0
                && bytes.value().length <= Carried.MAX_BYTES) {
            return Carried.of(bytes.value());
        }
        throw wrong(name, "not a byte string of 1 to " + Carried.MAX_BYTES);
    }

    byte[] bytes(long key, String name, int length) throws Malformed {
        if (item(key, name) instanceof Item.Bytes bytes && bytes.value().length == length) {
            return bytes.value();
        }
        throw wrong(name, "not a byte string of " + length);
    }

    /** A code of one of the closed lists; a well-formed one that is not in it comes from a later version. */
    <T> T code(long key, String name, LongFunction<Optional<T>> ofCode) throws Malformed {
        long code = natural(key, name);
        return ofCode.apply(code)
                .orElseThrow(
                        () -> new Malformed.UnknownCode(path + "." + name + ": code " + code + " is not known here"));
    }

    <T> T one(long key, String name, Reader<T> reader) throws Malformed {
        return read(path + "." + name, item(key, name), reader);
    }

    <T> Optional<T> maybe(long key, String name, Reader<T> reader) throws Malformed {
        return has(key) ? Optional.of(one(key, name, reader)) : Optional.empty();
    }

    /** Reads an identifier by its key and name. */
    @FunctionalInterface
    interface IdReader<T> {
        T read(Fields fields, long key, String name) throws Malformed;
    }

    <T> Optional<T> maybeId(long key, String name, IdReader<T> reader) throws Malformed {
        return has(key) ? Optional.of(reader.read(this, key, name)) : Optional.empty();
    }

    Optional<String> maybeText(long key, String name, int maxChars) throws Malformed {
        return has(key) ? Optional.of(text(key, name, maxChars)) : Optional.empty();
    }

    /** Reads a list; elements with a code of a later version are left out, so that the rest can be used. */
    <T> List<T> list(long key, String name, int max, Reader<T> reader) throws Malformed {
        List<T> values = new ArrayList<>();
        int index = 0;
        for (Item item : items(key, name, max)) {
            element(path + "." + name + "[" + index + "]", item, reader).ifPresent(values::add);
            index++;
        }
        return values;
    }

    private static <T> Optional<T> element(String path, Item item, Reader<T> reader) throws Malformed {
        try {
            return Optional.of(read(path, item, reader));
        } catch (Malformed.UnknownCode e) {
            return Optional.empty();
        }
    }

    private List<Item> items(long key, String name, int max) throws Malformed {
        if (!(item(key, name) instanceof Item.Array array)) {
            throw wrong(name, "not a list");
        }
        if (array.items().size() > max) {
            throw wrong(name, "more than " + max);
        }
        return array.items();
    }

    private static <T> T read(String path, Item item, Reader<T> reader) throws Malformed {
        return reader.read(of(path, item));
    }

    /** Makes the value: what its constructor refuses is the peer's fault, not ours. */
    <T> T make(Unknown unknown, Supplier<T> value) throws Malformed {
        if (unknown == Unknown.REFUSED_UNLESS_HINT) {
            refuseUnknown();
        }
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new Malformed(path + ": " + e.getMessage());
        }
    }

    private void refuseUnknown() throws Malformed {
        for (long key : table.entries().keySet()) {
            if (key >= 0 && !asked.contains(key)) {
                throw new Malformed(path + ": key " + key + " is not known here");
            }
        }
    }

    private Item item(long key, String name) throws Malformed {
        if (!has(key)) {
            throw wrong(name, "missing");
        }
        return Optional.ofNullable(table.entries().get(key)).orElseThrow();
    }

    private Malformed wrong(String name, String what) {
        return new Malformed(path + "." + name + ": " + what);
    }
}
