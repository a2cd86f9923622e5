package org.rackweave.daemon.ledger;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.lease.DeviceTold;
import org.rackweave.daemon.lease.End;
import org.rackweave.daemon.lease.Holding;
import org.rackweave.daemon.lease.Leg;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.lease.Term;
import org.rackweave.daemon.lease.WantRow;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WipeCertificate;
import org.rackweave.protocol.message.WipeProof;

/** Rows of the tables of {@link Schema} to values and back. A stored code that nobody knows is damage, and is said. */
final class Rows {
    private Rows() {}

    // ---- slices ----------------------------------------------------------------------------------------------------

    static final String SAVE_SLICE =
            "INSERT OR REPLACE INTO slice VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

    static void save(PreparedStatement statement, SliceRow row) throws SQLException {
        Binder binder = new Binder(statement);
        SliceFacts facts = row.facts();
        binder.text(facts.key()).number(facts.kind().code()).number(facts.amount());
        binder.text(words(facts.capabilities()));
        binder.number(facts.forcedEnd().code()).number(facts.fence().code());
        binder.number(row.state().code()).number(row.epoch().value()).text(row.reason());
        Optional<Holding> holding = row.holding();
        binder.text(holding.map(h -> h.lease().toString()));
        binder.text(holding.map(h -> h.loan().toString()));
        binder.text(holding.map(h -> h.borrower().toString()));
        binder.text(holding.map(Holding::hostPort));
        binder.number(holding.map(h -> (long) h.priority()));
        binder.number(holding.map(Holding::termMillis));
        binder.number(holding.map(Holding::deadlineMillis));
        binder.number(holding.map(Holding::renewal));
        binder.number(holding.map(h -> (long) h.end().code()));
        binder.number(holding.map(h -> (long) h.rebootGraces()));
        bind(binder, holding.flatMap(Holding::attachment));
        bindWipe(binder, row.wipe());
        binder.text(facts.place().fabric()).text(facts.place().device());
        binder.number(facts.place().latency().code());
        binder.text(words(facts.configurations()));
        binder.text(holding.flatMap(Holding::configuration));
        binder.bytes(proof(row.wipe()));
        binder.text(holding.flatMap(h -> h.told().lockState()));
        binder.text(holding.flatMap(h -> h.told().firmware()));
        statement.executeUpdate();
    }

    static List<SliceRow> slices(Connection connection) throws SQLException {
        List<SliceRow> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("SELECT * FROM slice ORDER BY key")) {
            while (r.next()) {
                rows.add(new SliceRow(
                        new SliceFacts(
                                r.getString("key"),
                                kind(r.getLong("kind")),
                                r.getLong("amount"),
                                wordSet(r.getString("capabilities")),
                                forcedEnd(r.getLong("forced_end")),
                                fence(r.getLong("fence")),
                                new SlicePlace(
                                        r.getString("fabric"), r.getString("device"), latency(r.getLong("latency"))),
                                wordSet(r.getString("configurations"))),
                        sliceState(r.getLong("state")),
                        new Epoch(r.getLong("epoch")),
                        holding(r),
                        wipe(r),
                        r.getString("reason")));
            }
        }
        return rows;
    }

    private static Optional<Holding> holding(ResultSet r) throws SQLException {
        if (r.getString("lease") == null) {
            return Optional.empty();
        }
        return Optional.of(new Holding(
                LeaseId.parse(r.getString("lease")),
                LoanId.parse(r.getString("loan")),
                NodeId.parse(r.getString("borrower")),
                r.getString("host_port"),
                r.getInt("priority"),
                Optional.ofNullable(r.getString("configuration")),
                new Term(
                        r.getLong("term_millis"),
                        r.getLong("deadline_millis"),
                        r.getLong("renewal"),
                        End.ofCode(r.getInt("ending")),
                        r.getInt("reboot_graces")),
                attachment(r),
                new DeviceTold(
                        Optional.ofNullable(r.getString("granted_lock_state")),
                        Optional.ofNullable(r.getString("granted_firmware")))));
    }

    // ---- loans -----------------------------------------------------------------------------------------------------

    static void save(Connection connection, LoanRow row) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT OR REPLACE INTO loan VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")) {
            Requirement wish = row.requirement();
            new Binder(statement)
                    .text(row.id().toString())
                    .number(row.state().code())
                    .number(wish.kind().code())
                    .number(wish.amount())
                    .text(wish.capability())
                    .number(wish.termMillis())
                    .number(wish.priority())
                    .number(wish.worstForcedEnd().code())
                    .text(wish.from().map(NodeId::toString))
                    .number(wish.maxLenders())
                    .text(row.explanation())
                    .number(row.mode().code())
                    .text(wish.configuration())
                    .number(wish.worstLatency().map(latency -> (long) latency.code()))
                    .number(wish.locality().code())
                    .number(wish.leastAmount());
            statement.executeUpdate();
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT OR REPLACE INTO leg VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")) {
            int position = 0;
            for (Leg leg : row.legs()) {
                bind(new Binder(statement), row.id(), position++, leg);
                statement.executeUpdate();
            }
        }
    }

    private static void bind(Binder binder, LoanId loan, int position, Leg leg) throws SQLException {
        SliceView slice = leg.slice();
        binder.text(loan.toString()).number(position).text(leg.lease().toString());
        binder.number(leg.state().code()).number(leg.epoch().value());
        binder.number(leg.deadlineMillis()).number(leg.forcedMillis());
        binder.text(slice.id().owner().toString()).text(slice.id().key());
        binder.number(slice.kind().code()).number(slice.amount()).text(words(slice.capabilities()));
        binder.number(slice.forcedEnd().code()).number(slice.fence().code());
        binder.number(leg.granted().map(view -> (long) view.state().code()));
        binder.number(leg.granted().map(LeaseView::remainingMillis));
        bind(binder, leg.granted().flatMap(LeaseView::attachment));
        bindWipe(binder, leg.granted().flatMap(LeaseView::wipe));
        binder.number(leg.part().code());
        binder.text(slice.place().fabric()).text(slice.place().device());
        binder.number(slice.place().latency().code());
        binder.bytes(proof(leg.granted().flatMap(LeaseView::wipe)));
    }

    static List<LoanRow> loans(Connection connection) throws SQLException {
        List<LoanRow> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("SELECT * FROM loan ORDER BY id")) {
            while (r.next()) {
                LoanId id = LoanId.parse(r.getString("id"));
                Requirement wish = requirement(r);
                LoanState state = known(LoanState.ofCode(r.getLong("state")), "state of a loan");
                rows.add(new LoanRow(
                        id,
                        wish,
                        state,
                        legs(connection, id, wish),
                        r.getString("explanation"),
                        known(Command.Borrow.Mode.ofCode(r.getLong("mode")), "mode of a loan")));
            }
        }
        return rows;
    }

    private static List<Leg> legs(Connection connection, LoanId loan, Requirement wish) throws SQLException {
        List<Leg> legs = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM leg WHERE loan = ? ORDER BY position")) {
            statement.setString(1, loan.toString());
            try (ResultSet r = statement.executeQuery()) {
                while (r.next()) {
                    legs.add(leg(r, loan, wish));
                }
            }
        }
        return legs;
    }

    private static Leg leg(ResultSet r, LoanId loan, Requirement wish) throws SQLException {
        LeaseId lease = LeaseId.parse(r.getString("lease"));
        Epoch epoch = new Epoch(r.getLong("epoch"));
        SliceView slice = new SliceView(
                new SliceId(NodeId.parse(r.getString("owner")), r.getString("slice_key")),
                kind(r.getLong("kind")),
                r.getLong("amount"),
                wordSet(r.getString("capabilities")),
                SliceState.FREE,
                Epoch.NONE,
                forcedEnd(r.getLong("forced_end")),
                fence(r.getLong("fence")),
                Optional.empty(),
                Optional.empty(),
                "",
                new SlicePlace(r.getString("fabric"), r.getString("device"), latency(r.getLong("latency"))),
                Set.of(),
                OptionalInt.empty());
        long granted = r.getLong("granted_state");
        Optional<LeaseView> view = r.wasNull()
                ? Optional.empty()
                : Optional.of(new LeaseView(
                        lease,
                        loan,
                        slice.id(),
                        slice.id().owner(),
                        sliceState(granted),
                        epoch,
                        slice.kind(),
                        slice.amount(),
                        wish.priority(),
                        wish.termMillis(),
                        r.getLong("granted_remaining"),
                        slice.forcedEnd(),
                        slice.fence(),
                        attachment(r),
                        wipe(r),
                        "",
                        wish.configuration()));
        return new Leg(
                lease,
                slice,
                Leg.State.ofCode(r.getInt("state")),
                epoch,
                r.getLong("deadline_millis"),
                r.getLong("forced_millis"),
                view,
                Leg.Part.ofCode(r.getInt("part")));
    }

    // ---- wants -----------------------------------------------------------------------------------------------------

    static void save(Connection connection, WantRow row) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT OR REPLACE INTO want VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")) {
            Requirement wish = row.requirement();
            new Binder(statement)
                    .text(row.loan().toString())
                    .text(row.borrower().toString())
                    .number(row.number())
                    .number(row.sinceMillis())
                    .number(row.amount())
                    .number(wish.kind().code())
                    .number(wish.amount())
                    .text(wish.capability())
                    .number(wish.termMillis())
                    .number(wish.priority())
                    .number(wish.worstForcedEnd().code())
                    .text(wish.from().map(NodeId::toString))
                    .number(wish.maxLenders())
                    .text(wish.configuration())
                    .number(wish.worstLatency().map(latency -> (long) latency.code()))
                    .number(wish.locality().code())
                    .number(wish.leastAmount());
            statement.executeUpdate();
        }
    }

    static List<WantRow> wants(Connection connection) throws SQLException {
        List<WantRow> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("SELECT * FROM want ORDER BY number")) {
            while (r.next()) {
                rows.add(new WantRow(
                        LoanId.parse(r.getString("loan")),
                        NodeId.parse(r.getString("borrower")),
                        requirement(r),
                        r.getLong("wanted"),
                        r.getLong("number"),
                        r.getLong("since_millis")));
            }
        }
        return rows;
    }

    /** A wish, in columns that have the same names wherever one is kept. */
    private static Requirement requirement(ResultSet r) throws SQLException {
        return new Requirement(
                kind(r.getLong("kind")),
                r.getLong("amount"),
                Optional.ofNullable(r.getString("capability")),
                r.getLong("term_millis"),
                r.getInt("priority"),
                forcedEnd(r.getLong("worst_forced_end")),
                Optional.ofNullable(r.getString("lender")).map(NodeId::parse),
                r.getInt("max_lenders"),
                Optional.ofNullable(r.getString("configuration")),
                number(r, "worst_latency").map(Rows::latency),
                known(Locality.ofCode(r.getLong("locality")), "locality"),
                number(r, "least_amount").orElse(r.getLong("amount")));
    }

    // ---- audit and meta
    // ----------------------------------------------------------------------------------------------

    static final String APPEND_AUDIT = "INSERT INTO audit VALUES (?,?,?,?,?,?,?)";

    static void append(PreparedStatement statement, AuditRow row) throws SQLException {
        new Binder(statement)
                .number(row.number())
                .number(row.atEpochMillis())
                .text(row.actor())
                .text(row.action())
                .text(row.subject())
                .text(row.detail())
                .text(row.hash());
        statement.executeUpdate();
    }

    static List<AuditRow> audit(Connection connection, long after, int limit) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?")) {
            statement.setLong(1, after);
            statement.setInt(2, limit);
            return auditRows(statement);
        }
    }

    static Optional<AuditRow> lastAudit(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM audit ORDER BY number DESC LIMIT 1")) {
            return auditRows(statement).stream().findFirst();
        }
    }

    private static List<AuditRow> auditRows(PreparedStatement statement) throws SQLException {
        List<AuditRow> rows = new ArrayList<>();
        try (ResultSet r = statement.executeQuery()) {
            while (r.next()) {
                rows.add(new AuditRow(
                        r.getLong("number"),
                        r.getLong("at_epoch_millis"),
                        r.getString("actor"),
                        r.getString("action"),
                        r.getString("subject"),
                        r.getString("detail"),
                        r.getString("hash")));
            }
        }
        return rows;
    }

    static Optional<String> meta(Connection connection, String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT value FROM meta WHERE key = ?")) {
            statement.setString(1, key);
            try (ResultSet r = statement.executeQuery()) {
                return r.next() ? Optional.of(r.getString(1)) : Optional.empty();
            }
        }
    }

    // ---- columns that several tables have
    // ------------------------------------------------------------------------------

    private static void bind(Binder binder, Optional<Attachment> attachment) throws SQLException {
        binder.text(attachment.map(Attachment::kind));
        binder.text(attachment.map(Attachment::address));
        binder.number(attachment.map(Attachment::lengthBytes));
    }

    private static Optional<Attachment> attachment(ResultSet r) throws SQLException {
        return r.getString("attachment_kind") == null
                ? Optional.empty()
                : Optional.of(new Attachment(
                        r.getString("attachment_kind"),
                        r.getString("attachment_address"),
                        r.getLong("attachment_bytes")));
    }

    private static void bindWipe(Binder binder, Optional<WipeCertificate> wipe) throws SQLException {
        binder.text(wipe.map(WipeCertificate::method));
        binder.number(wipe.map(WipeCertificate::wipedBytes));
        binder.number(wipe.map(WipeCertificate::verifiedBytes));
        binder.number(wipe.map(w -> w.epoch().value()));
    }

    private static Optional<WipeCertificate> wipe(ResultSet r) throws SQLException {
        return r.getString("wipe_method") == null
                ? Optional.empty()
                : Optional.of(new WipeCertificate(
                        r.getString("wipe_method"),
                        r.getLong("wiped_bytes"),
                        r.getLong("wipe_verified_bytes"),
                        new Epoch(r.getLong("wipe_epoch")),
                        Optional.ofNullable(r.getBytes("wipe_proof")).map(WipeProof::of)));
    }

    private static Optional<byte[]> proof(Optional<WipeCertificate> wipe) {
        return wipe.flatMap(WipeCertificate::proof).map(WipeProof::bytes);
    }

    /** Encoded, each with a space behind it: words come from lenders, who may put spaces and anything else into them. */
    private static String words(Set<String> capabilities) {
        return new TreeSet<>(capabilities)
                .stream()
                        .map(word -> URLEncoder.encode(word, StandardCharsets.UTF_8) + " ")
                        .collect(Collectors.joining());
    }

    private static Set<String> wordSet(String words) {
        Set<String> set = new HashSet<>();
        int from = 0;
        for (int end = words.indexOf(' '); end >= 0; end = words.indexOf(' ', from)) {
            set.add(URLDecoder.decode(words.substring(from, end), StandardCharsets.UTF_8));
            from = end + 1;
        }
        return set;
    }

    private static ResourceKind kind(long code) {
        return known(ResourceKind.ofCode(code), "kind of a resource");
    }

    private static ForcedEndEffect forcedEnd(long code) {
        return known(ForcedEndEffect.ofCode(code), "forced end");
    }

    private static FenceKind fence(long code) {
        return known(FenceKind.ofCode(code), "kind of fence");
    }

    private static SliceState sliceState(long code) {
        return known(SliceState.ofCode(code), "state of a slice");
    }

    private static LatencyClass latency(long code) {
        return known(LatencyClass.ofCode(code), "class of latency");
    }

    private static Optional<Long> number(ResultSet r, String column) throws SQLException {
        long number = r.getLong(column);
        return r.wasNull() ? Optional.empty() : Optional.of(number);
    }

    private static <T> T known(Optional<T> value, String what) {
        return value.orElseThrow(() -> new IllegalArgumentException("a code that is no " + what));
    }

    /** Binds parameters in the order of the columns. */
    private static final class Binder {
        private final PreparedStatement statement;
        private int index = 1;

        Binder(PreparedStatement statement) {
            this.statement = statement;
        }

        Binder text(String value) throws SQLException {
            statement.setString(index++, value);
            return this;
        }

        Binder text(Optional<String> value) throws SQLException {
            if (value.isEmpty()) {
                statement.setNull(index++, Types.VARCHAR);
                return this;
            }
            return text(value.get());
        }

        Binder bytes(Optional<byte[]> value) throws SQLException {
            if (value.isEmpty()) {
                statement.setNull(index++, Types.BLOB);
                return this;
            }
            statement.setBytes(index++, value.get());
            return this;
        }

        Binder number(long value) throws SQLException {
            statement.setLong(index++, value);
            return this;
        }

        Binder number(Optional<Long> value) throws SQLException {
            if (value.isEmpty()) {
                statement.setNull(index++, Types.INTEGER);
                return this;
            }
            return number(value.get().longValue());
        }
    }
}
