package org.rackweave.daemon.ledger;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.rackweave.crypto.RackTrust;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.lease.WantRow;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LoanId;

/**
 * The ledger. SQLite in write-ahead mode, synced in full at each commit, with exclusive locking: file systems of BMCs refuse
 * the shared writable map that SQLite would otherwise use. One thread uses it.
 */
public final class Ledger implements Journal, AutoCloseable {
    public static final String FILE = "ledger.db";

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 100;
    private static final String RESTORE_ADVICE =
            "run 'rackweaved ledger check'; restore a copy, or move the file away: then every slice is wiped before it is"
                    + " offered, and what is still bound is quarantined";

    /** Up to which audit row somebody has read them all, as far as this ledger knows. */
    private static final String READ_THROUGH = "audit_read_through";

    /**
     * Once a write has failed, so much has to be free before another is tried, in bytes: what fits into the log as it is would
     * be written, and what comes next would not, so that the daemon would say by turns that it lends and that it does not.
     */
    private static final long LEAST_USABLE_BYTES = 64 * 1024;

    private final Path file;
    private final Connection connection;
    private final LedgerSize size;
    private final Optional<HeadSigner> signer;
    private final long pageBytes;
    private Prepared prepared;
    private boolean wasShort;
    private Trail trail;
    private long readThrough;
    private long usedBytes;
    private Upkeep upkeep = Upkeep.NONE;

    private Ledger(Path file, Connection connection, LedgerSize size, Optional<HeadSigner> signer) throws SQLException {
        this.file = file;
        this.connection = connection;
        this.size = size;
        this.signer = signer;
        this.prepared = Prepared.by(connection);
        try (Statement statement = connection.createStatement()) {
            this.pageBytes = number(statement, "PRAGMA page_size");
        }
        this.trail = Trail.of(connection);
        this.readThrough =
                Rows.meta(connection, READ_THROUGH).map(Long::parseLong).orElse(0L);
        measure();
    }

    /** Opens a ledger whose trail nobody signs; see {@link #open(StateDirectory, long, Optional)}. */
    public static Ledger open(StateDirectory directory, long maxBytes) throws LedgerException {
        return open(directory, maxBytes, Optional.empty());
    }

    /**
     * Opens or makes the ledger: takes one that was restored, checks its structure, brings its schema up to date once that
     * went well on a copy, and checks the end of its audit trail.
     *
     * @param maxBytes what it and its copies may fill, see {@link LedgerSize}
     * @param signer signs the trail from time to time
     */
    public static Ledger open(StateDirectory directory, long maxBytes, Optional<HeadSigner> signer)
            throws LedgerException {
        Restore.takeStaged(directory);
        Path file = directory.file(FILE);
        boolean isNew = !Files.exists(file);
        if (isNew) {
            make(directory, file);
        }
        LedgerSize size = LedgerSize.of(maxBytes);
        Connection connection = connect(file);
        try {
            limit(connection, size);
            check(file, connection);
            if (!isNew) {
                Migration.rehearse(directory, file, connection);
            }
            Schema.migrate(file, connection);
            requireSoundEnd(file, connection);
            return new Ledger(file, connection, size, signer);
        } catch (SQLException | IllegalArgumentException e) {
            quietlyClose(connection);
            throw damaged(file, e);
        } catch (LedgerException e) {
            quietlyClose(connection);
            throw e;
        }
    }

    private static void limit(Connection connection, LedgerSize size) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            long pageBytes = number(statement, "PRAGMA page_size");
            // One that an older version let grow further keeps its size, with room for the tables of a newer schema.
            long pages =
                    Math.max(size.databaseBytes() / pageBytes, number(statement, "PRAGMA page_count") + SCHEMA_PAGES);
            statement.execute("PRAGMA max_page_count = " + pages);
            statement.execute("PRAGMA wal_autocheckpoint = " + size.logBytes() / pageBytes);
            statement.execute("PRAGMA journal_size_limit = " + size.logBytes());
        }
    }

    /** An empty ledger with pages of our size, which must be chosen before anything else: whole, or not there at all. */
    private static void make(StateDirectory directory, Path file) throws LedgerException {
        Path fresh = directory.file(FILE + ".new");
        Durable.removeQuietly(fresh);
        try {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + fresh);
                    Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA page_size = " + LedgerSize.PAGE_BYTES);
                // Even an empty one is written by this, with its header.
                statement.execute("VACUUM");
            }
            Durable.sync(fresh);
            Durable.rename(fresh, file);
        } catch (SQLException | IOException e) {
            throw new LedgerException(file, "cannot be made (" + e.getMessage() + ")", "free space there", e);
        }
    }

    /** What the tables of newer schemas take of a ledger that is full, in pages. */
    private static final int SCHEMA_PAGES = 16;

    private static long number(Statement statement, String pragma) throws SQLException {
        try (ResultSet result = statement.executeQuery(pragma)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    private static long number(PreparedStatement pragma) throws SQLException {
        try (ResultSet result = pragma.executeQuery()) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    /** From the newest signed head on, so that a start takes no longer as the trail grows. */
    private static void requireSoundEnd(Path file, Connection connection) throws SQLException, LedgerException {
        List<String> problems = LedgerCheck.end(connection);
        if (!problems.isEmpty()) {
            throw new LedgerException(file, "its audit trail was changed (" + problems.get(0) + ")", RESTORE_ADVICE);
        }
    }

    static Connection connect(Path file) throws LedgerException {
        refuseStranger(file);
        Properties properties = new Properties();
        properties.setProperty("locking_mode", "EXCLUSIVE");
        properties.setProperty("journal_mode", "WAL");
        properties.setProperty("synchronous", "FULL");
        properties.setProperty("foreign_keys", "true");
        // Else the driver asks for the number of the row after each one that it has written.
        properties.setProperty("jdbc.get_generated_keys", "false");
        try {
            return DriverManager.getConnection("jdbc:sqlite:" + file, properties);
        } catch (SQLException e) {
            throw damaged(file, e);
        }
    }

    /** What the header says of the file's length, in bytes: SQLite does not miss the end of a last page that is empty. */
    private static long lengthIn(byte[] header) {
        ByteBuffer fields = ByteBuffer.wrap(header);
        boolean isCurrent = fields.getInt(24) == fields.getInt(92);
        int pageBytes = fields.getShort(16) & 0xFFFF;
        return isCurrent ? (fields.getInt(28) & 0xFFFF_FFFFL) * (pageBytes == 1 ? 65_536 : pageBytes) : 0;
    }

    /** Pages may be in the log alone, until it is written back. */
    private static boolean hasLog(Path file) throws IOException {
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        return Files.exists(log) && Files.size(log) > 0;
    }

    /** SQLite takes an empty file for a new ledger, and would so forget all loans after a truncation. */
    private static void refuseStranger(Path file) throws LedgerException {
        if (!Files.exists(file)) {
            return;
        }
        try (var in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(HEADER_BYTES);
            boolean isKnown = head.length >= MAGIC.length && Arrays.equals(Arrays.copyOf(head, MAGIC.length), MAGIC);
            if (!isKnown && head.length >= MAGIC.length) {
                throw new LedgerException(file, "not a ledger", RESTORE_ADVICE);
            }
            long length = Files.size(file);
            if (length < HEADER_BYTES || (length < lengthIn(head) && !hasLog(file))) {
                throw new LedgerException(file, "truncated to " + length + " bytes", RESTORE_ADVICE);
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

    /** Whether a file is a ledger, and not an export of one. */
    static boolean isDatabase(Path file) throws LedgerException {
        try (var in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        } catch (IOException e) {
            throw new LedgerException(file, "cannot be read: " + e.getMessage(), "name a backup, or an export", e);
        }
    }

    static LedgerException damaged(Path file, Exception e) {
        return new LedgerException(file, "cannot be opened as a ledger (" + e.getMessage() + ")", RESTORE_ADVICE, e);
    }

    static void quietlyClose(Connection connection) {
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

    /** Who stood in the line, in the order in which they came. */
    public List<WantRow> wants() throws LedgerException {
        return reading(Rows::wants);
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
        return trail.number();
    }

    @Override
    public String lastAuditHash() {
        return trail.hash();
    }

    @Override
    public void handedOut(long after, long through) {
        if (after <= Math.max(readThrough, trail.anchor().number())) {
            readThrough = Math.max(readThrough, through);
        }
    }

    @Override
    public Upkeep upkeep() {
        return upkeep;
    }

    @Override
    public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
        List<Effect> kept = effects.stream().filter(Ledger::isKept).toList();
        if (kept.isEmpty() && !signs(trail, wallMillis)) {
            return Commit.NOTHING_TO_WRITE;
        }
        write(kept, wallMillis);
        return Commit.WRITTEN;
    }

    private void write(List<Effect> kept, long wallMillis) throws LedgerException {
        if (wasShort && usableBytes() < LEAST_USABLE_BYTES) {
            throw cannotBeWritten("still no space on its file system", Optional.empty());
        }
        try {
            prepared.begin().execute();
            // First, as what is written next may need the room.
            Trail next = pruned(wallMillis);
            for (Effect effect : kept) {
                if (effect instanceof Effect.SaveSlice save) {
                    Rows.save(prepared.saveSlice(), save.row());
                } else if (effect instanceof Effect.SaveLoan save) {
                    Rows.save(connection, save.row());
                } else if (effect instanceof Effect.ForgetLoan forget) {
                    forget("DELETE FROM loan WHERE id = ?", forget.loan());
                } else if (effect instanceof Effect.SaveWant save) {
                    Rows.save(connection, save.row());
                } else if (effect instanceof Effect.ForgetWant forget) {
                    forget("DELETE FROM want WHERE loan = ?", forget.loan());
                } else if (effect instanceof Effect.SaveAsk save) {
                    AskRows.save(connection, save.ask());
                } else if (effect instanceof Effect.ForgetAsk forget) {
                    AskRows.forget(connection, forget.ask());
                } else if (effect instanceof Effect.Audit audit) {
                    next = next.append(prepared.appendAudit(), audit, wallMillis);
                }
            }
            boolean moved = !next.anchor().equals(trail.anchor());
            if (signer.isPresent() && (moved || signs(next, wallMillis))) {
                rememberReadThrough();
                next = next.sign(connection, signer.get(), wallMillis);
            }
            prepared.commit().execute();
            wasShort = false;
            count(next);
            trail = next;
        } catch (SQLException e) {
            wasShort = true;
            rollBack();
            throw cannotBeWritten(String.valueOf(e.getMessage()), Optional.of(e));
        }
        try {
            measure();
        } catch (SQLException e) {
            // What was committed stands; how full the ledger is, the next commit finds out.
        }
    }

    private LedgerException cannotBeWritten(String why, Optional<SQLException> cause) {
        String problem = "cannot be written (" + why + ")";
        String advice = "free space on its file system; nothing new is lent until then";
        return cause.map(e -> new LedgerException(file, problem, advice, e))
                .orElseGet(() -> new LedgerException(file, problem, advice));
    }

    private long usableBytes() {
        try {
            return Files.getFileStore(file).getUsableSpace();
        } catch (IOException e) {
            // Then the next write says what is wrong.
            return Long.MAX_VALUE;
        }
    }

    /** A signature is worth less than what the last pages are kept for. */
    private boolean signs(Trail to, long wallMillis) {
        return signer.isPresent() && usedBytes <= size.lendUpToBytes() && to.isHeadDue(wallMillis);
    }

    /** A trail that somebody signed is not shortened by who cannot sign where it begins now. */
    private Trail pruned(long wallMillis) throws SQLException {
        long rows = trail.prunable();
        boolean full = usedBytes > size.pruneAboveBytes();
        boolean may = signer.isPresent() || trail.headNumber() == 0;
        return full && may && rows > 0 ? trail.prune(connection, rows, wallMillis) : trail;
    }

    private void rememberReadThrough() throws SQLException {
        if (readThrough > 0) {
            put(READ_THROUGH, Long.toString(readThrough));
        }
    }

    private void count(Trail next) {
        long rows = next.anchor().number() - trail.anchor().number();
        long read = Math.max(
                0,
                Math.min(next.anchor().number(), readThrough) - trail.anchor().number());
        upkeep = new Upkeep(upkeep.prunedRows() + rows, upkeep.prunedUnread() + rows - read, upkeep.room());
    }

    /** How full it is now. */
    private void measure() throws SQLException {
        usedBytes = (number(prepared.pages()) - number(prepared.freePages())) * pageBytes;
        upkeep = new Upkeep(
                upkeep.prunedRows(),
                upkeep.prunedUnread(),
                usedBytes > size.lendUpToBytes() ? Room.ONLY_TO_TAKE_BACK : Room.TO_LEND);
    }

    /** Signs what is not signed yet: before a backup, and before a daemon stops. */
    public void seal(long wallMillis) throws LedgerException {
        if (signer.isEmpty() || trail.number() == trail.headNumber()) {
            return;
        }
        try {
            prepared.begin().execute();
            rememberReadThrough();
            Trail next = trail.sign(connection, signer.get(), wallMillis);
            prepared.commit().execute();
            trail = next;
        } catch (SQLException e) {
            rollBack();
            throw new LedgerException(file, "cannot be written (" + e.getMessage() + ")", "free space there", e);
        }
    }

    /**
     * Writes a copy, whole as of now, that no daemon's lock is on.
     *
     * @param target must not be there yet
     */
    public void backUp(Path target, long wallMillis) throws LedgerException {
        seal(wallMillis);
        copyTo(connection, target);
    }

    static void copyTo(Connection connection, Path target) throws LedgerException {
        try (PreparedStatement statement = connection.prepareStatement("VACUUM INTO ?")) {
            statement.setString(1, target.toString());
            statement.execute();
            Durable.sync(target);
        } catch (SQLException | IOException e) {
            Durable.removeQuietly(target);
            throw new LedgerException(
                    target, "cannot be written (" + e.getMessage() + ")", "free space there, or name another place", e);
        }
    }

    /** Writes the audit trail as lines of JSON, and remembers that it was read. */
    public void export(OutputStream out, long wallMillis) throws LedgerException, IOException {
        seal(wallMillis);
        try {
            long through = LedgerExport.write(connection, out);
            remember(READ_THROUGH, Long.toString(through));
            readThrough = through;
        } catch (SQLException | IllegalArgumentException e) {
            throw damaged(file, e);
        }
    }

    private static boolean isKept(Effect effect) {
        return effect instanceof Effect.SaveSlice
                || effect instanceof Effect.SaveLoan
                || effect instanceof Effect.ForgetLoan
                || effect instanceof Effect.SaveWant
                || effect instanceof Effect.ForgetWant
                || effect instanceof Effect.SaveAsk
                || effect instanceof Effect.ForgetAsk
                || effect instanceof Effect.Audit;
    }

    public void remember(String key, String value) throws LedgerException {
        try {
            put(key, value);
        } catch (SQLException e) {
            throw new LedgerException(file, "cannot be written (" + e.getMessage() + ")", "free space there", e);
        }
    }

    private void put(String key, String value) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)")) {
            statement.setString(1, key);
            statement.setString(2, value);
            statement.executeUpdate();
        }
    }

    /** Reads all of it: the structure of the file, each row, the whole audit trail and its signatures. */
    public LedgerCheck check(Optional<RackTrust> trust, Optional<String> knownHead) throws LedgerException {
        TrailVerifier verifier = new TrailVerifier(trust, knownHead.map(TrailVerifier.KnownHead::parse));
        try {
            return LedgerCheck.of(file, connection, verifier);
        } catch (SQLException e) {
            throw damaged(file, e);
        }
    }

    /** What {@link #check} finds without a rack to ask who signed. */
    public List<String> verify() throws LedgerException {
        return check(Optional.empty(), Optional.empty()).problems();
    }

    private void forget(String sql, LoanId loan) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, loan.toString());
            statement.executeUpdate();
        }
    }

    private void rollBack() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // SQLite has rolled back by itself. Should a transaction be open all the same, the next BEGIN says so.
        }
        try {
            // The driver takes a statement that has failed once for one that is still under way.
            prepared.close();
            prepared = Prepared.by(connection);
        } catch (SQLException e) {
            // Those that could not be made anew fail the next commit, which comes here again.
        }
    }

    /**
     * What every grant executes, prepared once: to prepare it costs as much as to carry it out.
     *
     * <p>Begins and ends are ours, not the driver's: on a full disk SQLite rolls back by itself, the driver's own roll-back then
     * fails, and from there on it begins no transaction any more. Each statement would be on the disk at once, and each
     * commit would fail, until the daemon is restarted.
     */
    private record Prepared(
            PreparedStatement begin,
            PreparedStatement commit,
            PreparedStatement saveSlice,
            PreparedStatement appendAudit,
            PreparedStatement pages,
            PreparedStatement freePages) {
        static Prepared by(Connection connection) throws SQLException {
            return new Prepared(
                    connection.prepareStatement("BEGIN IMMEDIATE"),
                    connection.prepareStatement("COMMIT"),
                    connection.prepareStatement(Rows.SAVE_SLICE),
                    connection.prepareStatement(Rows.APPEND_AUDIT),
                    connection.prepareStatement("PRAGMA page_count"),
                    connection.prepareStatement("PRAGMA freelist_count"));
        }

        void close() throws SQLException {
            begin.close();
            commit.close();
            saveSlice.close();
            appendAudit.close();
            pages.close();
            freePages.close();
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

    /** The epoch above which every new one is: what a restored ledger cannot know may have used those below. */
    public Epoch epochFloor() throws LedgerException {
        return meta(Restore.EPOCH_FLOOR).map(Long::parseLong).map(Epoch::new).orElse(Epoch.NONE);
    }

    @Override
    public void close() {
        quietlyClose(connection);
    }
}
