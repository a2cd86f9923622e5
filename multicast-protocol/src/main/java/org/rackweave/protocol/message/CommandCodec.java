package org.rackweave.protocol.message;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Turns commands into requests and back.
 *
 * <p>Strict, because a command is an order: a parameter or key that is not known here is refused, as it may be a
 * restriction that a later version made. Keys below zero are hints, and skipped by whoever does not know them.
 */
public final class CommandCodec {
    /** The largest command is the report of a host with as many VMs as there may be; others are below 1 KiB. */
    public static final int MAX_BODY_BYTES = 4096;

    private static final byte[] NO_BODY = {};
    private static final String NO_NAME = "";

    private CommandCodec() {}

    // ---- to the wire -----------------------------------------------------------------------------------------------

    public static Request encode(Command command) {
        return switch (command.kind()) {
            case DESCRIBE,
                    LIST_NODES,
                    LIST_LEASES,
                    LIST_LOANS,
                    READ_COUNTERS,
                    LIST_WANTS,
                    READ_HOST,
                    LIST_ASKS,
                    READ_ORDERS,
                    READ_DEMAND,
                    READ_REVOCATIONS,
                    READ_GROUP_KEY,
                    READ_GROUP,
                    ROTATE_GROUP_KEY -> bare(command, NO_NAME);
            case INSTALL_REVOCATIONS ->
                body(
                        command,
                        NO_NAME,
                        new Item.Table()
                                .put(
                                        1,
                                        new Item.Bytes(((Command.InstallRevocations) command)
                                                .signed()
                                                .bytes())));
            case LIST_SLICES -> encode((Command.ListSlices) command);
            case RESERVE -> encode((Command.Reserve) command);
            case COMMIT -> encode((Command.Commit) command);
            case RENEW -> encode((Command.Renew) command);
            case RELEASE -> encode((Command.Release) command);
            case RECALL -> encode((Command.Recall) command);
            case READ_LEASE ->
                bare(command, ((Command.ReadLease) command).lease().toString());
            case BORROW -> encode((Command.Borrow) command);
            case READ_LOAN -> bare(command, ((Command.ReadLoan) command).loan().toString());
            case RENEW_LOAN ->
                bare(command, ((Command.RenewLoan) command).loan().toString());
            case RELEASE_LOAN ->
                bare(command, ((Command.ReleaseLoan) command).loan().toString());
            case REVOKE -> encode((Command.Revoke) command);
            case END_QUARANTINE -> encode((Command.EndQuarantine) command);
            case READ_EVENTS -> after(command, ((Command.ReadEvents) command).after());
            case READ_AUDIT -> after(command, ((Command.ReadAudit) command).after());
            case WANT -> encode((Command.Want) command);
            case WITHDRAW_WANT ->
                bare(command, ((Command.WithdrawWant) command).loan().toString());
            case FREED -> bare(command, ((Command.Freed) command).loan().toString());
            case RESIZE_LOAN -> encode((Command.ResizeLoan) command);
            case REPORT_HOST -> body(command, NO_NAME, HostCodec.form(((Command.ReportHost) command).report()));
            case ASK_FOR_VM -> encode((Command.AskForVm) command);
            case READ_ASK -> bare(command, ((Command.ReadAsk) command).ask().toString());
            case RETURN_ASK -> bare(command, ((Command.ReturnAsk) command).ask().toString());
            case ORDER_DONE -> encode((Command.OrderDone) command);
            case PROPOSE -> encode((Command.Propose) command);
        };
    }

    private static Request encode(Command.ListSlices list) {
        List<String> query =
                list.resource().map(kind -> List.of("kind=" + kind.word())).orElse(List.of());
        return new Request(Route.LIST_SLICES, NO_NAME, query, NO_BODY);
    }

    private static Request encode(Command.Reserve reserve) {
        return body(
                reserve,
                NO_NAME,
                new Item.Table()
                        .putId(1, reserve.lease().high(), reserve.lease().low())
                        .putId(2, reserve.loan().high(), reserve.loan().low())
                        .put(3, reserve.sliceKey())
                        .put(4, reserve.termMillis())
                        .put(5, reserve.priority())
                        .put(6, reserve.worstForcedEnd().code())
                        .putIfPresent(7, reserve.configuration(), Item.Text::new));
    }

    private static Request encode(Command.Commit commit) {
        return body(
                commit,
                commit.lease().toString(),
                new Item.Table().put(1, commit.epoch().value()));
    }

    private static Request encode(Command.Renew renew) {
        return body(
                renew,
                renew.lease().toString(),
                new Item.Table().put(1, renew.epoch().value()).put(2, renew.number()));
    }

    private static Request encode(Command.Release release) {
        return body(
                release,
                release.lease().toString(),
                new Item.Table().put(1, release.epoch().value()));
    }

    private static Request encode(Command.Recall recall) {
        return body(
                recall,
                recall.lease().toString(),
                new Item.Table()
                        .put(1, recall.epoch().value())
                        .put(2, recall.graceMillis())
                        .put(3, recall.reason()));
    }

    private static Request encode(Command.Borrow borrow) {
        return body(
                borrow,
                NO_NAME,
                new Item.Table()
                        .putId(1, borrow.loan().high(), borrow.loan().low())
                        .put(2, LendingCodec.form(borrow.requirement()))
                        .put(3, borrow.mode().code()));
    }

    private static Request encode(Command.Revoke revoke) {
        return body(
                revoke,
                revoke.lease().toString(),
                new Item.Table().put(1, revoke.graceMillis()).put(2, revoke.reason()));
    }

    private static Request encode(Command.EndQuarantine end) {
        return body(end, end.sliceKey(), new Item.Table().put(1, end.reason()));
    }

    private static Request encode(Command.Want want) {
        return body(
                want,
                NO_NAME,
                new Item.Table()
                        .putId(1, want.loan().high(), want.loan().low())
                        .put(2, LendingCodec.form(want.requirement()))
                        .put(3, want.amount()));
    }

    private static Request encode(Command.ResizeLoan resize) {
        return body(resize, resize.loan().toString(), new Item.Table().put(1, resize.amount()));
    }

    private static Request encode(Command.Propose propose) {
        return body(
                propose,
                propose.lease().toString(),
                new Item.Table()
                        .putId(
                                1,
                                propose.to().owner().high(),
                                propose.to().owner().low())
                        .put(2, propose.to().key())
                        .put(3, propose.reason()));
    }

    private static Request encode(Command.AskForVm ask) {
        return body(
                ask,
                NO_NAME,
                new Item.Table()
                        .putId(1, ask.ask().high(), ask.ask().low())
                        .put(2, ask.vm())
                        .put(3, ask.resource().code())
                        .put(4, ask.amount())
                        .put(5, ask.priority())
                        .put(6, ask.termMillis()));
    }

    private static Request encode(Command.OrderDone done) {
        return body(
                done,
                Long.toString(done.order()),
                new Item.Table().put(1, done.outcome().code()).put(2, done.detail()));
    }

    private static Request bare(Command command, String name) {
        return new Request(Route.of(command.kind()), name, List.of(), NO_BODY);
    }

    private static Request after(Command command, long number) {
        return new Request(Route.of(command.kind()), NO_NAME, List.of("after=" + number), NO_BODY);
    }

    private static Request body(Command command, String name, Item.Table table) {
        return new Request(Route.of(command.kind()), name, List.of(), Cbor.encode(table));
    }

    // ---- from the wire ---------------------------------------------------------------------------------------------

    /**
     * Reads what came in at a route.
     *
     * @param name the name in the path, empty where the route has none
     */
    public static Decoded<Command> decode(Route route, String name, List<String> query, byte[] body) {
        try {
            return new Decoded.Accepted<>(read(route, name, query, body));
        } catch (Malformed e) {
            return new Decoded.Rejected<>(e.reason());
        }
    }

    private static Command read(Route route, String name, List<String> query, byte[] body) throws Malformed {
        requireQuery(route, query);
        requireBody(route, body);
        return switch (route) {
            case DESCRIBE -> new Command.Describe();
            case LIST_SLICES -> new Command.ListSlices(kind(query));
            case RESERVE -> reserve(fields(body));
            case COMMIT -> commit(lease(name), fields(body));
            case RENEW -> renew(lease(name), fields(body));
            case RELEASE -> release(lease(name), fields(body));
            case RECALL -> recall(lease(name), fields(body));
            case LIST_NODES -> new Command.ListNodes();
            case LIST_LEASES -> new Command.ListLeases();
            case READ_LEASE -> new Command.ReadLease(lease(name));
            case BORROW -> borrow(fields(body));
            case LIST_LOANS -> new Command.ListLoans();
            case READ_LOAN -> new Command.ReadLoan(loan(name));
            case RENEW_LOAN -> new Command.RenewLoan(loan(name));
            case RELEASE_LOAN -> new Command.ReleaseLoan(loan(name));
            case REVOKE -> revoke(lease(name), fields(body));
            case END_QUARANTINE -> endQuarantine(name, fields(body));
            case READ_EVENTS -> new Command.ReadEvents(after(query));
            case READ_AUDIT -> new Command.ReadAudit(after(query));
            case READ_COUNTERS -> new Command.ReadCounters();
            case WANT -> want(fields(body));
            case WITHDRAW_WANT -> new Command.WithdrawWant(loan(name));
            case FREED -> new Command.Freed(loan(name));
            case LIST_WANTS -> new Command.ListWants();
            case RESIZE_LOAN -> resize(loan(name), fields(body));
            case REPORT_HOST -> report(fields(body));
            case READ_HOST -> new Command.ReadHost();
            case ASK_FOR_VM -> askForVm(fields(body));
            case LIST_ASKS -> new Command.ListAsks();
            case READ_ASK -> new Command.ReadAsk(ask(name));
            case RETURN_ASK -> new Command.ReturnAsk(ask(name));
            case READ_ORDERS -> new Command.ReadOrders();
            case ORDER_DONE -> orderDone(number(name), fields(body));
            case PROPOSE -> propose(lease(name), fields(body));
            case READ_DEMAND -> new Command.ReadDemand();
            case INSTALL_REVOCATIONS -> installRevocations(fields(body));
            case READ_REVOCATIONS -> new Command.ReadRevocations();
            case READ_GROUP_KEY -> new Command.ReadGroupKey();
            case READ_GROUP -> new Command.ReadGroup();
            case ROTATE_GROUP_KEY -> new Command.RotateGroupKey();
        };
    }

    private static Command reserve(Fields in) throws Malformed {
        var lease = in.leaseId(1, "lease");
        var loan = in.loanId(2, "loan");
        var sliceKey = in.text(3, "sliceKey", SliceId.MAX_KEY_CHARS);
        var termMillis = in.natural(4, "termMillis");
        var priority = in.small(5, "priority");
        var worstForcedEnd = in.code(6, "worstForcedEnd", ForcedEndEffect::ofCode);
        var configuration = in.maybeText(7, "configuration", Requirement.MAX_CONFIGURATION_CHARS);
        return order(
                in,
                () -> new Command.Reserve(lease, loan, sliceKey, termMillis, priority, worstForcedEnd, configuration));
    }

    private static Command commit(LeaseId lease, Fields in) throws Malformed {
        var epoch = in.epoch(1, "epoch");
        return order(in, () -> new Command.Commit(lease, epoch));
    }

    private static Command renew(LeaseId lease, Fields in) throws Malformed {
        var epoch = in.epoch(1, "epoch");
        var number = in.natural(2, "number");
        return order(in, () -> new Command.Renew(lease, epoch, number));
    }

    private static Command release(LeaseId lease, Fields in) throws Malformed {
        var epoch = in.epoch(1, "epoch");
        return order(in, () -> new Command.Release(lease, epoch));
    }

    private static Command recall(LeaseId lease, Fields in) throws Malformed {
        var epoch = in.epoch(1, "epoch");
        var graceMillis = in.natural(2, "graceMillis");
        var reason = in.text(3, "reason", LeaseView.MAX_REASON_CHARS);
        return order(in, () -> new Command.Recall(lease, epoch, graceMillis, reason));
    }

    private static Command borrow(Fields in) throws Malformed {
        var loan = in.loanId(1, "loan");
        var requirement = in.one(
                2, "requirement", fields -> LendingCodec.requirement(fields, Fields.Unknown.REFUSED_UNLESS_HINT));
        var mode = in.code(3, "mode", Command.Borrow.Mode::ofCode);
        return order(in, () -> new Command.Borrow(loan, requirement, mode));
    }

    private static Command revoke(LeaseId lease, Fields in) throws Malformed {
        var graceMillis = in.natural(1, "graceMillis");
        var reason = in.text(2, "reason", LeaseView.MAX_REASON_CHARS);
        return order(in, () -> new Command.Revoke(lease, graceMillis, reason));
    }

    private static Command endQuarantine(String sliceKey, Fields in) throws Malformed {
        var reason = in.text(1, "reason", LeaseView.MAX_REASON_CHARS);
        return order(in, () -> new Command.EndQuarantine(sliceKey, reason));
    }

    private static Command want(Fields in) throws Malformed {
        var loan = in.loanId(1, "loan");
        var requirement = in.one(
                2, "requirement", fields -> LendingCodec.requirement(fields, Fields.Unknown.REFUSED_UNLESS_HINT));
        var amount = in.natural(3, "amount");
        return order(in, () -> new Command.Want(loan, requirement, amount));
    }

    private static Command resize(LoanId loan, Fields in) throws Malformed {
        var amount = in.natural(1, "amount");
        return order(in, () -> new Command.ResizeLoan(loan, amount));
    }

    private static Command propose(LeaseId lease, Fields in) throws Malformed {
        var owner = in.nodeId(1, "owner");
        var key = in.text(2, "key", SliceId.MAX_KEY_CHARS);
        var reason = in.text(3, "reason", LeaseView.MAX_REASON_CHARS);
        return order(in, () -> new Command.Propose(lease, new SliceId(owner, key), reason));
    }

    private static Command installRevocations(Fields in) throws Malformed {
        var signed = in.carried(1, "signed");
        return order(in, () -> new Command.InstallRevocations(signed));
    }

    private static Command report(Fields in) throws Malformed {
        var report = HostCodec.report(in, Fields.Unknown.REFUSED_UNLESS_HINT);
        return order(in, () -> new Command.ReportHost(report));
    }

    private static Command askForVm(Fields in) throws Malformed {
        var loan = in.loanId(1, "ask");
        var vm = in.text(2, "vm", SliceId.MAX_KEY_CHARS);
        var resource = in.code(3, "resource", ResourceKind::ofCode);
        var amount = in.natural(4, "amount");
        var priority = in.small(5, "priority");
        var termMillis = in.natural(6, "termMillis");
        return order(
                in,
                () -> new Command.AskForVm(
                        new AskId(loan.high(), loan.low()), vm, resource, amount, priority, termMillis));
    }

    private static Command orderDone(long number, Fields in) throws Malformed {
        var outcome = in.code(1, "outcome", OrderOutcome::ofCode);
        var detail = in.text(2, "detail", LeaseView.MAX_REASON_CHARS);
        return order(in, () -> new Command.OrderDone(number, outcome, detail));
    }

    private static Command order(Fields in, Supplier<Command> command) throws Malformed {
        return in.make(Fields.Unknown.REFUSED_UNLESS_HINT, command);
    }

    private static Fields fields(byte[] body) throws Malformed {
        return Fields.of("body", Cbor.decode(body));
    }

    private static void requireBody(Route route, byte[] body) throws Malformed {
        if (body.length > MAX_BODY_BYTES) {
            throw new Malformed("body: longer than " + MAX_BODY_BYTES + " bytes");
        }
        if (body.length > 0 && !hasBody(route)) {
            throw new Malformed("body: " + route.method() + " " + route.path() + " has none");
        }
    }

    private static boolean hasBody(Route route) {
        return switch (route) {
            case RESERVE,
                    COMMIT,
                    RENEW,
                    RELEASE,
                    RECALL,
                    BORROW,
                    REVOKE,
                    END_QUARANTINE,
                    WANT,
                    RESIZE_LOAN,
                    REPORT_HOST,
                    ASK_FOR_VM,
                    ORDER_DONE,
                    PROPOSE,
                    INSTALL_REVOCATIONS -> true;
            case DESCRIBE,
                    LIST_SLICES,
                    LIST_NODES,
                    LIST_LEASES,
                    READ_LEASE,
                    LIST_LOANS,
                    READ_LOAN,
                    RENEW_LOAN,
                    RELEASE_LOAN,
                    READ_EVENTS,
                    READ_AUDIT,
                    READ_COUNTERS,
                    WITHDRAW_WANT,
                    FREED,
                    LIST_WANTS,
                    READ_HOST,
                    LIST_ASKS,
                    READ_ASK,
                    RETURN_ASK,
                    READ_ORDERS,
                    READ_DEMAND,
                    READ_REVOCATIONS,
                    READ_GROUP_KEY,
                    READ_GROUP,
                    ROTATE_GROUP_KEY -> false;
        };
    }

    // ---- names and parameters --------------------------------------------------------------------------------------

    private static LeaseId lease(String name) throws Malformed {
        return id(name, "lease", LeaseId::parse);
    }

    private static LoanId loan(String name) throws Malformed {
        return id(name, "loan", LoanId::parse);
    }

    private static AskId ask(String name) throws Malformed {
        return id(name, "ask", AskId::parse);
    }

    /** One spelling here too. */
    private static long number(String name) throws Malformed {
        try {
            long number = Long.parseLong(name);
            if (number >= 1 && Long.toString(number).equals(name)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, for both.
        }
        throw new Malformed("path.number: not a number from 1");
    }

    /** One spelling only: else two paths would name one lease, and observers of one would miss the other. */
    private static <T> T id(String name, String what, Function<String, T> parse) throws Malformed {
        try {
            T id = parse.apply(name);
            if (id.toString().equals(name)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // Said below, for both.
        }
        throw new Malformed("path." + what + ": not 32 lower-case hexadecimal digits");
    }

    private static void requireQuery(Route route, List<String> query) throws Malformed {
        Optional<String> known =
                switch (route) {
                    case LIST_SLICES -> Optional.of("kind=");
                    case READ_EVENTS, READ_AUDIT -> Optional.of("after=");
                    default -> Optional.empty();
                };
        for (String parameter : query) {
            if (known.isEmpty() || !parameter.startsWith(known.get())) {
                throw new Malformed("query: a parameter that is not known at " + route.path());
            }
        }
        if (query.size() > 1) {
            throw new Malformed("query: a parameter is there twice");
        }
    }

    private static Optional<ResourceKind> kind(List<String> query) throws Malformed {
        if (query.isEmpty()) {
            return Optional.empty();
        }
        String word = value(query);
        Optional<ResourceKind> kind = ResourceKind.ofWord(word);
        if (kind.isEmpty()) {
            throw new Malformed("query.kind: not a kind of resource that is known here");
        }
        return kind;
    }

    private static long after(List<String> query) throws Malformed {
        if (query.isEmpty()) {
            return 0;
        }
        try {
            long after = Long.parseLong(value(query));
            if (after >= 0 && Long.toString(after).equals(value(query))) {
                return after;
            }
        } catch (NumberFormatException e) {
            // Said below, for both.
        }
        throw new Malformed("query.after: not a number from 0");
    }

    private static String value(List<String> query) {
        String parameter = query.get(0);
        return parameter.substring(parameter.indexOf('=') + 1);
    }
}
