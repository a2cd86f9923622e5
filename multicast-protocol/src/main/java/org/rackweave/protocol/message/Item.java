package org.rackweave.protocol.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The part of CBOR that messages are made of, as a tree. */
sealed interface Item {
    /** The order of RFC 8949, 4.2.1: the encodings of integers compare bytewise, so 0, 1, 2, … come before -1, -2, …. */
    Comparator<Long> KEY_ORDER = (a, b) -> {
        if (a >= 0 && b >= 0) {
            return Long.compare(a, b);
        }
        return Long.compare(b, a);
    };

    /** Major types 0 and 1, as far as a long holds them. */
    record Whole(long value) implements Item {}

    /** Major type 3, in UTF-8. */
    record Text(String value) implements Item {}

    /** The simple values true and false. */
    record Truth(boolean value) implements Item {}

    /** Major type 4. */
    record Array(List<Item> items) implements Item {
        public Array {
            items = Collections.unmodifiableList(items);
        }
    }

    /** Major type 2. */
    final class Bytes implements Item {
        private final byte[] value;

        Bytes(byte[] value) {
            this.value = value;
        }

        byte[] value() {
            return value;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }
    }

    /** Major type 5 with whole numbers for keys, kept in their deterministic order. */
    final class Table implements Item {
        private final SortedMap<Long, Item> entries = new TreeMap<>(KEY_ORDER);

        SortedMap<Long, Item> entries() {
            return entries;
        }

        Table put(long key, Item value) {
            entries.put(key, value);
            return this;
        }

        Table put(long key, long value) {
            return put(key, new Whole(value));
        }

        Table put(long key, String value) {
            return put(key, new Text(value));
        }

        Table putId(long key, long high, long low) {
            return put(key, id(high, low));
        }

        <T> Table putIfPresent(long key, Optional<T> value, Function<T, Item> form) {
            value.ifPresent(present -> put(key, form.apply(present)));
            return this;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Table table && entries.equals(table.entries);
        }

        @Override
        public int hashCode() {
            return entries.hashCode();
        }
    }

    static <T> Array array(Collection<T> values, Function<T, Item> form) {
        return new Array(values.stream().map(form).toList());
    }

    /** A set of texts has one form only: ascending by their bytes. */
    static Array texts(Collection<String> values) {
        return new Array(values.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .sorted(Arrays::compareUnsigned)
                .<Item>map(bytes -> new Text(new String(bytes, StandardCharsets.UTF_8)))
                .toList());
    }

    static Bytes id(long high, long low) {
        return new Bytes(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }
}
