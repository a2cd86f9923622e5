package org.rackweave.hal.inventory;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** One map of a document under construction: what is empty is left out. */
final class Fields {
    private final Map<String, Object> map = new LinkedHashMap<>();

    void put(String name, Object value) {
        map.put(name, value);
    }

    void putIfKnown(String name, Optional<?> value) {
        value.ifPresent(known -> map.put(name, known));
    }

    void putIfKnown(String name, OptionalInt value) {
        value.ifPresent(known -> map.put(name, (long) known));
    }

    void putIfKnown(String name, OptionalLong value) {
        value.ifPresent(known -> map.put(name, known));
    }

    Map<String, Object> map() {
        return map;
    }

    /** A constant as documents write it: {@code GOING_OFFLINE} is {@code going-offline}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
