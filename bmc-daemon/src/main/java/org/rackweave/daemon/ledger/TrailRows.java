package org.rackweave.daemon.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.crypto.LedgerHead;
import org.rackweave.crypto.NodeId;

/** The tables beside the audit rows: the anchor, the signed heads, and the certificates of who signed them. */
final class TrailRows {
    private TrailRows() {}

    /** A signed head as it is stored: believed by nobody yet. */
    static final class Head {
        private final long number;
        private final byte[] sign1;

        Head(long number, byte[] sign1) {
            this.number = number;
            this.sign1 = sign1.clone();
        }

        /** The row that it claims to cover last. */
        long number() {
            return number;
        }

        byte[] sign1() {
            return sign1.clone();
        }
    }

    static Optional<LedgerHead.Anchor> anchor(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("SELECT * FROM anchor")) {
            return r.next()
                    ? Optional.of(new LedgerHead.Anchor(
                            r.getLong("number"), r.getString("hash"), r.getLong("at_epoch_millis"), r.getLong("count")))
                    : Optional.empty();
        }
    }

    static void save(Connection connection, LedgerHead.Anchor anchor) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT OR REPLACE INTO anchor VALUES (1,?,?,?,?)")) {
            statement.setLong(1, anchor.number());
            statement.setString(2, anchor.hash());
            statement.setLong(3, anchor.atEpochMillis());
            statement.setLong(4, anchor.count());
            statement.executeUpdate();
        }
    }

    static void removeThrough(Connection connection, long number) throws SQLException {
        for (String table : List.of("audit", "head")) {
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM " + table + " WHERE number <= ?")) {
                statement.setLong(1, number);
                statement.executeUpdate();
            }
        }
    }

    static void save(Connection connection, Head head) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT OR REPLACE INTO head VALUES (?,?)")) {
            statement.setLong(1, head.number());
            statement.setBytes(2, head.sign1());
            statement.executeUpdate();
        }
    }

    /** The newest so many, the newest first. */
    static List<Head> newestHeads(Connection connection, int limit) throws SQLException {
        return heads(connection, "SELECT * FROM head ORDER BY number DESC LIMIT ?", limit);
    }

    /** The next so many after a number, in order. */
    static List<Head> headsAfter(Connection connection, long number, int limit) throws SQLException {
        return heads(connection, "SELECT * FROM head WHERE number > ? ORDER BY number LIMIT ?", number, limit);
    }

    private static List<Head> heads(Connection connection, String sql, long... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setLong(i + 1, values[i]);
            }
            List<Head> heads = new ArrayList<>();
            try (ResultSet r = statement.executeQuery()) {
                while (r.next()) {
                    heads.add(new Head(r.getLong("number"), r.getBytes("sign1")));
                }
            }
            return heads;
        }
    }

    /** Writes nothing when it is there as it is: each write wears. */
    static void save(Connection connection, NodeId node, byte[] certificate) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO signer VALUES (?,?) ON CONFLICT (node) DO UPDATE SET"
                        + " certificate = excluded.certificate WHERE certificate <> excluded.certificate")) {
            statement.setString(1, node.toString());
            statement.setBytes(2, certificate);
            statement.executeUpdate();
        }
    }

    /** The certificates of all who signed, in the order of their ids. */
    static List<byte[]> certificates(Connection connection) throws SQLException {
        List<byte[]> certificates = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("SELECT certificate FROM signer ORDER BY node")) {
            while (r.next()) {
                certificates.add(r.getBytes(1));
            }
        }
        return certificates;
    }
}
