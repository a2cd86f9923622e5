package org.rackweave.daemon.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.AuditChain;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.LoanId;

/**
 * The ledger. SQLite in write-ahead mode, synced in full at each commit, with exclusive locking: file systems of BMCs refuse
 * the shared writable map that SQLite would otherwise use. One thread uses it.
 */
public final class Ledger implements Journal, AutoCloseable {
    public static final String FILE = "ledger.db";

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final String RESTORE_ADVICE =
            "run 'rackweaved ledger check'; restore a copy, or move the file away: then every slice is wiped before it is"
                    + " offered, and what is still bound is quarantined";
    private static final int PAGE_BYTES = 4096;

    private final Path file;
    private final Connection connection;
    private long lastAuditNumber;
    private String lastAuditHash;

    private Ledger(Path file, Connection connection, Optional<AuditRow> lastAudit) {
        this.file = file;
        this.connection = connection;
        this.lastAuditNumber = lastAudit.map(AuditRow::number).orElse(0L);
        this.lastAuditHash = lastAudit.map(AuditRow::hash).orElse(AuditChain.START);
    }

    /**
     * Opens or makes the ledger, brings its schema up to date and checks its structure.
     *
     * @param maxBytes beyond which SQLite refuses to grow it
     */
    public static Ledger open(StateDirectory directory, long maxBytes) throws LedgerException {
        Path file = directory.file(FILE);
        refuseStranger(file);
        Connection connection = connect(file);
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA max_page_count = " + Math.max(16, maxBytes / PAGE_BYTES));
                statement.execute("PRAGMA wal_autocheckpoint = 256");
            }
            check(file, connection);
            Schema.migrate(file, connection);
            return new Ledger(file, connection, Rows.lastAudit(connection));
        } catch (SQLException | IllegalArgumentException e) {
            quietlyClose(connection);
            throw damaged(file, e);
        } catch (LedgerException e) {
            quietlyClose(connection);
            throw e;
        }
    }

    private static Connection connect(Path file) throws LedgerException {
        Properties properties = new Properties();
        properties.setProperty("locking_mode", "EXCLUSIVE");
        properties.setProperty("journal_mode", "WAL");
        properties.setProperty("synchronous", "FULL");
        properties.setProperty("foreign_keys", "true");
        try {
            return DriverManager.getConnection("jdbc:sqlite:" + file, properties);
        } catch (SQLException e) {
            throw damaged(file, e);
        }
    }

    /** SQLite takes an empty file for a new ledger, and would so forget all loans after a truncation. */
    private static void refuseStranger(Path file) throws LedgerException {
        if (!Files.exists(file)) {
            return;
        }
        try (var in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(MAGIC.length);
            if (!Arrays.equals(head, MAGIC)) {
                throw new LedgerException(
                        file,
                        head.length < MAGIC.length ? "truncated to " + head.length + " bytes" : "not a ledger",
                        RESTORE_ADVICE);
            }
        } catch (IOException e) {
            throw new LedgerException(file, "cannot be read: " + e.getMessage(), "check its owner and mode", e);
        }
    }

    private static void check(Path file, Connection connection) throws SQLException, LedgerException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
            String verdict = result.next() ? result.getString(1) : "no answer";
            if (!verdict.equals("ok")) {
                throw new LedgerException(file, "damaged (" + verdict + ")", RESTORE_ADVICE);
            }
        }
    }

    private static LedgerException damaged(Path file, Exception e) {
        return new LedgerException(file, "cannot be opened as a ledger (" + e.getMessage() + ")", RESTORE_ADVICE, e);
    }

    private static void quietlyClose(Connection connection) {
        try {
            connection.close();
        } catch (SQLException second) {
            // The first error is the one that tells.
        }
    }

    public List<SliceRow> slices() throws LedgerException {
        return reading(Rows::slices);
    }

    public List<LoanRow> loans() throws LedgerException {
        return reading(Rows::loans);
    }

    /** What was asked for VMs of this host, in the order in which it was. */
    public List<AskView> asks() throws LedgerException {
        return reading(AskRows::asks);
    }

    public Optional<String> meta(String key) throws LedgerException {
        return reading(connection -> Rows.meta(connection, key));
    }

    @Override
    public List<AuditRow> audit(long after, int limit) throws LedgerException {
        return reading(connection -> Rows.audit(connection, after, limit));
    }

    @Override
    public long lastAuditNumber() {
        return lastAuditNumber;
    }

    @Override
    public String lastAuditHash() {
        return lastAuditHash;
    }

    @Override
    public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
        long number = lastAuditNumber;
        String hash = lastAuditHash;
        List<Effect> kept = effects.stream().filter(Ledger::isKept).toList();
        if (kept.isEmpty()) {
            return Commit.NOTHING_TO_WRITE;
        }
        try {
            run("BEGIN IMMEDIATE");
            for (Effect effect : kept) {
                if (effect instanceof Effect.SaveSlice save) {
                    Rows.save(connection, save.row());
                } else if (effect instanceof Effect.SaveLoan save) {
                    Rows.save(connection, save.row());
                } else if (effect instanceof Effect.ForgetLoan forget) {
                    forget(forget.loan());
                } else if (effect instanceof Effect.SaveAsk save) {
                    AskRows.save(connection, save.ask());
                } else if (effect instanceof Effect.ForgetAsk forget) {
                    AskRows.forget(connection, forget.ask());
                } else if (effect instanceof Effect.Audit audit) {
                    AuditRow row = chained(number + 1, hash, wallMillis, audit);
                    Rows.append(connection, row);
                    number = row.number();
                    hash = row.hash();
                }
            }
            run("COMMIT");
            lastAuditNumber = number;
            lastAuditHash = hash;
            return Commit.WRITTEN;
        } catch (SQLException e) {
            rollBack();
            throw new LedgerException(
                    file,
                    "cannot be written (" + e.getMessage() + ")",
                    "free space on its file system; nothing new is lent until then",
                    e);
        }
    }

    private static boolean isKept(Effect effect) {
        return effect instanceof Effect.SaveSlice
                || effect instanceof Effect.SaveLoan
                || effect instanceof Effect.ForgetLoan
                || effect instanceof Effect.SaveAsk
                || effect instanceof Effect.ForgetAsk
                || effect instanceof Effect.Audit;
    }

    private static AuditRow chained(long number, String previousHash, long wallMillis, Effect.Audit audit) {
        String hash = AuditChain.hash(
                previousHash, number, wallMillis, audit.actor(), audit.action(), audit.subject(), audit.detail());
        return new AuditRow(number, wallMillis, audit.actor(), audit.action(), audit.subject(), audit.detail(), hash);
    }

    public void remember(String key, String value) throws LedgerException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")) {
            statement.setString(1, key);
            statement.setString(2, value);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new LedgerException(file, "cannot be written (" + e.getMessage() + ")", "free space there", e);
        }
    }

    /** Reads the whole audit trail and every row's hash, and the structure of the file. */
    public List<String> verify() throws LedgerException {
        List<String> problems = new ArrayList<>();
        long number = 0;
        String hash = AuditChain.START;
        for (List<AuditRow> page = audit(0, 1000); !page.isEmpty(); page = audit(number, 1000)) {
            for (AuditRow row : page) {
                if (row.number() != number + 1) {
                    problems.add("audit rows " + (number + 1) + " to " + (row.number() - 1) + " are missing");
                }
                if (!AuditChain.holds(hash, row)) {
                    problems.add("audit row " + row.number() + " does not have the hash of its content");
                }
                number = row.number();
                hash = row.hash();
            }
        }
        if (number != lastAuditNumber) {
            problems.add("the audit trail ends at " + number + " instead of " + lastAuditNumber);
        }
        return problems;
    }

    private void forget(LoanId loan) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM loan WHERE id = ?")) {
            statement.setString(1, loan.toString());
            statement.executeUpdate();
        }
    }

    /**
     * Begins and ends are ours, not the driver's: on a full disk SQLite rolls back by itself, the driver's own roll-back then
     * fails, and from there on it begins no transaction any more. Each statement would be on the disk at once, and each
     * commit would fail, until the daemon is restarted.
     */
    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void rollBack() {
        try {
            run("ROLLBACK");
        } catch (SQLException e) {
            // SQLite has rolled back by itself. Should a transaction be open all the same, the next BEGIN says so.
        }
    }

    private interface Reading<T> {
        T from(Connection connection) throws SQLException;
    }

    private <T> T reading(Reading<T> reading) throws LedgerException {
        try {
            return reading.from(connection);
        } catch (SQLException | IllegalArgumentException e) {
            throw new LedgerException(file, "cannot be read (" + e.getMessage() + ")", RESTORE_ADVICE, e);
        }
    }

    @Override
    public void close() {
        quietlyClose(connection);
    }
}
