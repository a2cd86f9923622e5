package org.rackweave.daemon.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.tinylog.Logger;

/** A ledger of an older schema is brought up to date on a copy first, and for good only when the copy is sound after it. */
final class Migration {
    private static final String REHEARSAL_FILE = "ledger.rehearsal";

    /** What the copy's own journal may take, in bytes. */
    private static final long JOURNAL_BYTES = 64 * 1024;

    private Migration() {}

    static void rehearse(StateDirectory directory, Path file, Connection connection)
            throws SQLException, LedgerException {
        int version = Schema.version(connection);
        // Version 0 has no table yet, and so nothing to lose.
        if (version == 0 || version >= Schema.newest()) {
            return;
        }
        String steps = "from schema " + version + " to " + Schema.newest();
        Path copy = directory.file(REHEARSAL_FILE);
        Durable.removeQuietly(copy);
        try {
            requireSpace(directory, file, connection, steps);
            Ledger.copyTo(connection, copy);
            List<String> problems = migrated(copy);
            if (!problems.isEmpty()) {
                throw new LedgerException(
                        file,
                        "cannot be brought " + steps + ": a copy was not sound afterwards (" + problems.get(0) + ")",
                        "it is as it was; run the rackweaved that wrote it, and 'rackweaved ledger check' with that");
            }
            Logger.info("{} is brought {}, which went well on a copy", file, steps);
        } finally {
            Durable.removeQuietly(copy);
        }
    }

    private static List<String> migrated(Path copy) throws SQLException, LedgerException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
            Schema.migrate(copy, connection);
            return LedgerCheck.of(copy, connection, new TrailVerifier(Optional.empty(), Optional.empty()))
                    .problems();
        }
    }

    private static void requireSpace(StateDirectory directory, Path file, Connection connection, String steps)
            throws SQLException, LedgerException {
        long needed = JOURNAL_BYTES;
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT (page_count - freelist_count) * page_size FROM"
                        + " pragma_page_count, pragma_freelist_count, pragma_page_size")) {
            needed += result.next() ? result.getLong(1) : 0;
        }
        try {
            long usable = Files.getFileStore(directory.file(Ledger.FILE)).getUsableSpace();
            if (usable < needed) {
                throw new LedgerException(
                        file,
                        "is to be brought " + steps + ", on a copy first, which needs " + needed + " bytes where "
                                + usable + " are free",
                        "free them; the ledger is as it was");
            }
        } catch (IOException e) {
            throw new LedgerException(file, "its file system cannot be looked at: " + e.getMessage(), "check it", e);
        }
    }
}
