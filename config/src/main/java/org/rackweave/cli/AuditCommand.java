package org.rackweave.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.protocol.message.AuditRow;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code rackweave audit}: what a node's ledger says that was done, by whom, and whether it was changed since. */
@CommandLine.Command(
        name = "audit",
        description = "Show, verify or export what was done, and by whom.",
        subcommands = {AuditCommand.Show.class, AuditCommand.Verify.class, AuditCommand.Export.class})
final class AuditCommand {
    /** Lists rows. */
    @CommandLine.Command(name = "show", description = "List rows of the audit trail.")
    static final class Show implements Action {
        @Option(names = "--last", paramLabel = "N", description = "The last N rows (${DEFAULT-VALUE}).")
        private long last = 50;

        @Option(names = "--after", paramLabel = "NUMBER", description = "All rows after this one.")
        private Optional<Long> after = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            if (last < 1 || after.orElse(0L) < 0) {
                throw new CommandFailed(ExitCode.USAGE, "that is no number of rows", "write a number from 1");
            }
            long first = after.isPresent() ? after.get() : Math.max(0, AuditSource.newest(session) - last);
            List<AuditRow> rows = new ArrayList<>();
            AuditSource.fromDaemon(session, first, rows::add);
            Table table = new Table(session.style(), ">NO", "TIME", "ACTION", "BY", "WHAT");
            for (AuditRow row : rows) {
                table.row(
                        Long.toString(row.number()),
                        Phrases.moment(row.atEpochMillis()),
                        row.action(),
                        Phrases.brief(row.actor()),
                        Phrases.brief(row.subject()));
            }
            session.show(new Shown(
                    ViewTree.list(rows, ViewTree::auditRow),
                    rows.stream().map(row -> Long.toString(row.number())).toList(),
                    rows.isEmpty() ? "" : table.toString()));
            return ExitCode.DONE;
        }
    }

    /** Recomputes the chain. */
    @CommandLine.Command(name = "verify", description = "Recompute the chain of hashes.")
    static final class Verify implements Action {
        @Option(names = "--from", paramLabel = "FILE", description = "Of an exported file and not of a daemon.")
        private Optional<Path> from = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            AuditVerification verification = new AuditVerification();
            if (from.isPresent()) {
                AuditSource.fromFile(from.get(), verification::accept);
            } else {
                verification.expectNewest(AuditSource.fromDaemon(session, 0, verification::accept));
            }
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("intact", verification.fault().isEmpty());
            tree.put("rows", verification.rows());
            tree.put("head", verification.head());
            verification.fault().ifPresent(fault -> tree.put("fault", fault));
            Details details = new Details(session.style())
                    .add("chain", verification.fault().isEmpty() ? "holds" : "is broken")
                    .add("rows", Long.toString(verification.rows()))
                    .add("head", verification.head());
            session.show(new Shown(tree, List.of(verification.head()), details.toString()));
            if (verification.fault().isPresent()) {
                throw new CommandFailed(
                        ExitCode.FAILED,
                        "the audit trail does not hold: " + verification.fault().get(),
                        "keep the ledger as it is, and compare it with an earlier export");
            }
            return ExitCode.DONE;
        }
    }

    /** Writes all rows, one JSON object a line. */
    @CommandLine.Command(name = "export", description = "Write all rows, one JSON object a line.")
    static final class Export implements Action {
        @Option(names = "--out", paramLabel = "FILE", description = "Into this new file and not to standard output.")
        private Optional<Path> out = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            if (out.isEmpty()) {
                AuditSource.fromDaemon(session, 0, row -> session.out().print(line(row)));
                session.out().flush();
                return ExitCode.DONE;
            }
            Path file = out.get();
            try (BufferedWriter writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW)) {
                long newest = AuditSource.fromDaemon(session, 0, row -> write(writer, row));
                session.note("Wrote rows 1 to " + newest + " to " + file + ".");
            } catch (IOException e) {
                throw FileTrouble.writing(file, e);
            } catch (UncheckedIOException e) {
                throw FileTrouble.writing(file, new IOException(e.getMessage(), e));
            }
            return ExitCode.DONE;
        }

        private static void write(BufferedWriter writer, AuditRow row) {
            try {
                writer.write(line(row));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String line(AuditRow row) {
            return JsonText.line(ViewTree.auditRow(row));
        }
    }
}
