package org.rackweave.hal.inventory;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** One map of a document under construction: what is empty is left out. */
public final class Fields {
    private final Map<String, Object> map = new LinkedHashMap<>();

    public void put(String name, Object value) {
        map.put(name, value);
    }

    public void putIfKnown(String name, Optional<?> value) {
        value.ifPresent(known -> map.put(name, known));
    }

    public void putIfKnown(String name, OptionalInt value) {
        value.ifPresent(known -> map.put(name, (long) known));
    }

    public void putIfKnown(String name, OptionalLong value) {
        value.ifPresent(known -> map.put(name, known));
    }

    public Map<String, Object> map() {
        return map;
    }

    /** A constant as documents write it: {@code GOING_OFFLINE} is {@code going-offline}. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
