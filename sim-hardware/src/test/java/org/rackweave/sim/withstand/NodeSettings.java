package org.rackweave.sim.withstand;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The configuration of one node, by dotted names, such as {@code lending.minTerm}. Values are YAML as they stand. */
final class NodeSettings {
    private final Map<String, String> values = new LinkedHashMap<>();

    /** Sets one option, or what it was before anew. */
    NodeSettings with(String name, Object value) {
        values.put(name, value.toString());
        return this;
    }

    NodeSettings without(String name) {
        values.remove(name);
        return this;
    }

    String toYaml() {
        Map<String, Object> tree = new TreeMap<>();
        values.forEach((name, value) -> put(tree, name, value));
        StringBuilder text = new StringBuilder();
        print(tree, "", text);
        return text.toString();
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> tree, String name, String value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            tree.put(name, value);
        } else {
            Object inner = tree.computeIfAbsent(name.substring(0, dot), each -> new TreeMap<String, Object>());
            put((Map<String, Object>) inner, name.substring(dot + 1), value);
        }
    }

    private static void print(Map<?, ?> tree, String indent, StringBuilder text) {
        tree.forEach((name, value) -> {
            text.append(indent).append(name).append(':');
            if (value instanceof Map<?, ?> inner) {
                text.append('\n');
                print(inner, indent + "  ", text);
            } else {
                text.append(' ').append(value).append('\n');
            }
        });
    }
}
