package org.rackweave.daemon.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.rackweave.daemon.Detail;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.SliceState;
import org.tinylog.Logger;

/**
 * Puts a backup in the place of the ledger. It is marked and laid beside the ledger first, and taken by whoever opens the
 * ledger next, so that no running daemon's ledger is changed under it.
 *
 * <p>The mark makes sure that nothing is believed which may have changed since the backup:
 *
 * <ul>
 *   <li>what was free or reserved may have been lent: it is wiped before it is offered;
 *   <li>how much time has passed is unknown, as after a reboot;
 *   <li>epochs go on above every one that may have been used meanwhile, see {@link #EPOCH_LEAP}.
 * </ul>
 */
public final class Restore {
    /** In the state directory: a ledger that is taken at the next start. */
    public static final String STAGED_FILE = "ledger.restore";

    /** In the state directory: the ledger that was there before, until the next restore. */
    public static final String ASIDE_FILE = "ledger.before-restore";

    static final String EPOCH_FLOOR = "epoch_floor";

    /**
     * How far epochs leap. A slice gets one with each reservation: even one that was reserved and lost a thousand times a second
     * would need 49 days to use so many, and a hundred restores take less than a ten-millionth of what a number holds.
     */
    static final long EPOCH_LEAP = 1L << 32;

    private static final String BOOT_ID = "boot_id";
    private static final List<String> LOG_SUFFIXES = List.of("-wal", "-journal");

    private Restore() {}

    /**
     * Lays a backup, which was checked, beside the ledger. A daemon may run.
     *
     * @return the epoch above which all new ones will be
     */
    public static long stage(Path backup, Path stateDirectory, long wallMillis) throws LedgerException {
        Path fresh = stateDirectory.resolve(STAGED_FILE + ".new");
        try {
            Durable.removeQuietly(fresh);
            // Not by bytes: what was set aside after a crash has a part of itself in its log.
            try (Connection connection = LedgerCheck.reading(backup)) {
                Ledger.copyTo(connection, fresh);
            }
            long floor = mark(fresh, backup, wallMillis);
            Durable.sync(fresh);
            Durable.rename(fresh, stateDirectory.resolve(STAGED_FILE));
            return floor;
        } catch (IOException | SQLException e) {
            throw new LedgerException(
                    fresh,
                    "cannot be written (" + e.getMessage() + ")",
                    "the ledger is as it was; free space there, and run this as the daemon's user",
                    e);
        } finally {
            Durable.removeQuietly(fresh);
        }
    }

    private static long mark(Path fresh, Path backup, long wallMillis) throws SQLException, LedgerException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + fresh)) {
            Schema.migrate(fresh, connection);
            try (Statement statement = connection.createStatement();
                    PreparedStatement append = connection.prepareStatement(Rows.APPEND_AUDIT)) {
                statement.execute("BEGIN IMMEDIATE");
                long floor = Math.addExact(newestEpoch(statement), EPOCH_LEAP);
                statement.execute("INSERT OR REPLACE INTO meta VALUES ('" + EPOCH_FLOOR + "', '" + floor + "')");
                // Without it a start takes the machine for rebooted.
                statement.execute("DELETE FROM meta WHERE key = '" + BOOT_ID + "'");
                statement.execute("UPDATE slice SET state = " + SliceState.SANITISING.code()
                        + ", reason = 'from a restored ledger; wiped before it is offered', lease = NULL, loan = NULL,"
                        + " borrower = NULL, host_port = NULL, priority = NULL, term_millis = NULL,"
                        + " deadline_millis = NULL, renewal = NULL, ending = NULL, reboot_graces = NULL,"
                        + " attachment_kind = NULL, attachment_address = NULL, attachment_bytes = NULL"
                        + " WHERE state IN (" + SliceState.FREE.code() + ", " + SliceState.RESERVED.code() + ")");
                Trail trail = Trail.of(connection);
                Trail unused = trail.append(
                        append,
                        new Effect.Audit(
                                "daemon",
                                "ledger.restored",
                                "ledger",
                                new Detail()
                                        .with("from", String.valueOf(backup.getFileName()))
                                        .with("after", trail.number())
                                        .with("epochFloor", floor)
                                        .toString()),
                        wallMillis);
                statement.execute("COMMIT");
                return floor;
            }
        }
    }

    private static long newestEpoch(Statement statement) throws SQLException {
        try (ResultSet r = statement.executeQuery("SELECT max((SELECT coalesce(max(epoch), 0) FROM slice),"
                + " (SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta WHERE key = '" + EPOCH_FLOOR + "'))")) {
            return r.next() ? r.getLong(1) : 0;
        }
    }

    /** Takes a staged ledger, if there is one. Whatever interrupts it, the next call goes on. */
    public static void takeStaged(StateDirectory directory) throws LedgerException {
        Path staged = directory.file(STAGED_FILE);
        if (!Files.exists(staged)) {
            return;
        }
        Path ledger = directory.file(Ledger.FILE);
        Path aside = directory.file(ASIDE_FILE);
        try {
            if (Files.exists(ledger)) {
                setAside(ledger, aside);
            }
            Durable.rename(staged, ledger);
            Logger.info("{} is from a backup; the one before it is {}", ledger, aside);
        } catch (IOException e) {
            throw new LedgerException(
                    ledger,
                    "cannot be replaced by the restored one (" + e.getMessage() + ")",
                    "check owner and mode of its directory, and start again",
                    e);
        }
    }

    /** The log goes before its ledger: it must not be there when the new one comes, nor be taken for another's. */
    private static void setAside(Path ledger, Path aside) throws IOException {
        if (Files.exists(aside)) {
            for (String suffix : LOG_SUFFIXES) {
                Files.deleteIfExists(withSuffix(aside, suffix));
            }
            Files.delete(aside);
        }
        for (String suffix : LOG_SUFFIXES) {
            if (Files.exists(withSuffix(ledger, suffix))) {
                Durable.rename(withSuffix(ledger, suffix), withSuffix(aside, suffix));
            }
        }
        Durable.rename(ledger, aside);
    }

    private static Path withSuffix(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}
