package org.rackweave.protocol.message;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Turns answers into bytes and back: one map, whose key 0 says which answer it is.
 *
 * <p>Lenient where it can be, because an answer tells: keys that are not known here are skipped, and elements of lists
 * that carry a code of a later version are left out.
 */
public final class AnswerCodec {
    /** Travels in 64 blocks; holds 256 nodes, or 200 leases with everything that a lease can have. */
    public static final int MAX_BYTES = 65_536;

    /** More than fit. */
    public static final int MAX_LIST = 4096;

    private AnswerCodec() {}

    // ---- to the wire -----------------------------------------------------------------------------------------------

    /**
     * The answer itself when it fits {@link #MAX_BYTES}, else what is said in its place. Of events and audit rows the first
     * that fit are kept, as the reader asks on from the last that it got; another list becomes a refusal that says so.
     */
    public static Answer fitting(Answer answer) {
        int bytes = Cbor.encode(form(answer)).length;
        if (bytes <= MAX_BYTES) {
            return answer;
        }
        return switch (answer.kind()) {
            case EVENTS -> fitting((Answer.Events) answer);
            case AUDIT -> fitting((Answer.Audit) answer);
            case DONE,
                    REFUSED,
                    DESCRIPTION,
                    SLICES,
                    LEASE,
                    LEASES,
                    LOAN,
                    LOANS,
                    NODES,
                    COUNTERS,
                    PLACE,
                    WANTS,
                    HOST_ORDERS,
                    VM_ASK,
                    VM_ASKS,
                    HOST,
                    DEMAND,
                    REVOCATIONS,
                    GROUP_KEYS,
                    GROUP ->
                Answer.Refused.of(
                        RefusalCode.UNAVAILABLE,
                        "the answer has " + bytes + " bytes and " + MAX_BYTES
                                + " fit; ask for one item, or for one kind");
        };
    }

    /** The bytes of an answer that fits. */
    public static byte[] encode(Answer answer) {
        return Cbor.encode(form(answer));
    }

    private static Answer fitting(Answer.Events events) {
        return new Answer.Events(
                prefix(events.events(), some -> form(new Answer.Events(some, events.newest()))), events.newest());
    }

    private static Answer fitting(Answer.Audit audit) {
        return new Answer.Audit(
                prefix(audit.rows(), some -> form(new Answer.Audit(some, audit.newest()))), audit.newest());
    }

    /** Halving is within a factor of two of the most that fit, and needs no arithmetic about lengths. */
    private static <T> List<T> prefix(List<T> all, Function<List<T>, Item> form) {
        List<T> some = all;
        while (Cbor.encode(form.apply(some)).length > MAX_BYTES) {
            some = some.subList(0, some.size() / 2);
        }
        return some;
    }

    private static Item form(Answer answer) {
        Item.Table table = new Item.Table().put(0, answer.kind().code());
        return switch (answer.kind()) {
            case DONE -> table;
            case REFUSED -> form(table, (Answer.Refused) answer);
            case DESCRIPTION -> form(table, (Answer.Description) answer);
            case SLICES -> form(table, (Answer.Slices) answer);
            case LEASE -> table.put(1, LendingCodec.form(((Answer.Lease) answer).lease()));
            case LEASES -> table.put(1, Item.array(((Answer.Leases) answer).leases(), LendingCodec::form));
            case LOAN -> table.put(1, LendingCodec.form(((Answer.Loan) answer).loan()));
            case LOANS -> table.put(1, Item.array(((Answer.Loans) answer).loans(), LendingCodec::form));
            case NODES -> table.put(1, Item.array(((Answer.Nodes) answer).nodes(), JournalCodec::form));
            case EVENTS ->
                table.put(1, Item.array(((Answer.Events) answer).events(), JournalCodec::form))
                        .put(2, ((Answer.Events) answer).newest());
            case AUDIT ->
                table.put(1, Item.array(((Answer.Audit) answer).rows(), JournalCodec::form))
                        .put(2, ((Answer.Audit) answer).newest());
            case COUNTERS -> table.put(1, Item.array(((Answer.Counters) answer).counters(), JournalCodec::form));
            case PLACE ->
                table.put(1, LendingCodec.form(((Answer.Place) answer).place()))
                        .put(2, ((Answer.Place) answer).validMillis());
            case WANTS -> table.put(1, Item.array(((Answer.Wants) answer).wants(), LendingCodec::form));
            case HOST_ORDERS -> table.put(1, Item.array(((Answer.HostOrders) answer).orders(), HostCodec::form));
            case VM_ASK -> table.put(1, HostCodec.form(((Answer.VmAsk) answer).ask()));
            case VM_ASKS -> table.put(1, Item.array(((Answer.VmAsks) answer).asks(), HostCodec::form));
            case HOST -> form(table, (Answer.Host) answer);
            case DEMAND -> form(table, (Answer.Demand) answer);
            case REVOCATIONS ->
                table.putIfPresent(1, ((Answer.Revocations) answer).signed(), signed -> new Item.Bytes(signed.bytes()));
            case GROUP_KEYS -> GroupCodec.form(table, (Answer.GroupKeys) answer);
            case GROUP -> GroupCodec.form(table, (Answer.Group) answer);
        };
    }

    private static Item form(Item.Table table, Answer.Refused refused) {
        return table.put(1, refused.code().code()).put(2, refused.detail()).put(3, refused.retryAfterMillis());
    }

    private static Item form(Item.Table table, Answer.Slices told) {
        table.put(1, Item.array(told.slices(), LendingCodec::form));
        return told.allowances().isEmpty() ? table : table.put(2, Item.array(told.allowances(), LendingCodec::form));
    }

    private static Item form(Item.Table table, Answer.Host host) {
        return table.put(1, HostCodec.form(host.report()))
                .put(2, host.ageMillis())
                .put(3, host.ordersWaiting())
                .putIfPresent(
                        4,
                        Optional.of(host.unused()).filter(unused -> !unused.isEmpty()),
                        unused -> Item.array(unused, HostCodec::form));
    }

    private static Item form(Item.Table table, Answer.Demand demand) {
        return table.putId(1, demand.coordinator().high(), demand.coordinator().low())
                .put(2, Item.array(demand.rows(), LendingCodec::form))
                .put(3, demand.proposed())
                .put(4, demand.agreed());
    }

    private static Item form(Item.Table table, Answer.Description description) {
        return table.put(1, JournalCodec.form(description.self()))
                .put(2, description.software())
                .put(3, description.hardware())
                .put(4, new Item.Truth(description.simulated()))
                .put(5, description.uptimeMillis())
                .put(6, description.lending());
    }

    // ---- from the wire ---------------------------------------------------------------------------------------------

    /**
     * Reads an answer.
     *
     * @param otherwise what a refusal with a code of a later version is taken for
     */
    public static Decoded<Answer> decode(byte[] bytes, RefusalCode otherwise) {
        if (bytes.length > MAX_BYTES) {
            return new Decoded.Rejected<>("answer: longer than " + MAX_BYTES + " bytes");
        }
        try {
            return new Decoded.Accepted<>(read(Fields.of("answer", Cbor.decode(bytes)), otherwise));
        } catch (Malformed e) {
            return new Decoded.Rejected<>(e.reason());
        }
    }

    private static Answer read(Fields in, RefusalCode otherwise) throws Malformed {
        return switch (in.code(0, "kind", Answer.Kind::ofCode)) {
            case DONE -> new Answer.Done();
            case REFUSED -> refused(in, otherwise);
            case DESCRIPTION -> description(in);
            case SLICES -> slices(in);
            case LEASE -> new Answer.Lease(in.one(1, "lease", LendingCodec::lease));
            case LEASES -> new Answer.Leases(in.list(1, "leases", MAX_LIST, LendingCodec::lease));
            case LOAN -> new Answer.Loan(in.one(1, "loan", LendingCodec::loan));
            case LOANS -> new Answer.Loans(in.list(1, "loans", MAX_LIST, LendingCodec::loan));
            case NODES -> new Answer.Nodes(in.list(1, "nodes", MAX_LIST, JournalCodec::node));
            case EVENTS ->
                new Answer.Events(in.list(1, "events", MAX_LIST, JournalCodec::event), in.natural(2, "newest"));
            case AUDIT ->
                new Answer.Audit(in.list(1, "rows", MAX_LIST, JournalCodec::auditRow), in.natural(2, "newest"));
            case COUNTERS -> new Answer.Counters(in.list(1, "counters", MAX_LIST, JournalCodec::counter));
            case PLACE -> place(in);
            case WANTS -> new Answer.Wants(in.list(1, "wants", MAX_LIST, LendingCodec::want));
            case HOST_ORDERS -> new Answer.HostOrders(in.list(1, "orders", MAX_LIST, HostCodec::order));
            case VM_ASK -> new Answer.VmAsk(in.one(1, "ask", HostCodec::ask));
            case VM_ASKS -> new Answer.VmAsks(in.list(1, "asks", MAX_LIST, HostCodec::ask));
            case HOST -> host(in);
            case DEMAND -> demand(in);
            case REVOCATIONS -> revocations(in);
            case GROUP_KEYS -> GroupCodec.groupKeys(in);
            case GROUP -> GroupCodec.group(in);
        };
    }

    private static Answer refused(Fields in, RefusalCode otherwise) throws Malformed {
        var code = in.code(
                1, "code", value -> Optional.of(RefusalCode.ofCode(value).orElse(otherwise)));
        var detail = in.text(2, "detail", Answer.Refused.MAX_DETAIL_CHARS);
        var retryAfterMillis = in.natural(3, "retryAfterMillis");
        return in.make(Fields.Unknown.IGNORED, () -> new Answer.Refused(code, detail, retryAfterMillis));
    }

    private static Answer slices(Fields in) throws Malformed {
        var slices = in.list(1, "slices", MAX_LIST, LendingCodec::slice);
        var allowances = in.has(2) ? in.list(2, "allowances", MAX_LIST, LendingCodec::allowance) : List.<Allowance>of();
        return in.make(Fields.Unknown.IGNORED, () -> new Answer.Slices(slices, allowances));
    }

    private static Answer demand(Fields in) throws Malformed {
        var coordinator = in.nodeId(1, "coordinator");
        var rows = in.list(2, "rows", MAX_LIST, LendingCodec::demand);
        var proposed = in.natural(3, "proposed");
        var agreed = in.natural(4, "agreed");
        return in.make(Fields.Unknown.IGNORED, () -> new Answer.Demand(coordinator, rows, proposed, agreed));
    }

    private static Answer revocations(Fields in) throws Malformed {
        var signed = in.has(1) ? Optional.of(in.carried(1, "signed")) : Optional.<Carried>empty();
        return in.make(Fields.Unknown.IGNORED, () -> new Answer.Revocations(signed));
    }

    private static Answer host(Fields in) throws Malformed {
        var report = in.one(1, "report", fields -> HostCodec.report(fields, Fields.Unknown.IGNORED));
        var ageMillis = in.natural(2, "ageMillis");
        var ordersWaiting = in.small(3, "ordersWaiting");
        var unused = in.has(4) ? in.list(4, "unused", HostReport.MAX_LOANS, HostCodec::unused) : List.<UnusedView>of();
        return in.make(Fields.Unknown.IGNORED, () -> new Answer.Host(report, ageMillis, ordersWaiting, unused));
    }

    private static Answer place(Fields in) throws Malformed {
        var place = in.one(1, "place", LendingCodec::place);
        var validMillis = in.natural(2, "validMillis");
        return in.make(Fields.Unknown.IGNORED, () -> new Answer.Place(place, validMillis));
    }

    private static Answer description(Fields in) throws Malformed {
        var self = in.one(1, "self", JournalCodec::node);
        var software = in.text(2, "software", Answer.Description.MAX_SOFTWARE_CHARS);
        var hardware = in.text(3, "hardware", Answer.Description.MAX_HARDWARE_CHARS);
        var simulated = in.truth(4, "simulated");
        var uptimeMillis = in.natural(5, "uptimeMillis");
        var lending = in.text(6, "lending", Answer.Description.MAX_LENDING_CHARS);
        return in.make(
                Fields.Unknown.IGNORED,
                () -> new Answer.Description(self, software, hardware, simulated, uptimeMillis, lending));
    }
}
