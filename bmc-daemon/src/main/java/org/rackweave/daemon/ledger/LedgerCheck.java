package org.rackweave.daemon.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.rackweave.crypto.LedgerHead;
import org.rackweave.crypto.RackTrust;
import org.rackweave.protocol.message.AuditRow;

/**
 * Reads all of a ledger: the structure of its file, each row, the audit trail from its anchor, each signed head.
 *
 * @param problems what is wrong; empty when it is sound
 * @param summary what was read, in one line
 */
public record LedgerCheck(List<String> problems, String summary) {
    private static final int PAGE = 1_000;

    /** Of a trail that nobody signed, so many rows are checked at a start. */
    private static final int UNSIGNED_ROWS = 1_024;

    public LedgerCheck {
        problems = List.copyOf(problems);
    }

    /**
     * Checks a ledger that no daemon uses, or an export of its trail.
     *
     * @param file a backup, or what {@code rackweaved ledger export} wrote
     * @param trust the rack whose certificates are believed; without it those in the file are taken at their word
     * @param knownHead {@code NUMBER:HASH} that was written down elsewhere
     */
    public static LedgerCheck of(Path file, Optional<RackTrust> trust, Optional<String> knownHead)
            throws LedgerException {
        TrailVerifier verifier = new TrailVerifier(trust, knownHead.map(TrailVerifier.KnownHead::parse));
        if (!Ledger.isDatabase(file)) {
            LedgerExport.read(file, verifier);
            return new LedgerCheck(verifier.problems(), verifier.summary());
        }
        try (Connection connection = reading(file)) {
            return of(file, connection, verifier);
        } catch (SQLException e) {
            throw Ledger.damaged(file, e);
        }
    }

    /** Opens a file that nobody else has open, and leaves it as it is. */
    static Connection reading(Path file) throws SQLException, LedgerException {
        if (!Files.isReadable(file)) {
            throw new LedgerException(file, "is not there or may not be read", "name a backup, or an export");
        }
        Properties properties = new Properties();
        // Read-only, in the driver's words.
        properties.setProperty("open_mode", "1");
        return DriverManager.getConnection("jdbc:sqlite:" + file, properties);
    }

    static LedgerCheck of(Path file, Connection connection, TrailVerifier verifier)
            throws SQLException, LedgerException {
        Schema.refuseNewer(file, connection);
        List<String> problems = new ArrayList<>(structure(connection));
        String rows = "";
        if (problems.isEmpty()) {
            try {
                rows = rows(connection);
                trail(connection, verifier);
            } catch (IllegalArgumentException e) {
                problems.add("a row is damaged: " + e.getMessage());
            }
        }
        problems.addAll(verifier.problems());
        return new LedgerCheck(problems, rows + verifier.summary());
    }

    /** Reads every row as a start would; of an older schema, whose columns are others, they are counted. */
    private static String rows(Connection connection) throws SQLException {
        boolean isNewest = Schema.version(connection) == Schema.newest();
        long slices = isNewest ? Rows.slices(connection).size() : count(connection, "slice");
        long loans = isNewest ? Rows.loans(connection).size() : count(connection, "loan");
        return slices + " slices, " + loans + " loans, ";
    }

    private static long count(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("SELECT count(*) FROM " + table)) {
            return r.next() ? r.getLong(1) : 0;
        }
    }

    /** SQLite's own check of each page and index, and that no row points to one that is not there. */
    private static List<String> structure(Connection connection) throws SQLException {
        List<String> problems = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet r = statement.executeQuery("PRAGMA integrity_check(10)")) {
                while (r.next()) {
                    problems.add("the file is damaged: " + r.getString(1));
                }
            }
            problems.remove("the file is damaged: ok");
            try (ResultSet r = statement.executeQuery("PRAGMA foreign_key_check")) {
                if (r.next()) {
                    problems.add("rows of " + r.getString(1) + " belong to nothing");
                }
            }
        }
        return problems;
    }

    /** Tells a trail to whoever listens, in the order of {@link TrailVerifier}. */
    private static void trail(Connection connection, TrailVerifier verifier) throws SQLException {
        tell(connection, new Listener<SQLException>() {
            @Override
            public void signer(byte[] certificate) {
                verifier.signer(certificate);
            }

            @Override
            public void anchor(LedgerHead.Anchor anchor) {
                verifier.anchor(anchor);
            }

            @Override
            public void row(AuditRow row) {
                verifier.row(row);
            }

            @Override
            public void head(TrailRows.Head head) {
                verifier.head(head);
            }
        });
        verifier.end();
    }

    /** Checks the newest signed head and what follows it; of a trail that nobody signed, its last rows. */
    static List<String> end(Connection connection) throws SQLException {
        TrailVerifier verifier = new TrailVerifier(Optional.empty(), Optional.empty());
        for (byte[] certificate : TrailRows.certificates(connection)) {
            verifier.signer(certificate);
        }
        LedgerHead.Anchor anchor = TrailRows.anchor(connection).orElse(Trail.NO_ANCHOR);
        Optional<TrailRows.Head> head =
                TrailRows.newestHeads(connection, 1).stream().findFirst();
        long last = Rows.lastAudit(connection).map(AuditRow::number).orElse(anchor.number());
        long before = Math.min(head.map(h -> h.number() - 1).orElse(last - UNSIGNED_ROWS), last);
        verifier.anchor(anchor);
        if (before > anchor.number()) {
            AuditRow start = Rows.audit(connection, before - 1, 1).get(0);
            verifier.anchor(new LedgerHead.Anchor(start.number(), start.hash(), 0, 0));
        }
        List<AuditRow> rows = Rows.audit(connection, verifier.number(), Integer.MAX_VALUE);
        Optional<TrailRows.Head> told = head;
        for (AuditRow row : rows) {
            verifier.row(row);
            if (told.isPresent() && told.get().number() == row.number()) {
                verifier.head(told.get());
                told = Optional.empty();
            }
        }
        told.ifPresent(verifier::head);
        boolean otherAnchor = head.flatMap(h -> LedgerHead.claimed(h.sign1()))
                .filter(h -> !h.anchor().equals(anchor))
                .isPresent();
        if (otherAnchor) {
            verifier.problem("it does not begin where its newest signed head says");
        }
        return verifier.problems();
    }

    /** Takes a trail part by part. */
    interface Listener<E extends Exception> {
        void signer(byte[] certificate) throws E;

        void anchor(LedgerHead.Anchor anchor) throws E;

        void row(AuditRow row) throws E;

        void head(TrailRows.Head head) throws E;
    }

    static <E extends Exception> void tell(Connection connection, Listener<E> listener) throws SQLException, E {
        boolean anchored = Schema.version(connection) >= 2;
        Deque<TrailRows.Head> heads = new ArrayDeque<>();
        long asked = -1;
        long number = 0;
        if (anchored) {
            for (byte[] certificate : TrailRows.certificates(connection)) {
                listener.signer(certificate);
            }
            Optional<LedgerHead.Anchor> anchor = TrailRows.anchor(connection);
            if (anchor.isPresent()) {
                listener.anchor(anchor.get());
                number = anchor.get().number();
            }
            heads.addAll(TrailRows.headsAfter(connection, asked, PAGE));
        }
        for (List<AuditRow> page = Rows.audit(connection, -1, PAGE);
                !page.isEmpty();
                page = Rows.audit(connection, number, PAGE)) {
            for (AuditRow row : page) {
                listener.row(row);
                number = row.number();
                while (!heads.isEmpty() && heads.getFirst().number() <= number) {
                    asked = heads.getFirst().number();
                    listener.head(heads.removeFirst());
                    if (heads.isEmpty()) {
                        heads.addAll(TrailRows.headsAfter(connection, asked, PAGE));
                    }
                }
            }
        }
        for (TrailRows.Head beyond : heads) {
            listener.head(beyond);
        }
    }
}
