package org.rackweave.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The schema as JSON Schema, for editors. It checks what JSON Schema can say: ranges of sizes and times, and contradictions
 * between options, only the loader finds; they stand in the descriptions.
 */
public final class PublishedSchema {
    private PublishedSchema() {}

    /** The schema as a tree of maps, lists, text and numbers. */
    public static Map<String, Object> tree() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Rackweave: the configuration of one node");
        root.putAll(group(""));
        return root;
    }

    private static Map<String, Object> group(String path) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String key : Schema.keysOf(path)) {
            String full = path.isEmpty() ? key : path + "." + key;
            Schema.option(full).ifPresent(option -> properties.put(key, property(option)));
            Schema.section(full).ifPresent(section -> properties.put(key, section(section)));
        }
        Map<String, Object> group = new LinkedHashMap<>();
        group.put("type", "object");
        group.put("additionalProperties", false);
        group.put("properties", properties);
        return group;
    }

    private static Map<String, Object> section(Schema.Section section) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("description", section.sentence());
        tree.putAll(group(section.path()));
        return tree;
    }

    private static <T> Map<String, Object> property(Option<T> option) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(
                "description",
                option.sentence() + " " + option.why() + " Write "
                        + option.shape().expected() + ".");
        tree.putAll(option.shape().jsonSchema());
        tree.put("default", option.shape().tree(option.defaultValue()));
        return tree;
    }
}
