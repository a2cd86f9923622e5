package org.rackweave.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.WipeCertificate;
import org.rackweave.protocol.message.WipeProof;

/** Reads what {@code rackweave wipes show -o json} wrote. */
final class WipeFile {
    /** How long a file may be, in bytes: a loan has at most 64 leases of some three KiB. */
    private static final long MAX_BYTES = 16L << 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxStringLength(16 * 1024)
                    .maxDocumentLength(MAX_BYTES)
                    .build())
            .build();

    private WipeFile() {}

    static List<WipeRecord> read(Path file) throws CommandFailed {
        List<WipeRecord> records = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(Files.newBufferedReader(file))) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException("a list is needed");
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                Map<String, String> texts = new HashMap<>();
                flatten(parser, "", texts);
                records.add(record(texts));
            }
        } catch (IllegalArgumentException e) {
            throw noWipes(file, records.size() + 1, String.valueOf(e.getMessage()));
        } catch (JacksonException e) {
            throw noWipes(file, records.size() + 1, String.valueOf(e.getOriginalMessage()));
        } catch (IOException e) {
            throw FileTrouble.reading(file, e);
        }
        return records;
    }

    private static CommandFailed noWipes(Path file, int number, String what) {
        return new CommandFailed(
                ExitCode.FAILED,
                file + ": number " + number + " is no wipe: " + what,
                "name a file that 'rackweave wipes show ID -o json' wrote");
    }

    /** All single values, by the names on the way to them with dots between. */
    private static void flatten(JsonParser parser, String path, Map<String, String> texts) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = path + parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_OBJECT) {
                flatten(parser, name + ".", texts);
            } else if (value.isScalarValue()) {
                texts.put(name, parser.getText());
            } else {
                throw new IllegalArgumentException(name + " is a list");
            }
        }
    }

    private static WipeRecord record(Map<String, String> texts) {
        return new WipeRecord(
                field(texts, "lease"),
                new SliceId(NodeId.parse(field(texts, "slice.owner")), field(texts, "slice.key")),
                new Epoch(number(texts, "epoch")),
                new WipeCertificate(
                        field(texts, "wipe.method"),
                        number(texts, "wipe.wipedBytes"),
                        number(texts, "wipe.verifiedBytes"),
                        new Epoch(number(texts, "wipe.epoch")),
                        Optional.ofNullable(texts.get("wipe.proof")).map(WipeProof::parse)));
    }

    private static long number(Map<String, String> texts, String name) {
        try {
            return Long.parseLong(field(texts, name));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is no number", e);
        }
    }

    private static String field(Map<String, String> texts, String name) {
        String text = texts.get(name);
        if (text == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return text;
    }
}
