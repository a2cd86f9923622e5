package org.rackweave.daemon.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rackweave.crypto.LedgerHead;
import org.rackweave.protocol.message.AuditRow;

/**
 * An audit trail as lines of JSON that a stranger can verify with the rack's root certificate. One object a line, UTF-8, each
 * line in the one form that is written here, so that no byte can change without being found:
 *
 * <pre>
 * {"type":"export","version":1}
 * {"type":"signer","certificate":DER in hexadecimal}                        for each who signed
 * {"type":"anchor","number":N,"hash":H,"atEpochMillis":T,"count":C}         once rows were removed
 * {"type":"row","number":N,"atEpochMillis":T,"actor":…,"action":…,"subject":…,"detail":…,"hash":H}
 * {"type":"head","number":N,"sign1":COSE_Sign1 in hexadecimal}              after the last row that it covers
 * {"type":"end","rows":R,"heads":S,"number":N,"hash":H}
 * </pre>
 */
final class LedgerExport {
    private static final long VERSION = 1;
    private static final int MAX_LINE_BYTES = 32 * 1024;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(2)
                    .maxStringLength(MAX_LINE_BYTES)
                    .build())
            .build();
    private static final HexFormat HEX = HexFormat.of();

    private LedgerExport() {}

    /** Writes a trail, and says the number of its last row. */
    static long write(Connection connection, OutputStream out) throws SQLException, IOException {
        Writer writer = new Writer(out);
        writer.line(object("export", "version", VERSION));
        LedgerCheck.tell(connection, writer);
        writer.line(object(
                "end", "rows", writer.rows, "heads", writer.heads, "number", writer.number, "hash", writer.hash));
        out.flush();
        return writer.number;
    }

    private static final class Writer implements LedgerCheck.Listener<IOException> {
        private final OutputStream out;
        private long rows;
        private long heads;
        private long number;
        private String hash = Trail.NO_ANCHOR.hash();

        Writer(OutputStream out) {
            this.out = out;
        }

        @Override
        public void signer(byte[] certificate) throws IOException {
            line(LedgerExport.signer(certificate));
        }

        @Override
        public void anchor(LedgerHead.Anchor anchor) throws IOException {
            number = anchor.number();
            hash = anchor.hash();
            line(LedgerExport.anchor(anchor));
        }

        @Override
        public void row(AuditRow row) throws IOException {
            rows++;
            number = row.number();
            hash = row.hash();
            line(LedgerExport.row(row));
        }

        @Override
        public void head(TrailRows.Head head) throws IOException {
            heads++;
            line(LedgerExport.head(head));
        }

        void line(Map<String, Object> tree) throws IOException {
            out.write(bytes(tree));
        }
    }

    private static Map<String, Object> signer(byte[] certificate) {
        return object("signer", "certificate", HEX.formatHex(certificate));
    }

    private static Map<String, Object> anchor(LedgerHead.Anchor anchor) {
        return object(
                "anchor",
                "number",
                anchor.number(),
                "hash",
                anchor.hash(),
                "atEpochMillis",
                anchor.atEpochMillis(),
                "count",
                anchor.count());
    }

    private static Map<String, Object> row(AuditRow row) {
        return object(
                "row",
                "number",
                row.number(),
                "atEpochMillis",
                row.atEpochMillis(),
                "actor",
                row.actor(),
                "action",
                row.action(),
                "subject",
                row.subject(),
                "detail",
                row.detail(),
                "hash",
                row.hash());
    }

    private static Map<String, Object> head(TrailRows.Head head) {
        return object("head", "number", head.number(), "sign1", HEX.formatHex(head.sign1()));
    }

    private static Map<String, Object> object(String type, Object... namesAndValues) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("type", type);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            tree.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return tree;
    }

    private static byte[] bytes(Map<String, Object> tree) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            generator.writeStartObject();
            for (Map.Entry<String, Object> entry : tree.entrySet()) {
                if (entry.getValue() instanceof Long number) {
                    generator.writeNumberField(entry.getKey(), number);
                } else {
                    generator.writeStringField(entry.getKey(), (String) entry.getValue());
                }
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string can always be written to", e);
        }
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    // ---- reading ---------------------------------------------------------------------------------------------------

    /** Tells an exported trail to a verifier; what is wrong with its lines is a problem of the trail. */
    static void read(Path file, TrailVerifier verifier) throws LedgerException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            Reader reader = new Reader(verifier);
            long line = 0;
            for (byte[] bytes = nextLine(in); bytes.length > 0; bytes = nextLine(in)) {
                line++;
                try {
                    reader.line(bytes);
                } catch (IllegalArgumentException e) {
                    verifier.problem("line " + line + " is not as it was written: " + e.getMessage());
                }
            }
            if (!reader.ended) {
                verifier.problem("the end is missing: the file stops after line " + line);
            }
        } catch (IOException e) {
            throw new LedgerException(file, "cannot be read (" + e.getMessage() + ")", "check its owner and mode", e);
        }
        verifier.end();
    }

    /** With its line feed, if it has one; empty at the end of the file. */
    private static byte[] nextLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0) {
            line.write(next);
            if (next == '\n' || line.size() >= MAX_LINE_BYTES) {
                break;
            }
            next = in.read();
        }
        return line.toByteArray();
    }

    private static final class Reader {
        private final TrailVerifier verifier;
        private boolean begun;
        private boolean ended;
        private long rows;

        Reader(TrailVerifier verifier) {
            this.verifier = verifier;
        }

        void line(byte[] bytes) {
            Map<String, Object> tree = parse(bytes);
            String type = text(tree, "type");
            if (ended || begun == type.equals("export")) {
                throw new IllegalArgumentException("it does not belong here");
            }
            begun = true;
            switch (type) {
                case "export" -> requireForm(bytes, object("export", "version", VERSION));
                case "signer" -> {
                    byte[] certificate = HEX.parseHex(text(tree, "certificate"));
                    requireForm(bytes, signer(certificate));
                    verifier.signer(certificate);
                }
                case "anchor" -> {
                    LedgerHead.Anchor anchor = new LedgerHead.Anchor(
                            number(tree, "number"),
                            text(tree, "hash"),
                            number(tree, "atEpochMillis"),
                            number(tree, "count"));
                    requireForm(bytes, anchor(anchor));
                    requireFirst();
                    verifier.anchor(anchor);
                }
                case "row" -> {
                    AuditRow row = auditRow(tree);
                    requireForm(bytes, row(row));
                    rows++;
                    verifier.row(row);
                }
                case "head" -> {
                    TrailRows.Head head = new TrailRows.Head(number(tree, "number"), HEX.parseHex(text(tree, "sign1")));
                    requireForm(bytes, head(head));
                    verifier.head(head);
                }
                case "end" -> end(bytes);
                default -> throw new IllegalArgumentException("there are no lines of type " + type);
            }
        }

        private void requireFirst() {
            if (rows > 0 || verifier.number() > 0) {
                throw new IllegalArgumentException("an anchor comes once, and before the rows");
            }
        }

        private void end(byte[] bytes) {
            ended = true;
            requireForm(
                    bytes,
                    object(
                            "end",
                            "rows",
                            rows,
                            "heads",
                            verifier.heads(),
                            "number",
                            verifier.number(),
                            "hash",
                            verifier.hash()));
        }
    }

    private static AuditRow auditRow(Map<String, Object> tree) {
        return new AuditRow(
                number(tree, "number"),
                number(tree, "atEpochMillis"),
                text(tree, "actor"),
                text(tree, "action"),
                text(tree, "subject"),
                text(tree, "detail"),
                text(tree, "hash"));
    }

    private static void requireForm(byte[] line, Map<String, Object> tree) {
        if (!Arrays.equals(line, bytes(tree))) {
            throw new IllegalArgumentException("its content or form was changed");
        }
    }

    private static Map<String, Object> parse(byte[] line) {
        Map<String, Object> tree = new LinkedHashMap<>();
        try (JsonParser parser = FACTORY.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("an object is needed");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                tree.put(name, token == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : parser.getText());
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("it is no JSON", e);
        }
        return tree;
    }

    private static String text(Map<String, Object> tree, String name) {
        if (tree.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(name + " is missing");
    }

    private static long number(Map<String, Object> tree, String name) {
        if (tree.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException(name + " is missing");
    }
}
