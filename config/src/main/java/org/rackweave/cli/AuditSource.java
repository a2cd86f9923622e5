package org.rackweave.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;

/** Where audit rows come from: a daemon, page by page, or a file that was exported, line by line. */
final class AuditSource {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxStringLength(16 * 1024)
                    .build())
            .build();

    private AuditSource() {}

    /** The number of the last row that the daemon has. */
    static long newest(Session session) throws CommandFailed {
        return session.ask(Answer.Audit.class, new Command.ReadAudit(0)).newest();
    }

    /** Reads all rows after a number that the daemon has when it is asked first, and says the number of the last. */
    static long fromDaemon(Session session, long after, Consumer<AuditRow> each) throws CommandFailed {
        Answer.Audit page = session.ask(Answer.Audit.class, new Command.ReadAudit(after));
        // The newest of the first page: what is written while we read must not keep us here for ever.
        long newest = page.newest();
        long last = after;
        while (!page.rows().isEmpty() && last < newest) {
            List<AuditRow> rows = page.rows();
            for (AuditRow row : rows) {
                if (row.number() <= newest) {
                    each.accept(row);
                }
            }
            long reached = rows.get(rows.size() - 1).number();
            if (reached <= last) {
                throw new CommandFailed(
                        ExitCode.FAILED, "the daemon repeats rows after " + last, "verify its ledger where it is");
            }
            last = reached;
            page = last < newest ? session.ask(Answer.Audit.class, new Command.ReadAudit(last)) : page;
        }
        return newest;
    }

    /** Reads an exported file, one JSON object a line. */
    static void fromFile(Path file, Consumer<AuditRow> each) throws CommandFailed {
        long number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String line = lines.readLine();
            while (line != null) {
                number++;
                each.accept(row(line));
                line = lines.readLine();
            }
        } catch (IllegalArgumentException e) {
            throw notARow(file, number, String.valueOf(e.getMessage()));
        } catch (JacksonException e) {
            throw notARow(file, number, String.valueOf(e.getOriginalMessage()));
        } catch (IOException e) {
            throw FileTrouble.reading(file, e);
        }
    }

    private static CommandFailed notARow(Path file, long line, String what) {
        return new CommandFailed(
                ExitCode.FAILED,
                file + ":" + line + ": this is no audit row: " + what,
                "name a file that 'rackweave audit export' wrote");
    }

    private static AuditRow row(String line) throws IOException {
        Map<String, String> texts = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("an object is needed");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (!value.isScalarValue()) {
                    throw new IllegalArgumentException(name + " is not a single value");
                }
                texts.put(name, parser.getText());
            }
        }
        return new AuditRow(
                Long.parseLong(field(texts, "number")),
                Long.parseLong(field(texts, "atEpochMillis")),
                field(texts, "actor"),
                field(texts, "action"),
                field(texts, "subject"),
                field(texts, "detail"),
                field(texts, "hash"));
    }

    private static String field(Map<String, String> texts, String name) {
        String text = texts.get(name);
        if (text == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return text;
    }
}
