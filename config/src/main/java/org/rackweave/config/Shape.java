package org.rackweave.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The form of an option's value: one word, a list of words, or words by name.
 *
 * @param <T> what it becomes
 */
sealed interface Shape<T> {
    /** What is expected, as part of a sentence. */
    String expected();

    /** Reads a value; empty when something is wrong with it, which is then among the problems. */
    Optional<T> read(Node node, String path, Problems problems);

    /** Writes a value on one line of YAML. */
    String write(T value);

    /** The value as a tree of maps, lists, text and numbers. */
    Object tree(T value);

    /** The JSON Schema of its written form. */
    Map<String, Object> jsonSchema();

    private static String inYaml(Scalar.Notation notation, String text) {
        return switch (notation) {
            case NUMBER, WORD -> text;
            case QUOTED -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        };
    }

    private static Object inTree(Scalar.Notation notation, String text) {
        return switch (notation) {
            case NUMBER -> Integer.valueOf(text);
            case WORD, QUOTED -> text;
        };
    }

    private static void tooMany(Node node, String path, int most, Problems problems) {
        problems.add(node.getStartMark(), path, "there are more than " + most + " entries", "remove some");
    }

    /** One word. */
    record One<T>(Scalar<T> scalar) implements Shape<T> {
        @Override
        public String expected() {
            return scalar.expected();
        }

        @Override
        public Optional<T> read(Node node, String path, Problems problems) {
            if (!(node instanceof ScalarNode written) || node.getTag().equals(Tag.NULL)) {
                problems.add(
                        node.getStartMark(),
                        path,
                        Problems.kindOf(node) + " stands here",
                        "write " + scalar.expected());
                return Optional.empty();
            }
            if (scalar.notation() == Scalar.Notation.NUMBER && !written.isPlain()) {
                problems.add(
                        node.getStartMark(), path, "a text in quotes stands here", "write the number without quotes");
                return Optional.empty();
            }
            Parsed<T> parsed = scalar.parse(written.getValue());
            if (parsed instanceof Parsed.Wrong<T> wrong) {
                problems.add(node.getStartMark(), path, wrong.found(), wrong.advice());
                return Optional.empty();
            }
            return Optional.of(((Parsed.Value<T>) parsed).value());
        }

        @Override
        public String write(T value) {
            return inYaml(scalar.notation(), scalar.format(value));
        }

        @Override
        public Object tree(T value) {
            return inTree(scalar.notation(), scalar.format(value));
        }

        @Override
        public Map<String, Object> jsonSchema() {
            return scalar.jsonSchema();
        }
    }

    /** A list of words, each at most once. */
    record Listed<T>(Scalar<T> item, int most) implements Shape<List<T>> {
        @Override
        public String expected() {
            return "a list of at most " + most + ", each " + item.expected();
        }

        @Override
        public Optional<List<T>> read(Node node, String path, Problems problems) {
            if (!(node instanceof SequenceNode sequence)) {
                problems.add(
                        node.getStartMark(),
                        path,
                        Problems.kindOf(node) + " stands here, and a list is needed",
                        "write [] for none, or one line with '- ' for each entry");
                return Optional.empty();
            }
            if (sequence.getValue().size() > most) {
                tooMany(node, path, most, problems);
                return Optional.empty();
            }
            List<T> values = new ArrayList<>();
            for (Node entry : sequence.getValue()) {
                String place = path + "[" + sequence.getValue().indexOf(entry) + "]";
                new One<>(item).read(entry, place, problems).ifPresent(value -> {
                    if (values.contains(value)) {
                        problems.add(
                                entry.getStartMark(),
                                place,
                                "'" + item.format(value) + "' is in the list already",
                                "remove one of the two");
                    }
                    values.add(value);
                });
            }
            return values.size() == sequence.getValue().size() ? Optional.of(List.copyOf(values)) : Optional.empty();
        }

        @Override
        public String write(List<T> value) {
            StringJoiner joined = new StringJoiner(", ", "[", "]");
            value.forEach(entry -> joined.add(inYaml(item.notation(), item.format(entry))));
            return joined.toString();
        }

        @Override
        public Object tree(List<T> value) {
            List<Object> tree = new ArrayList<>();
            value.forEach(entry -> tree.add(inTree(item.notation(), item.format(entry))));
            return tree;
        }

        @Override
        public Map<String, Object> jsonSchema() {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "array");
            schema.put("items", item.jsonSchema());
            schema.put("maxItems", most);
            schema.put("uniqueItems", true);
            return schema;
        }
    }

    /** Words by name. */
    record Mapped(Scalar.Text key, Scalar.Text item, int most) implements Shape<Map<String, String>> {
        @Override
        public String expected() {
            return "at most " + most + " entries, each of the form KEY: VALUE, where KEY is " + key.expected()
                    + " and VALUE is " + item.expected();
        }

        @Override
        public Optional<Map<String, String>> read(Node node, String path, Problems problems) {
            if (!(node instanceof MappingNode mapping)) {
                problems.add(
                        node.getStartMark(),
                        path,
                        Problems.kindOf(node) + " stands here, and keys with values are needed",
                        "write {} for none, or one line with 'KEY: VALUE' for each");
                return Optional.empty();
            }
            if (mapping.getValue().size() > most) {
                tooMany(node, path, most, problems);
                return Optional.empty();
            }
            Map<String, String> values = new LinkedHashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                Optional<String> name = new One<>(key).read(tuple.getKeyNode(), path, problems);
                if (name.isPresent()) {
                    String place = path + "." + name.get();
                    Optional<String> value = new One<>(item).read(tuple.getValueNode(), place, problems);
                    if (values.containsKey(name.get())) {
                        problems.add(
                                tuple.getKeyNode().getStartMark(),
                                place,
                                "this key is there twice",
                                "remove one of the two");
                    }
                    value.ifPresent(said -> values.put(name.get(), said));
                }
            }
            return values.size() == mapping.getValue().size() ? Optional.of(values) : Optional.empty();
        }

        @Override
        public String write(Map<String, String> value) {
            StringJoiner joined = new StringJoiner(", ", "{", "}");
            value.forEach(
                    (name, text) -> joined.add(inYaml(key.notation(), name) + ": " + inYaml(item.notation(), text)));
            return joined.toString();
        }

        @Override
        public Object tree(Map<String, String> value) {
            return new LinkedHashMap<String, Object>(value);
        }

        @Override
        public Map<String, Object> jsonSchema() {
            Map<String, Object> names = new LinkedHashMap<>();
            names.put("pattern", "^(" + key.form().pattern() + ")$");
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("propertyNames", names);
            // The loader takes what stands there as text, so a number without quotes is as good.
            Map<String, Object> values = new LinkedHashMap<>(item.jsonSchema());
            values.put("type", List.of("string", "number", "boolean"));
            schema.put("additionalProperties", values);
            schema.put("maxProperties", most);
            return schema;
        }
    }
}
