package org.rackweave.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Writes trees of maps, lists, text, numbers and truth values as JSON, in the order that they have. */
final class JsonText {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonText() {}

    /** A document on several lines. */
    static String document(Object tree) {
        Separators separators = Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator("");
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators);
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            generator.setPrettyPrinter(printer);
            write(generator, tree);
        } catch (IOException e) {
            throw new UncheckedIOException("a string can always be written to", e);
        }
        return text + "\n";
    }

    /** A document on one line, for streams of them. */
    static String line(Object tree) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(generator, tree);
        } catch (IOException e) {
            throw new UncheckedIOException("a string can always be written to", e);
        }
        return text + "\n";
    }

    private static void write(JsonGenerator generator, Object tree) throws IOException {
        if (tree instanceof Map<?, ?> map) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                generator.writeFieldName(String.valueOf(entry.getKey()));
                write(generator, entry.getValue());
            }
            generator.writeEndObject();
        } else if (tree instanceof List<?> list) {
            generator.writeStartArray();
            for (Object entry : list) {
                write(generator, entry);
            }
            generator.writeEndArray();
        } else if (tree instanceof Integer number) {
            generator.writeNumber(number);
        } else if (tree instanceof Long number) {
            generator.writeNumber(number);
        } else if (tree instanceof Boolean truth) {
            generator.writeBoolean(truth);
        } else if (tree instanceof String text) {
            generator.writeString(text);
        } else {
            throw new IllegalArgumentException("a tree has no " + tree.getClass());
        }
    }
}
