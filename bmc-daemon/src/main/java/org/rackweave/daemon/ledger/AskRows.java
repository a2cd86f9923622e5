package org.rackweave.daemon.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.ResourceKind;

/** Rows of the table {@code ask} of {@link Schema} to values and back. A stored code that nobody knows is damage, and is said. */
final class AskRows {
    private AskRows() {}

    /** A row keeps its position, which is the order in which it was asked for. */
    static void save(Connection connection, AskView ask) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO ask (id, vm, kind, amount, priority, term_millis, state, from_host, borrowed, explanation)"
                        + " VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
                        + " from_host = excluded.from_host, borrowed = excluded.borrowed,"
                        + " explanation = excluded.explanation")) {
            statement.setString(1, ask.id().toString());
            statement.setString(2, ask.vm());
            statement.setLong(3, ask.kind().code());
            statement.setLong(4, ask.amount());
            statement.setLong(5, ask.priority());
            statement.setLong(6, ask.termMillis());
            statement.setLong(7, ask.state().code());
            statement.setLong(8, ask.fromHost());
            statement.setLong(9, ask.borrowed());
            statement.setString(10, ask.explanation());
            statement.executeUpdate();
        }
    }

    static void forget(Connection connection, AskId ask) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM ask WHERE id = ?")) {
            statement.setString(1, ask.toString());
            statement.executeUpdate();
        }
    }

    static List<AskView> asks(Connection connection) throws SQLException {
        List<AskView> asks = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("SELECT * FROM ask ORDER BY position")) {
            while (r.next()) {
                asks.add(new AskView(
                        AskId.parse(r.getString("id")),
                        r.getString("vm"),
                        known(ResourceKind.ofCode(r.getLong("kind")), "kind of a resource"),
                        r.getLong("amount"),
                        r.getInt("priority"),
                        r.getLong("term_millis"),
                        known(AskState.ofCode(r.getLong("state")), "state of an ask"),
                        r.getLong("from_host"),
                        r.getLong("borrowed"),
                        r.getString("explanation")));
            }
        }
        return asks;
    }

    private static <T> T known(Optional<T> value, String what) {
        return value.orElseThrow(() -> new IllegalArgumentException("a code that is no " + what));
    }
}
