package org.rackweave.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A configuration as people and programs read it. */
public final class ConfigurationText {
    private static final int WIDTH = 96;
    private static final String HEAD = """
            # Rackweave: the configuration of one node.
            #
            # Every option stands here with its default, and a line that is removed means its default. Sizes need a
            # binary unit (512MiB, 16GiB), times need one too (200ms, 15m, 1h30m).
            # 'rackweave config check FILE' finds all mistakes at once; 'rackweave config show --effective' shows what holds.
            #
            # yaml-language-server: $schema=rackweave.schema.json
            """;

    private ConfigurationText() {}

    /** The file with all defaults and the documentation of every option: what {@code config init} writes. */
    public static String annotated() {
        StringBuilder file = new StringBuilder(HEAD);
        Configuration defaults = Configuration.defaults();
        walk(new Visitor() {
            @Override
            public void section(Schema.Section section, int depth) {
                file.append('\n');
                comment(file, section.sentence(), depth);
                file.append(indent(depth)).append(last(section.path())).append(":\n");
            }

            @Override
            public void option(Option<?> option, int depth) {
                comment(file, option.sentence(), depth);
                comment(file, option.why(), depth);
                comment(file, "Write " + option.shape().expected() + ".", depth);
                file.append(indent(depth)).append(line(option, defaults)).append('\n');
            }
        });
        return file.toString();
    }

    /** All options with what holds for them, each that has its default saying so. */
    public static String effective(Configuration configuration) {
        StringBuilder file = new StringBuilder();
        walk(new Visitor() {
            @Override
            public void section(Schema.Section section, int depth) {
                file.append(indent(depth)).append(last(section.path())).append(":\n");
            }

            @Override
            public void option(Option<?> option, int depth) {
                file.append(indent(depth)).append(line(option, configuration));
                file.append(isDefault(option, configuration) ? "  # default\n" : "\n");
            }
        });
        return file.toString();
    }

    /** All options as a tree of maps, lists, text and numbers. */
    public static Map<String, Object> tree(Configuration configuration) {
        Map<String, Object> root = new LinkedHashMap<>();
        Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
        sections.put("", root);
        walk(new Visitor() {
            @Override
            public void section(Schema.Section section, int depth) {
                Map<String, Object> tree = new LinkedHashMap<>();
                in(parent(section.path())).put(last(section.path()), tree);
                sections.put(section.path(), tree);
            }

            @Override
            public void option(Option<?> option, int depth) {
                in(option.section()).put(option.key(), value(option, configuration));
            }

            private Map<String, Object> in(String path) {
                return sections.getOrDefault(path, root);
            }
        });
        return root;
    }

    /** Meets each section before what stands in it. */
    private interface Visitor {
        void section(Schema.Section section, int depth);

        void option(Option<?> option, int depth);
    }

    private static void walk(Visitor visitor) {
        for (Schema.Section section : Schema.SECTIONS) {
            if (section.path().indexOf('.') < 0) {
                walk(section, 0, visitor);
            }
        }
    }

    private static void walk(Schema.Section section, int depth, Visitor visitor) {
        visitor.section(section, depth);
        for (String key : Schema.keysOf(section.path())) {
            String path = section.path() + "." + key;
            Schema.section(path).ifPresent(inner -> walk(inner, depth + 1, visitor));
            Schema.option(path).ifPresent(option -> visitor.option(option, depth + 1));
        }
    }

    private static <T> String line(Option<T> option, Configuration configuration) {
        return option.key() + ": " + option.shape().write(option.reader().apply(configuration));
    }

    private static <T> Object value(Option<T> option, Configuration configuration) {
        return option.shape().tree(option.reader().apply(configuration));
    }

    private static <T> boolean isDefault(Option<T> option, Configuration configuration) {
        return option.reader().apply(configuration).equals(option.defaultValue());
    }

    private static void comment(StringBuilder file, String text, int depth) {
        String start = indent(depth) + "#";
        StringBuilder line = new StringBuilder(start);
        for (String word : List.of(text.split(" "))) {
            if (line.length() + 1 + word.length() > WIDTH) {
                file.append(line).append('\n');
                line = new StringBuilder(start);
            }
            line.append(' ').append(word);
        }
        file.append(line).append('\n');
    }

    private static String indent(int depth) {
        return "  ".repeat(depth);
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }
}
