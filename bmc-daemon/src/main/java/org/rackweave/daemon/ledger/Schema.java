package org.rackweave.daemon.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables of the ledger, and the steps from each version to the next. A step is never edited, only followed by another. */
final class Schema {
    private static final List<List<String>> STEPS = List.of(
            List.of("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID", """
            CREATE TABLE slice (
              key TEXT PRIMARY KEY, kind INTEGER NOT NULL, amount INTEGER NOT NULL, capabilities TEXT NOT NULL,
              forced_end INTEGER NOT NULL, fence INTEGER NOT NULL,
              state INTEGER NOT NULL, epoch INTEGER NOT NULL, reason TEXT NOT NULL,
              lease TEXT, loan TEXT, borrower TEXT, host_port TEXT, priority INTEGER, term_millis INTEGER,
              deadline_millis INTEGER, renewal INTEGER, ending INTEGER, reboot_graces INTEGER,
              attachment_kind TEXT, attachment_address TEXT, attachment_bytes INTEGER,
              wipe_method TEXT, wiped_bytes INTEGER, wipe_verified_bytes INTEGER, wipe_epoch INTEGER
            ) WITHOUT ROWID""", """
            CREATE TABLE loan (
              id TEXT PRIMARY KEY, state INTEGER NOT NULL, kind INTEGER NOT NULL, amount INTEGER NOT NULL, capability TEXT,
              term_millis INTEGER NOT NULL, priority INTEGER NOT NULL, worst_forced_end INTEGER NOT NULL,
              lender TEXT, max_lenders INTEGER NOT NULL, explanation TEXT NOT NULL
            ) WITHOUT ROWID""", """
            CREATE TABLE leg (
              loan TEXT NOT NULL REFERENCES loan (id) ON DELETE CASCADE, position INTEGER NOT NULL,
              lease TEXT NOT NULL UNIQUE, state INTEGER NOT NULL, epoch INTEGER NOT NULL,
              deadline_millis INTEGER NOT NULL, forced_millis INTEGER NOT NULL,
              owner TEXT NOT NULL, slice_key TEXT NOT NULL, kind INTEGER NOT NULL, amount INTEGER NOT NULL,
              capabilities TEXT NOT NULL, forced_end INTEGER NOT NULL, fence INTEGER NOT NULL,
              granted_state INTEGER, granted_remaining INTEGER,
              attachment_kind TEXT, attachment_address TEXT, attachment_bytes INTEGER,
              wipe_method TEXT, wiped_bytes INTEGER, wipe_verified_bytes INTEGER, wipe_epoch INTEGER,
              PRIMARY KEY (loan, position)
            ) WITHOUT ROWID""", """
            CREATE TABLE audit (
              number INTEGER PRIMARY KEY, at_epoch_millis INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
              subject TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL
            )"""),
            List.of("""
            CREATE TABLE ask (
              position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, vm TEXT NOT NULL, kind INTEGER NOT NULL,
              amount INTEGER NOT NULL, priority INTEGER NOT NULL, term_millis INTEGER NOT NULL, state INTEGER NOT NULL,
              from_host INTEGER NOT NULL, borrowed INTEGER NOT NULL, explanation TEXT NOT NULL
            )"""));

    private Schema() {}

    static void migrate(Path file, Connection connection) throws SQLException, LedgerException {
        int version = version(connection);
        if (version > STEPS.size()) {
            throw new LedgerException(
                    file,
                    "written by a newer rackweaved (schema " + version + ", this one knows " + STEPS.size() + ")",
                    "run the newer rackweaved, or restore the copy that was made before it");
        }
        for (int step = version; step < STEPS.size(); step++) {
            try (Statement statement = connection.createStatement()) {
                // Closing the connection takes back a step that fails half-way.
                statement.execute("BEGIN IMMEDIATE");
                for (String sql : STEPS.get(step)) {
                    statement.execute(sql);
                }
                statement.execute("PRAGMA user_version = " + (step + 1));
                statement.execute("COMMIT");
            }
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA user_version")) {
            return result.next() ? result.getInt(1) : 0;
        }
    }
}
