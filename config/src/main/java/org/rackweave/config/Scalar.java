package org.rackweave.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A value that is written as one word.
 *
 * @param <T> what it becomes
 */
sealed interface Scalar<T> {
    /** What is expected, as part of a sentence: {@code a time from 1s to 7d}. */
    String expected();

    /** Reads what somebody wrote. */
    Parsed<T> parse(String text);

    /** Writes a value so that {@link #parse} reads the same one back. */
    String format(T value);

    /** How it stands in YAML and JSON. */
    Notation notation();

    /** The JSON Schema of its written form. */
    Map<String, Object> jsonSchema();

    /** How a written form stands in YAML and JSON. */
    enum Notation {
        /** Without quotes, as a number. */
        NUMBER,
        /** Without quotes in YAML, where no reader can take it for something else. */
        WORD,
        /** In quotes. */
        QUOTED
    }

    private static Parsed<Long> inRange(Parsed<Long> parsed, long least, long most, String text, String range) {
        if (parsed instanceof Parsed.Value<Long> value && (value.value() < least || value.value() > most)) {
            return new Parsed.Wrong<>("'" + text + "' is out of range", "write a value " + range);
        }
        return parsed;
    }

    private static Map<String, Object> schema(String type) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        return schema;
    }

    /** A whole number. */
    record WholeNumber(int least, int most) implements Scalar<Integer> {
        private static final Pattern FORM = Pattern.compile("-?[0-9]{1,9}");

        @Override
        public String expected() {
            return "a whole number " + range();
        }

        @Override
        public Parsed<Integer> parse(String text) {
            if (!FORM.matcher(text).matches()) {
                return new Parsed.Wrong<>("'" + text + "' is not a whole number", "write a number " + range());
            }
            int value = Integer.parseInt(text);
            return value < least || value > most
                    ? new Parsed.Wrong<>(text + " is out of range", "write a number " + range())
                    : new Parsed.Value<>(value);
        }

        @Override
        public String format(Integer value) {
            return Integer.toString(value);
        }

        @Override
        public Notation notation() {
            return Notation.NUMBER;
        }

        @Override
        public Map<String, Object> jsonSchema() {
            Map<String, Object> schema = schema("integer");
            schema.put("minimum", least);
            schema.put("maximum", most);
            return schema;
        }

        private String range() {
            return "from " + least + " to " + most;
        }
    }

    /** A number of bytes. */
    record Size(long least, long most) implements Scalar<Long> {
        @Override
        public String expected() {
            return "a size " + range();
        }

        @Override
        public Parsed<Long> parse(String text) {
            return inRange(ByteSize.parse(text), least, most, text, range());
        }

        @Override
        public String format(Long value) {
            return ByteSize.format(value);
        }

        @Override
        public Notation notation() {
            return Notation.WORD;
        }

        @Override
        public Map<String, Object> jsonSchema() {
            Map<String, Object> schema = schema("string");
            schema.put("pattern", ByteSize.PATTERN);
            return schema;
        }

        private String range() {
            return "from " + ByteSize.format(least) + " to " + ByteSize.format(most);
        }
    }

    /** A length of time in milliseconds. */
    record Time(long least, long most) implements Scalar<Long> {
        @Override
        public String expected() {
            return "a time " + range();
        }

        @Override
        public Parsed<Long> parse(String text) {
            return inRange(TimeSpan.parse(text), least, most, text, range());
        }

        @Override
        public String format(Long value) {
            return TimeSpan.format(value);
        }

        @Override
        public Notation notation() {
            return Notation.WORD;
        }

        @Override
        public Map<String, Object> jsonSchema() {
            Map<String, Object> schema = schema("string");
            schema.put("pattern", TimeSpan.PATTERN);
            return schema;
        }

        private String range() {
            return "from " + TimeSpan.format(least) + " to " + TimeSpan.format(most);
        }
    }

    /** One of a few words. */
    record Choice<E extends Enum<E>>(Class<E> type) implements Scalar<E> {
        @Override
        public String expected() {
            return "one of " + String.join(", ", words());
        }

        @Override
        public Parsed<E> parse(String text) {
            for (E constant : type.getEnumConstants()) {
                if (word(constant).equals(text)) {
                    return new Parsed.Value<>(constant);
                }
            }
            String meant = NearestWord.among(words(), text)
                    .map(word -> "did you mean " + word + "? ")
                    .orElse("");
            return new Parsed.Wrong<>(
                    "'" + text + "' is none of the words that are known", meant + "write " + expected());
        }

        @Override
        public String format(E value) {
            return word(value);
        }

        @Override
        public Notation notation() {
            return Notation.WORD;
        }

        @Override
        public Map<String, Object> jsonSchema() {
            Map<String, Object> schema = schema("string");
            schema.put("enum", words());
            return schema;
        }

        private List<String> words() {
            List<String> words = new ArrayList<>();
            for (E constant : type.getEnumConstants()) {
                words.add(word(constant));
            }
            return words;
        }

        private static String word(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Text of a certain form.
     *
     * @param expected what it is, with an example
     * @param form what JSON Schema can check too
     * @param check what only we can check
     */
    record Text(String expected, Pattern form, Predicate<String> check) implements Scalar<String> {
        public Text {
            Objects.requireNonNull(expected);
        }

        static Text of(String expected, String form) {
            return new Text(expected, Pattern.compile(form), text -> true);
        }

        @Override
        public Parsed<String> parse(String text) {
            return form.matcher(text).matches() && check.test(text)
                    ? new Parsed.Value<>(text)
                    : new Parsed.Wrong<>("'" + text + "' does not fit", "write " + expected);
        }

        @Override
        public String format(String value) {
            return value;
        }

        @Override
        public Notation notation() {
            return Notation.QUOTED;
        }

        @Override
        public Map<String, Object> jsonSchema() {
            Map<String, Object> schema = schema("string");
            schema.put("pattern", "^(" + form.pattern() + ")$");
            return schema;
        }
    }

    /** A directory by its absolute path: a daemon's working directory is nobody's choice. */
    record Directory() implements Scalar<Path> {
        private static final Pattern FORM = Pattern.compile("/[^\\x00-\\x1f]{0,4094}");

        @Override
        public String expected() {
            return "an absolute path";
        }

        @Override
        public Parsed<Path> parse(String text) {
            return FORM.matcher(text).matches()
                    ? new Parsed.Value<>(Path.of(text).normalize())
                    : new Parsed.Wrong<>("'" + text + "' is not an absolute path", "write a path that begins with /");
        }

        @Override
        public String format(Path value) {
            return value.toString();
        }

        @Override
        public Notation notation() {
            return Notation.QUOTED;
        }

        @Override
        public Map<String, Object> jsonSchema() {
            Map<String, Object> schema = schema("string");
            schema.put("pattern", "^/");
            return schema;
        }
    }
}
