package org.rackweave.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.AuditChain;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CounterView;
import org.rackweave.protocol.message.DemandView;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.NodeView.Capacity;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.UnusedView;
import org.rackweave.protocol.message.WantView;
import org.rackweave.protocol.message.WipeCertificate;

/** A daemon that always gives the same answers, each of which a test can replace. */
final class CannedRack implements DaemonConnector {
    static final NodeId A = NodeId.parse("1f0c22ab00000000000000000000000a");
    static final NodeId B = NodeId.parse("2e9d71c400000000000000000000000b");
    static final NodeId C = NodeId.parse("2e9d8f0000000000000000000000000c");
    static final LoanId LOAN = LoanId.parse("5c0ffee0000000000000000000000001");
    static final LeaseId LEASE = LeaseId.parse("7ea5e000000000000000000000000002");
    static final LeaseId LENT = LeaseId.parse("9a11ed00000000000000000000000003");
    static final long GIB = 1L << 30;
    static final long AT = 1_795_233_600_000L;

    final List<Command> asked = new ArrayList<>();
    final List<String> connected = new ArrayList<>();
    private final Map<Command.Kind, Function<Command, Answer>> answers = new EnumMap<>(Command.Kind.class);
    private final Map<String, CannedRack> elsewhere = new HashMap<>();

    CannedRack() {
        answer(Command.Kind.DESCRIBE, c -> description(""));
        answer(Command.Kind.LIST_NODES, c -> new Answer.Nodes(nodes()));
        answer(Command.Kind.LIST_SLICES, c -> new Answer.Slices(slices()));
        answer(Command.Kind.LIST_LEASES, c -> new Answer.Leases(List.of(lent(SliceState.ACTIVE))));
        answer(Command.Kind.READ_LEASE, c -> new Answer.Lease(lent(SliceState.FREE)));
        answer(Command.Kind.LIST_LOANS, c -> new Answer.Loans(List.of(loan(LoanState.ACTIVE), ended())));
        answer(Command.Kind.READ_LOAN, c -> new Answer.Loan(loan(LoanState.ENDED)));
        answer(Command.Kind.BORROW, c -> new Answer.Loan(loan(LoanState.ACTIVE)));
        answer(Command.Kind.RENEW_LOAN, c -> new Answer.Loan(loan(LoanState.ACTIVE)));
        answer(Command.Kind.RELEASE_LOAN, c -> new Answer.Loan(loan(LoanState.RELEASING)));
        answer(Command.Kind.RESIZE_LOAN, c -> new Answer.Loan(loan(LoanState.ACTIVE)));
        answer(Command.Kind.LIST_WANTS, c -> new Answer.Wants(wants()));
        answer(Command.Kind.READ_DEMAND, c -> demand());
        answer(Command.Kind.REVOKE, c -> new Answer.Lease(lent(SliceState.RECLAIMING)));
        answer(Command.Kind.END_QUARANTINE, c -> new Answer.Done());
        answer(Command.Kind.READ_EVENTS, c -> events(((Command.ReadEvents) c).after()));
        answer(Command.Kind.READ_AUDIT, c -> audit(((Command.ReadAudit) c).after(), auditRows()));
        answer(Command.Kind.READ_HOST, c -> new Answer.Host(host(), 1_500, 1, unused()));
        answer(Command.Kind.LIST_ASKS, c -> new Answer.VmAsks(List.of(ask(AskState.SCALING_DOWN))));
        answer(Command.Kind.ASK_FOR_VM, c -> new Answer.VmAsk(ask(AskState.RECEIVED)));
        answer(Command.Kind.READ_ASK, c -> new Answer.VmAsk(ask(AskState.DONE)));
        answer(Command.Kind.RETURN_ASK, c -> new Answer.VmAsk(ask(AskState.RETURNING)));
        answer(Command.Kind.READ_COUNTERS, c -> new Answer.Counters(counters()));
    }

    CannedRack answer(Command.Kind kind, Function<Command, Answer> answer) {
        answers.put(kind, answer);
        return this;
    }

    /** Puts another daemon at another address. */
    void at(String address, CannedRack rack) {
        elsewhere.put(address, rack);
    }

    @Override
    public Daemon connect(DaemonAddress address, java.nio.file.Path identityDir) {
        connected.add(address + " as " + identityDir
                + address.expected().map(id -> " expecting " + id.brief()).orElse(""));
        CannedRack rack = elsewhere.getOrDefault(address.toString(), this);
        return new Daemon() {
            @Override
            public Answer ask(Command command, long timeoutMillis) {
                rack.asked.add(command);
                return rack.answers.get(command.kind()).apply(command);
            }

            @Override
            public void close() {
                connected.add("closed");
            }
        };
    }

    static Answer.Description description(String lending) {
        return new Answer.Description(
                nodes().get(0), "rackweave 0.1.0", "file windows under /run/rack", true, 93_784_000, lending);
    }

    static List<NodeView> nodes() {
        return List.of(
                new NodeView(A, "card-a", "self", 3, "[fe80::1%eth0]:5684", 12, 0, List.of()),
                new NodeView(
                        B,
                        "card-b",
                        "alive",
                        7,
                        "[fe80::2%eth0]:5684",
                        40,
                        1_700,
                        List.of(
                                new Capacity(ResourceKind.MEMORY, 16 * GIB, 12 * GIB, 4 * GIB),
                                new Capacity(ResourceKind.CORES, 8, 4, 4))),
                new NodeView(C, "card-c", "dead", 1, "10.0.0.3:5684", 2, 252_000, List.of()));
    }

    static Answer.Demand demand() {
        return new Answer.Demand(
                A,
                List.of(
                        new DemandView(ResourceKind.MEMORY, 64 * GIB, 12 * GIB, 52 * GIB, 16 * GIB, 2),
                        new DemandView(ResourceKind.CORES, 32, 30, 2, 0, 0)),
                5,
                3);
    }

    static List<SliceView> slices() {
        return List.of(
                slice("window0", SliceState.ACTIVE, Optional.of(B), Optional.of(LENT), ""),
                slice("window1", SliceState.FREE, Optional.empty(), Optional.empty(), ""),
                slice(
                        "window2",
                        SliceState.QUARANTINED,
                        Optional.empty(),
                        Optional.empty(),
                        "unbind was not confirmed within 5 s; the port still shows host 3 \u001b[31m"));
    }

    static SliceView slice(
            String key, SliceState state, Optional<NodeId> holder, Optional<LeaseId> lease, String reason) {
        return new SliceView(
                new SliceId(A, key),
                ResourceKind.MEMORY,
                2 * GIB,
                Set.of("cxl/3.0", "cxl/2.0"),
                state,
                new Epoch(5),
                ForcedEndEffect.TOLERATED,
                FenceKind.HARDWARE_EPOCH,
                holder,
                lease,
                reason);
    }

    static LeaseView lent(SliceState state) {
        return lease(LENT, new SliceId(A, "window0"), B, state);
    }

    static LeaseView lease(LeaseId id, SliceId slice, NodeId borrower, SliceState state) {
        return new LeaseView(
                id,
                LOAN,
                slice,
                borrower,
                state,
                new Epoch(5),
                ResourceKind.MEMORY,
                2 * GIB,
                4,
                900_000,
                892_000,
                ForcedEndEffect.TOLERATED,
                FenceKind.HARDWARE_EPOCH,
                Optional.of(new Attachment("file-window", "/run/rack/hosts/a/window0", 2 * GIB)),
                Optional.of(new WipeCertificate("zeros, read back", 2 * GIB, 2 * GIB, new Epoch(4))),
                state == SliceState.RECLAIMING ? "an operator asked for it" : "");
    }

    static LoanView loan(LoanState state) {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY, 2 * GIB, Optional.empty(), 900_000, 4, ForcedEndEffect.FATAL, Optional.empty(), 8);
        LeaseView lease = lease(LEASE, new SliceId(B, "window0"), A, SliceState.ACTIVE);
        return new LoanView(LOAN, requirement, state, List.of(lease), "card-b alone has enough, and is the nearest");
    }

    static LoanView waiting(int place) {
        Requirement requirement = loan(LoanState.ACTIVE).requirement();
        return new LoanView(
                LOAN,
                requirement,
                LoanState.WAITING,
                List.of(),
                "2GiB asked for, 0B of 4GiB free and fitting; wait until something is given back",
                Optional.of(new LinePlace(place, 3, place == 1 ? GIB : 0)));
    }

    static List<WantView> wants() {
        Requirement requirement = loan(LoanState.ACTIVE).requirement();
        return List.of(
                new WantView(LOAN, A, requirement, 2 * GIB, new LinePlace(1, 2, GIB), 12_000),
                new WantView(
                        LoanId.parse("5c0fab1e000000000000000000000004"),
                        B,
                        requirement,
                        GIB,
                        new LinePlace(2, 2, 0),
                        3_000));
    }

    static LoanView ended() {
        Requirement requirement = new Requirement(
                ResourceKind.CORES,
                4,
                Optional.of("cpu/x86_64"),
                60_000,
                0,
                ForcedEndEffect.TOLERATED,
                Optional.of(B),
                1);
        return new LoanView(
                LoanId.parse("5c0fab1e000000000000000000000004"), requirement, LoanState.ENDED, List.of(), "");
    }

    static Answer.Events events(long after) {
        List<EventView> all = List.of(
                new EventView(1, AT, "node.alive", B.toString(), "card-b was heard"),
                new EventView(2, AT + 61_500, "lease.granted", LENT.toString(), "window0 of 2GiB to card-b for 15m"),
                new EventView(3, AT + 3_600_000, "node.dead", C.toString(), ""));
        return new Answer.Events(
                all.stream().filter(event -> event.number() > after).limit(2).toList(), 3);
    }

    static List<AuditRow> auditRows() {
        List<AuditRow> rows = new ArrayList<>();
        String previous = AuditChain.START;
        String[] actions = {"ledger.open", "lease.reserve", "lease.commit", "lease.release"};
        for (int i = 0; i < actions.length; i++) {
            String actor = i == 0 ? "daemon" : "node card-b (2e9d71c4)";
            String hash =
                    AuditChain.hash(previous, i + 1, AT + i, actor, actions[i], "window0", "{\"epoch\":" + i + "}");
            rows.add(new AuditRow(i + 1, AT + i, actor, actions[i], "window0", "{\"epoch\":" + i + "}", hash));
            previous = hash;
        }
        return rows;
    }

    /** Pages of two, so that everybody has to turn them. */
    static Answer.Audit audit(long after, List<AuditRow> rows) {
        List<AuditRow> page =
                rows.stream().filter(row -> row.number() > after).limit(2).toList();
        return new Answer.Audit(page, rows.get(rows.size() - 1).number());
    }

    static List<UnusedView> unused() {
        return List.of(new UnusedView(LOAN, ResourceKind.MEMORY, 2 * GIB, 7, GIB));
    }

    static HostReport host() {
        return new HostReport(
                List.of(
                        new HostReport.Capacity(ResourceKind.CORES, 8),
                        new HostReport.Capacity(ResourceKind.MEMORY, 16 * GIB)),
                List.of(
                        new HostReport.Vm(
                                "batch",
                                1,
                                List.of(
                                        new HostReport.Share(ResourceKind.CORES, 1, 6, 5, 97),
                                        new HostReport.Share(ResourceKind.MEMORY, GIB, 8 * GIB, 8 * GIB, 40))),
                        new HostReport.Vm("db", 5, List.of(new HostReport.Share(ResourceKind.CORES, 2, 2, 2, 100)))),
                List.of());
    }

    static AskView ask(AskState state) {
        return new AskView(
                AskId.parse("a5c0000000000000000000000000005a"),
                "db",
                ResourceKind.CORES,
                2,
                5,
                900_000,
                state,
                1,
                1,
                "of 2 cores 0 are free, 1 come from VMs of lower priority, 1 from neighbours");
    }

    static List<CounterView> counters() {
        return List.of(
                new CounterView(
                        "datagrams_forged", "datagrams whose signature did not hold; each was dropped unread", 3),
                new CounterView("leases_granted", "leases granted", 1_204));
    }
}
