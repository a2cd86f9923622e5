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
            // Where the audit trail begins once its oldest rows were removed, signed heads of it, and who signed.
            List.of(
                    """
            CREATE TABLE anchor (
              id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, hash TEXT NOT NULL,
              at_epoch_millis INTEGER NOT NULL, count INTEGER NOT NULL
            )""",
                    "CREATE TABLE head (number INTEGER PRIMARY KEY, sign1 BLOB NOT NULL)",
                    "CREATE TABLE signer (node TEXT PRIMARY KEY, certificate BLOB NOT NULL) WITHOUT ROWID"),
            // Where a slice sits and what can be loaded into it; unknown (latency 4: network) until its hardware says
            // more.
            List.of(
                    "ALTER TABLE slice ADD COLUMN fabric TEXT NOT NULL DEFAULT ''",
                    "ALTER TABLE slice ADD COLUMN device TEXT NOT NULL DEFAULT ''",
                    "ALTER TABLE slice ADD COLUMN latency INTEGER NOT NULL DEFAULT 4",
                    "ALTER TABLE slice ADD COLUMN configurations TEXT NOT NULL DEFAULT ''",
                    "ALTER TABLE slice ADD COLUMN configuration TEXT"),
            // What a borrower is particular about, demands that stand, and leases that join a loan.
            List.of(
                    "ALTER TABLE loan ADD COLUMN mode INTEGER NOT NULL DEFAULT 1",
                    "ALTER TABLE loan ADD COLUMN configuration TEXT",
                    "ALTER TABLE loan ADD COLUMN worst_latency INTEGER",
                    "ALTER TABLE loan ADD COLUMN locality INTEGER NOT NULL DEFAULT 1",
                    "ALTER TABLE loan ADD COLUMN least_amount INTEGER",
                    "ALTER TABLE leg ADD COLUMN part INTEGER NOT NULL DEFAULT 0",
                    "ALTER TABLE leg ADD COLUMN fabric TEXT NOT NULL DEFAULT ''",
                    "ALTER TABLE leg ADD COLUMN device TEXT NOT NULL DEFAULT ''",
                    "ALTER TABLE leg ADD COLUMN latency INTEGER NOT NULL DEFAULT 4"),
            // Demands that wait for what this node owns.
            List.of("""
            CREATE TABLE want (
              loan TEXT PRIMARY KEY, borrower TEXT NOT NULL, number INTEGER NOT NULL, since_millis INTEGER NOT NULL,
              wanted INTEGER NOT NULL,
              kind INTEGER NOT NULL, amount INTEGER NOT NULL, capability TEXT, term_millis INTEGER NOT NULL,
              priority INTEGER NOT NULL, worst_forced_end INTEGER NOT NULL, lender TEXT, max_lenders INTEGER NOT NULL,
              configuration TEXT, worst_latency INTEGER, locality INTEGER NOT NULL, least_amount INTEGER NOT NULL
            ) WITHOUT ROWID"""),
            // What was asked for VMs of this host.
            List.of("""
            CREATE TABLE ask (
              position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, vm TEXT NOT NULL, kind INTEGER NOT NULL,
              amount INTEGER NOT NULL, priority INTEGER NOT NULL, term_millis INTEGER NOT NULL, state INTEGER NOT NULL,
              from_host INTEGER NOT NULL, borrowed INTEGER NOT NULL, explanation TEXT NOT NULL
            )"""),
            // What owners signed of their wipes. A borrower takes nothing without it, so what is free (1) and was wiped
            // before
            // there were signatures is wiped (7) once more.
            List.of(
                    "ALTER TABLE slice ADD COLUMN wipe_proof BLOB",
                    "ALTER TABLE leg ADD COLUMN wipe_proof BLOB",
                    "UPDATE slice SET state = 7, reason = 'its wipe was not signed; wiped again before it is offered'"
                            + " WHERE state = 1"),
            // What a slice's device said of itself when it was granted.
            List.of(
                    "ALTER TABLE slice ADD COLUMN granted_lock_state TEXT",
                    "ALTER TABLE slice ADD COLUMN granted_firmware TEXT"));

    private Schema() {}

    /** The version that this daemon reads and writes. */
    static int newest() {
        return STEPS.size();
    }

    /** A ledger of a newer version is refused: nobody here knows what its rows mean. */
    static void refuseNewer(Path file, Connection connection) throws SQLException, LedgerException {
        int version = version(connection);
        if (version > STEPS.size()) {
            throw new LedgerException(
                    file,
                    "written by a newer rackweaved (schema " + version + ", this one knows " + STEPS.size() + ")",
                    "run the newer rackweaved, or restore the copy that was made before it");
        }
    }

    static void migrate(Path file, Connection connection) throws SQLException, LedgerException {
        refuseNewer(file, connection);
        int version = version(connection);
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

    static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA user_version")) {
            return result.next() ? result.getInt(1) : 0;
        }
    }
}
