package org.rackweave.sim.lab;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** JSON as maps, lists, strings, numbers and booleans: what the lab prints, and what it reads of other programs. */
public final class JsonText {
    /** Stands for JSON's null, because a map here has none. */
    public static final Object NOTHING = Optional.empty();

    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonText() {}

    /** One object in one line. */
    public static String line(Map<String, ?> object) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(generator, object);
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string was not written", impossible);
        }
        return text.toString();
    }

    /** Reads one value. */
    public static Object parse(String text) throws LabFailure {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return read(parser, Optional.ofNullable(parser.nextToken()).orElse(JsonToken.VALUE_NULL));
        } catch (IOException malformed) {
            throw new LabFailure("this is no JSON: " + malformed.getMessage(), malformed);
        }
    }

    /** Reads one object. */
    public static JsonObject object(String text) throws LabFailure {
        if (parse(text) instanceof Map<?, ?> object) {
            return new JsonObject(object);
        }
        throw new LabFailure("this is JSON, but not an object");
    }

    private static Object read(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    object.put(name, read(parser, parser.nextToken()));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    array.add(read(parser, next));
                }
                yield array;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_NULL -> NOTHING;
            case VALUE_STRING, FIELD_NAME -> parser.getText();
            case END_OBJECT, END_ARRAY, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new IOException("a value was expected, not " + token);
        };
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        if (value instanceof Map<?, ?> object) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> entry : object.entrySet()) {
                generator.writeFieldName(String.valueOf(entry.getKey()));
                write(generator, entry.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof List<?> array) {
            generator.writeStartArray();
            for (Object element : array) {
                write(generator, element);
            }
            generator.writeEndArray();
        } else if (value instanceof Long number) {
            generator.writeNumber(number);
        } else if (value instanceof Integer number) {
            generator.writeNumber(number);
        } else if (value instanceof Double number) {
            generator.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            generator.writeBoolean(truth);
        } else if (value.equals(NOTHING)) {
            generator.writeNull();
        } else {
            generator.writeString(value.toString());
        }
    }
}
