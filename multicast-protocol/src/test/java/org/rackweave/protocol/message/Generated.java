package org.rackweave.protocol.message;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;

/** Values at random, the extremes more often than not; the same seed gives the same ones. */
final class Generated {
    private final SplittableRandom random;

    Generated(long seed) {
        this.random = new SplittableRandom(seed);
    }

    Command command(Command.Kind kind) {
        return switch (kind) {
            case DESCRIBE -> new Command.Describe();
            case LIST_SLICES -> new Command.ListSlices(maybe(() -> of(ResourceKind.values())));
            case RESERVE ->
                new Command.Reserve(
                        lease(),
                        loan(),
                        key(),
                        positive(),
                        upTo(9),
                        of(ForcedEndEffect.values()),
                        maybe(() -> "f" + text(63)));
            case COMMIT -> new Command.Commit(lease(), epoch());
            case RENEW -> new Command.Renew(lease(), epoch(), positive());
            case RELEASE -> new Command.Release(lease(), epoch());
            case RECALL -> new Command.Recall(lease(), epoch(), natural(), text(256));
            case LIST_NODES -> new Command.ListNodes();
            case LIST_LEASES -> new Command.ListLeases();
            case READ_LEASE -> new Command.ReadLease(lease());
            case BORROW -> new Command.Borrow(loan(), requirement(), of(Command.Borrow.Mode.values()));
            case LIST_LOANS -> new Command.ListLoans();
            case READ_LOAN -> new Command.ReadLoan(loan());
            case RENEW_LOAN -> new Command.RenewLoan(loan());
            case RELEASE_LOAN -> new Command.ReleaseLoan(loan());
            case REVOKE -> new Command.Revoke(lease(), natural(), text(256));
            case END_QUARANTINE -> new Command.EndQuarantine(key(), text(256));
            case READ_EVENTS -> new Command.ReadEvents(natural());
            case READ_AUDIT -> new Command.ReadAudit(natural());
            case READ_COUNTERS -> new Command.ReadCounters();
            case WANT -> new Command.Want(loan(), requirement(), positive());
            case WITHDRAW_WANT -> new Command.WithdrawWant(loan());
            case FREED -> new Command.Freed(loan());
            case LIST_WANTS -> new Command.ListWants();
            case RESIZE_LOAN -> new Command.ResizeLoan(loan(), positive());
            case REPORT_HOST -> new Command.ReportHost(report());
            case READ_HOST -> new Command.ReadHost();
            case ASK_FOR_VM ->
                new Command.AskForVm(askId(), vm(), of(ResourceKind.values()), positive(), upTo(9), positive());
            case LIST_ASKS -> new Command.ListAsks();
            case READ_ASK -> new Command.ReadAsk(askId());
            case RETURN_ASK -> new Command.ReturnAsk(askId());
            case READ_ORDERS -> new Command.ReadOrders();
            case ORDER_DONE -> new Command.OrderDone(positive(), of(OrderOutcome.values()), text(256));
            case PROPOSE -> new Command.Propose(lease(), new SliceId(node(), key()), text(256));
            case READ_DEMAND -> new Command.ReadDemand();
            case INSTALL_REVOCATIONS -> new Command.InstallRevocations(carried());
            case READ_REVOCATIONS -> new Command.ReadRevocations();
            case READ_GROUP_KEY -> new Command.ReadGroupKey();
            case READ_GROUP -> new Command.ReadGroup();
            case ROTATE_GROUP_KEY -> new Command.RotateGroupKey();
        };
    }

    Answer answer(Answer.Kind kind) {
        return switch (kind) {
            case DONE -> new Answer.Done();
            case REFUSED -> new Answer.Refused(of(RefusalCode.values()), text(512), natural());
            case DESCRIPTION ->
                new Answer.Description(nodeView(), text(64), text(256), random.nextBoolean(), natural(), text(256));
            case SLICES -> new Answer.Slices(list(8, this::sliceView), list(3, this::allowance));
            case LEASE -> new Answer.Lease(leaseView());
            case LEASES -> new Answer.Leases(list(8, this::leaseView));
            case LOAN -> new Answer.Loan(loanView());
            case LOANS -> new Answer.Loans(list(3, this::loanView));
            case NODES -> new Answer.Nodes(list(8, this::nodeView));
            case EVENTS ->
                new Answer.Events(
                        list(8, () -> new EventView(natural(), whole(), text(48), text(128), text(256))), natural());
            case AUDIT -> new Answer.Audit(list(8, this::auditRow), natural());
            case COUNTERS -> new Answer.Counters(list(8, () -> new CounterView(text(64), text(256), whole())));
            case PLACE -> new Answer.Place(place(), positive());
            case WANTS -> new Answer.Wants(list(8, this::wantView));
            case HOST_ORDERS -> new Answer.HostOrders(list(8, this::hostOrder));
            case VM_ASK -> new Answer.VmAsk(askView());
            case VM_ASKS -> new Answer.VmAsks(list(8, this::askView));
            case HOST ->
                new Answer.Host(
                        report(), natural(), upTo(Integer.MAX_VALUE - 1), list(HostReport.MAX_LOANS, this::unused));
            case REVOCATIONS -> new Answer.Revocations(maybe(this::carried));
            case GROUP_KEYS -> new Answer.GroupKeys(list(MadeKey.MAX_KEYS, this::madeKey), maybe(this::carried));
            case GROUP -> new Answer.Group(list(MadeKey.MAX_KEYS, this::groupKeyView), list(8, this::node));
            case DEMAND -> new Answer.Demand(node(), list(6, this::demandView), natural(), natural());
        };
    }

    private AskId askId() {
        return new AskId(random.nextLong(), random.nextLong());
    }

    private String vm() {
        return "v" + "x".repeat(upTo(31));
    }

    private AskView askView() {
        long amount = positive();
        long fromHost = random.nextBoolean() ? amount : 0;
        return new AskView(
                askId(),
                vm(),
                of(ResourceKind.values()),
                amount,
                upTo(9),
                positive(),
                of(AskState.values()),
                fromHost,
                amount - fromHost,
                text(256));
    }

    private HostOrder hostOrder() {
        return switch (of(HostOrder.Kind.values())) {
            case SET_SHARE -> new HostOrder.SetShare(positive(), vm(), of(ResourceKind.values()), natural());
            case BRING_ON_LINE ->
                new HostOrder.BringOnLine(
                        positive(), loan(), lease(), maybe(this::vm), new Attachment("rdma", text(512), natural()));
            case LET_GO ->
                new HostOrder.LetGo(positive(), loan(), lease(), natural(), of(HostOrder.LetGo.Why.values()));
        };
    }

    private UnusedView unused() {
        long held = natural();
        return new UnusedView(loan(), of(ResourceKind.values()), held, upTo(100), Math.min(held, natural()));
    }

    /** With as much in it as there may be, more often than not: it has to fit the body of a request. */
    private HostReport report() {
        List<HostReport.Vm> vms = new ArrayList<>();
        int count = random.nextBoolean() ? HostReport.MAX_VMS : upTo(HostReport.MAX_VMS);
        for (int i = 0; i < count; i++) {
            vms.add(new HostReport.Vm(
                    "v".repeat(30) + (10 + i),
                    upTo(9),
                    List.of(share(ResourceKind.CORES), share(ResourceKind.MEMORY), share(ResourceKind.LANES))));
        }
        List<HostReport.LoanUse> uses = new ArrayList<>();
        for (int i = 0; i < upTo(HostReport.MAX_LOANS); i++) {
            uses.add(new HostReport.LoanUse(new LoanId(i, random.nextLong()), upTo(100)));
        }
        return new HostReport(List.of(new HostReport.Capacity(ResourceKind.CORES, amount())), vms, uses);
    }

    private long amount() {
        return Math.min(natural(), HostReport.MAX_AMOUNT);
    }

    private HostReport.Share share(ResourceKind kind) {
        long guaranteed = amount();
        return new HostReport.Share(
                kind, guaranteed, Math.max(guaranteed, amount()), amount(), random.nextBoolean() ? 100 : upTo(100));
    }

    private AuditRow auditRow() {
        String hash = String.format("%016x", random.nextLong()).repeat(4);
        return new AuditRow(positive(), whole(), text(128), text(48), text(128), text(1024), hash);
    }

    private SliceView sliceView() {
        Set<String> capabilities = new LinkedHashSet<>(list(16, () -> text(64)));
        return new SliceView(
                new SliceId(node(), key()),
                of(ResourceKind.values()),
                positive(),
                capabilities,
                of(SliceState.values()),
                epoch(),
                of(ForcedEndEffect.values()),
                of(FenceKind.values()),
                maybe(this::node),
                maybe(this::lease),
                text(256),
                new SlicePlace(text(64), text(64), of(LatencyClass.values())),
                new LinkedHashSet<>(list(16, () -> text(64))),
                random.nextBoolean() ? OptionalInt.of(upTo(9)) : OptionalInt.empty());
    }

    private LinePlace place() {
        int of = 1 + upTo(Integer.MAX_VALUE - 1);
        return new LinePlace(1 + random.nextInt(of), of, natural());
    }

    private Allowance allowance() {
        return new Allowance(of(ResourceKind.values()), natural());
    }

    private Carried carried() {
        byte[] bytes = new byte[1 + random.nextInt(Carried.MAX_BYTES)];
        random.nextBytes(bytes);
        return Carried.of(bytes);
    }

    private MadeKey madeKey() {
        byte[] key = new byte[GroupKey.KEY_BYTES];
        random.nextBytes(key);
        return new MadeKey(GroupKey.of(keyNumber(), key), natural(), node(), natural());
    }

    private GroupKeyView groupKeyView() {
        return new GroupKeyView(
                new KeyMark(natural(), keyNumber(), random.nextLong()),
                node(),
                natural(),
                natural(),
                of(GroupKeyView.Standing.values()));
    }

    private long keyNumber() {
        return random.nextLong(GroupKey.FIRST_NUMBER, GroupKey.LAST_NUMBER + 1);
    }

    private DemandView demandView() {
        return new DemandView(
                of(ResourceKind.values()), natural(), natural(), natural(), natural(), upTo(Integer.MAX_VALUE - 1));
    }

    private WantView wantView() {
        return new WantView(loan(), node(), requirement(), positive(), place(), natural());
    }

    private LeaseView leaseView() {
        return new LeaseView(
                lease(),
                loan(),
                new SliceId(node(), key()),
                node(),
                of(SliceState.values()),
                epoch(),
                of(ResourceKind.values()),
                positive(),
                upTo(9),
                positive(),
                whole(),
                of(ForcedEndEffect.values()),
                of(FenceKind.values()),
                maybe(() -> new Attachment("k" + text(31), text(512), natural())),
                maybe(() -> new WipeCertificate(
                        "m" + text(63), natural(), natural(), epoch(), maybe(() -> WipeProof.of(proof())))),
                text(256),
                maybe(() -> text(64)));
    }

    private byte[] proof() {
        byte[] bytes = new byte[1 + upTo(WipeProof.MAX_BYTES - 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    private LoanView loanView() {
        return new LoanView(
                loan(),
                requirement(),
                of(LoanState.values()),
                list(8, this::leaseView),
                text(1024),
                maybe(this::place));
    }

    private Requirement requirement() {
        long amount = positive();
        return new Requirement(
                of(ResourceKind.values()),
                amount,
                maybe(() -> "c" + text(63)),
                positive(),
                upTo(9),
                of(ForcedEndEffect.values()),
                maybe(this::node),
                1 + upTo(7),
                maybe(() -> "f" + text(63)),
                maybe(() -> of(LatencyClass.values())),
                of(Locality.values()),
                random.nextBoolean() ? amount : 1 + random.nextLong(amount));
    }

    private NodeView nodeView() {
        return new NodeView(
                node(), text(63), text(16), natural(), text(128), natural(), natural(), list(16, this::capacity));
    }

    private NodeView.Capacity capacity() {
        long total = natural();
        long free = total == 0 ? 0 : random.nextLong(total);
        return new NodeView.Capacity(of(ResourceKind.values()), total, free, free == 0 ? 0 : random.nextLong(free));
    }

    private LeaseId lease() {
        return new LeaseId(whole(), whole());
    }

    private LoanId loan() {
        return new LoanId(whole(), whole());
    }

    private NodeId node() {
        return new NodeId(whole(), whole());
    }

    private Epoch epoch() {
        return new Epoch(natural());
    }

    private String key() {
        return "k" + "cxl0.ld-1:_".substring(0, upTo(10)) + "9".repeat(upTo(52));
    }

    /** Around each length of a head, and the ends. */
    private long natural() {
        long[] edges = {0, 23, 24, 255, 256, 65_535, 65_536, 0xffff_ffffL, 0x1_0000_0000L, Long.MAX_VALUE};
        return random.nextBoolean() ? edges[random.nextInt(edges.length)] : random.nextLong() >>> (1 + upTo(61));
    }

    private long positive() {
        return Math.max(1, natural());
    }

    private long whole() {
        return random.nextBoolean() ? natural() : ~natural();
    }

    private int upTo(int most) {
        return random.nextInt(most + 1);
    }

    private String text(int most) {
        String[] pieces = {"a", "0", " ", "ß", "語", "\u0000", "\"", "😀"};
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(4) == 0 ? most : upTo(most);
        while (true) {
            String piece = pieces[random.nextInt(pieces.length)];
            if (text.length() + piece.length() > length) {
                return text.toString();
            }
            text.append(piece);
        }
    }

    private <T> T of(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private <T> List<T> list(int most, Supplier<T> value) {
        List<T> values = new ArrayList<>();
        int length = upTo(most);
        for (int i = 0; i < length; i++) {
            values.add(value.get());
        }
        return values;
    }
}
