package org.rackweave.protocol.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;

/** One value of each kind, the same ones in every test; the golden files hold their bytes. */
public final class Samples {
    static final NodeId NODE_A = NodeId.parse("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
    static final NodeId NODE_B = NodeId.parse("b0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
    static final LeaseId LEASE = LeaseId.parse("00112233445566778899aabbccddeeff");
    static final LoanId LOAN = LoanId.parse("fedcba98765432100123456789abcdef");
    static final Requirement REQUIREMENT = new Requirement(
            ResourceKind.MEMORY,
            2L << 30,
            Optional.of("cxl/type3"),
            900_000,
            5,
            ForcedEndEffect.TOLERATED,
            Optional.of(NODE_B),
            2);
    /** With everything that can be asked for. */
    static final Requirement PARTICULAR = new Requirement(
            ResourceKind.ACCELERATOR,
            4,
            Optional.of("crypto/aes-gcm"),
            60_000,
            7,
            ForcedEndEffect.TOLERATED,
            Optional.empty(),
            3,
            Optional.of("aes-gcm-v2.bit"),
            Optional.of(LatencyClass.SWITCH),
            Locality.ONE_FABRIC,
            2);

    static final AskId ASK = AskId.parse("0123456789abcdeffedcba9876543210");
    static final HostReport REPORT = new HostReport(
            List.of(new HostReport.Capacity(ResourceKind.CORES, 8)),
            List.of(
                    new HostReport.Vm("batch", 1, List.of(new HostReport.Share(ResourceKind.CORES, 1, 6, 6, 40))),
                    new HostReport.Vm("db", 5, List.of(new HostReport.Share(ResourceKind.CORES, 2, 2, 2, 100)))),
            List.of(new HostReport.LoanUse(LOAN, 7)));

    private Samples() {}

    static AskView ask() {
        return new AskView(
                ASK, "db", ResourceKind.CORES, 2, 5, 900_000, AskState.SCALING_DOWN, 1, 1, "batch gives up 1 core");
    }

    public static List<Command> commands() {
        return List.of(
                new Command.Describe(),
                new Command.ListSlices(Optional.empty()),
                new Command.ListSlices(Optional.of(ResourceKind.MEMORY)),
                new Command.Reserve(LEASE, LOAN, "cxl0.ld3", 900_000, 5, ForcedEndEffect.FATAL),
                new Command.Commit(LEASE, new Epoch(7)),
                new Command.Renew(LEASE, new Epoch(7), 300),
                new Command.Release(LEASE, new Epoch(7)),
                new Command.Recall(LEASE, new Epoch(7), 30_000, "the slot is to be serviced"),
                new Command.ListNodes(),
                new Command.ListLeases(),
                new Command.ReadLease(LEASE),
                new Command.Borrow(LOAN, REQUIREMENT, Command.Borrow.Mode.DRY_RUN),
                new Command.ListLoans(),
                new Command.ReadLoan(LOAN),
                new Command.RenewLoan(LOAN),
                new Command.ReleaseLoan(LOAN),
                new Command.Revoke(LEASE, 30_000, "wanted elsewhere"),
                new Command.EndQuarantine("cxl0.ld3", "reseated"),
                new Command.ReadEvents(41),
                new Command.ReadAudit(7),
                new Command.ReadCounters(),
                new Command.Reserve(
                        LEASE, LOAN, "fpga0.r1", 60_000, 7, ForcedEndEffect.TOLERATED, Optional.of("aes-gcm-v2.bit")),
                new Command.Borrow(LOAN, PARTICULAR, Command.Borrow.Mode.STANDING),
                new Command.Want(LOAN, PARTICULAR, 3),
                new Command.WithdrawWant(LOAN),
                new Command.Freed(LOAN),
                new Command.ListWants(),
                new Command.ResizeLoan(LOAN, 8L << 30),
                new Command.ReportHost(REPORT),
                new Command.ReadHost(),
                new Command.AskForVm(ASK, "db", ResourceKind.CORES, 2, 5, 900_000),
                new Command.ListAsks(),
                new Command.ReadAsk(ASK),
                new Command.ReturnAsk(ASK),
                new Command.ReadOrders(),
                new Command.OrderDone(3, OrderOutcome.FAILED, "no such process"),
                new Command.Propose(LEASE, new SliceId(NODE_B, "cxl0.ld2"), "so that another can be served"),
                new Command.ReadDemand(),
                new Command.InstallRevocations(Carried.of(new byte[] {1, 2, 3})),
                new Command.ReadRevocations(),
                new Command.ReadGroupKey(),
                new Command.ReadGroup(),
                new Command.RotateGroupKey());
    }

    public static List<Answer> answers() {
        return List.of(
                new Answer.Done(),
                new Answer.Refused(RefusalCode.BUSY, "the queue is full", 1500),
                new Answer.Description(node(NODE_B, "b"), "rackweave 0.1.0", "simulated interposer", true, 61_000, ""),
                new Answer.Slices(List.of(free(), held())),
                new Answer.Lease(lease()),
                new Answer.Leases(List.of(lease())),
                new Answer.Loan(loan()),
                new Answer.Loans(List.of(loan())),
                new Answer.Nodes(List.of(node(NODE_A, "a"), node(NODE_B, "b"))),
                new Answer.Events(
                        List.of(new EventView(
                                42, 1_793_534_400_000L, "lease.granted", LEASE.toString(), "2 GiB to a for 15 min")),
                        42),
                new Answer.Audit(
                        List.of(new AuditRow(
                                8,
                                1_793_534_400_000L,
                                "operator ada",
                                "lease.revoke",
                                LEASE.toString(),
                                "{\"grace\":30000}",
                                "00".repeat(31) + "ff")),
                        8),
                new Answer.Counters(List.of(new CounterView("unicast_bad_body", "requests that did not decode", 3))),
                new Answer.Place(new LinePlace(2, 3, 1), 30_000),
                new Answer.Wants(List.of(new WantView(LOAN, NODE_A, PARTICULAR, 3, new LinePlace(2, 3, 1), 12_000))),
                new Answer.Slices(List.of(placed())),
                new Answer.Lease(configured()),
                new Answer.Loan(waiting()),
                new Answer.HostOrders(List.of(
                        new HostOrder.SetShare(1, "batch", ResourceKind.CORES, 1),
                        new HostOrder.BringOnLine(
                                2, LOAN, LEASE, Optional.of("db"), new Attachment("execution-slot", "cpu3", 0)),
                        new HostOrder.LetGo(3, LOAN, LEASE, 30_000))),
                new Answer.VmAsk(ask()),
                new Answer.VmAsks(List.of(ask())),
                new Answer.Host(REPORT, 1_500, 1),
                new Answer.Demand(
                        NODE_A,
                        List.of(new DemandView(ResourceKind.MEMORY, 64L << 30, 4L << 30, 60L << 30, 8L << 30, 2)),
                        5,
                        3),
                new Answer.Slices(List.of(free()), List.of(new Allowance(ResourceKind.MEMORY, 1L << 30))),
                new Answer.HostOrders(List.of(new HostOrder.LetGo(4, LOAN, LEASE, 60_000, HostOrder.LetGo.Why.UNUSED))),
                new Answer.Host(
                        new HostReport(List.of(), List.of(), List.of(new HostReport.LoanUse(LOAN, 7))),
                        1_500,
                        1,
                        List.of(new UnusedView(LOAN, ResourceKind.MEMORY, 8L << 30, 7, 4L << 30))),
                new Answer.Revocations(Optional.of(Carried.of(new byte[] {1, 2, 3}))),
                new Answer.Revocations(Optional.empty()),
                new Answer.Lease(configured(Optional.of(new WipeCertificate(
                        "scrub", 64, 64, new Epoch(6), Optional.of(WipeProof.of(new byte[] {(byte) 0xd2, (byte) 0x84, 1
                        })))))),
                new Answer.GroupKeys(
                        List.of(new MadeKey(GroupKey.of(8, groupKey()), 3, NODE_A, 1_793_534_400_000L)),
                        Optional.of(Carried.of(new byte[] {1, 2, 3}))),
                new Answer.GroupKeys(List.of(), Optional.empty()),
                new Answer.Group(
                        List.of(new GroupKeyView(
                                new KeyMark(3, 8, 0x0123456789abcdefL),
                                NODE_A,
                                1_793_534_400_000L,
                                60_000,
                                GroupKeyView.Standing.IN_USE)),
                        List.of(NODE_B)));
    }

    /** The bytes 0 to 31. */
    private static byte[] groupKey() {
        byte[] key = new byte[GroupKey.KEY_BYTES];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
    }

    /** As many neighbours as asked for, with what a real one says of itself. */
    public static Answer.Nodes nodes(int count) {
        List<NodeView> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(node(new NodeId(i, 0x5eed), "node-" + i));
        }
        return new Answer.Nodes(nodes);
    }

    static NodeView node(NodeId id, String name) {
        return new NodeView(
                id,
                name,
                "alive",
                12,
                "[fe80::5054:ff:fe12:3456%eth0]:5684",
                345,
                1200,
                List.of(
                        new NodeView.Capacity(ResourceKind.MEMORY, 64L << 30, 32L << 30, 16L << 30),
                        new NodeView.Capacity(ResourceKind.CORES, 64, 0, 0)));
    }

    static SliceView free() {
        return new SliceView(
                new SliceId(NODE_B, "cxl0.ld2"),
                ResourceKind.MEMORY,
                16L << 30,
                Set.of("cxl/type3", "sanitise/device"),
                SliceState.FREE,
                Epoch.NONE,
                ForcedEndEffect.TOLERATED,
                FenceKind.HARDWARE_EPOCH,
                Optional.empty(),
                Optional.empty(),
                "");
    }

    static SliceView held() {
        return new SliceView(
                new SliceId(NODE_B, "cxl0.ld3"),
                ResourceKind.MEMORY,
                2L << 30,
                Set.of(),
                SliceState.ACTIVE,
                new Epoch(7),
                ForcedEndEffect.FATAL,
                FenceKind.ROUTE_READBACK,
                Optional.of(NODE_A),
                Optional.of(LEASE),
                "granted");
    }

    static SliceView placed() {
        return new SliceView(
                new SliceId(NODE_B, "fpga0.r1"),
                ResourceKind.ACCELERATOR,
                1,
                Set.of("crypto/aes-gcm"),
                SliceState.ACTIVE,
                new Epoch(7),
                ForcedEndEffect.TOLERATED,
                FenceKind.ROUTE_READBACK,
                Optional.of(NODE_A),
                Optional.of(LEASE),
                "",
                new SlicePlace("pool-7", "fpga0", LatencyClass.SWITCH),
                Set.of("aes-gcm-v2.bit", "sha3.bit"),
                OptionalInt.of(4));
    }

    static LeaseView configured() {
        return configured(Optional.empty());
    }

    private static LeaseView configured(Optional<WipeCertificate> wipe) {
        return new LeaseView(
                LEASE,
                LOAN,
                new SliceId(NODE_B, "fpga0.r1"),
                NODE_A,
                SliceState.CONFIGURING,
                new Epoch(7),
                ResourceKind.ACCELERATOR,
                1,
                7,
                60_000,
                60_000,
                ForcedEndEffect.TOLERATED,
                FenceKind.ROUTE_READBACK,
                Optional.empty(),
                wipe,
                "",
                Optional.of("aes-gcm-v2.bit"));
    }

    static LoanView waiting() {
        return new LoanView(
                LOAN, PARTICULAR, LoanState.WAITING, List.of(), "waits at b", Optional.of(new LinePlace(2, 3, 1)));
    }

    static LeaseView lease() {
        return new LeaseView(
                LEASE,
                LOAN,
                new SliceId(NODE_B, "cxl0.ld3"),
                NODE_A,
                SliceState.ACTIVE,
                new Epoch(7),
                ResourceKind.MEMORY,
                2L << 30,
                5,
                900_000,
                -25,
                ForcedEndEffect.FATAL,
                FenceKind.ROUTE_READBACK,
                Optional.of(new Attachment("file-window", "/run/rack/b/ld3", 2L << 30)),
                Optional.of(new WipeCertificate("owner, zero and read back", 2L << 30, 1L << 20, new Epoch(6))),
                "granted");
    }

    static LoanView loan() {
        return new LoanView(LOAN, REQUIREMENT, LoanState.ACTIVE, List.of(lease()), "b alone can do all of it");
    }
}
