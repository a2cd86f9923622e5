package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;

/**
 * A world as a value.
 *
 * @param disk the owner's ledger
 * @param memory what the owner's process knows beside it; empty while none runs
 * @param hardware the slice in truth
 * @param order what its worker is at
 * @param late what a dead process had ordered, and the hardware has not done yet
 * @param a the one borrower's belief
 * @param b the other's
 * @param nowMillis by everybody's clock
 * @param bootMillis when the owner's card was booted, by that clock
 * @param told the highest epoch that anybody was told
 */
record SmallWorld(
        SliceRow disk,
        Optional<Memory> memory,
        Hardware hardware,
        Optional<Effect.Drive> order,
        Optional<Effect.Drive> late,
        Belief a,
        Belief b,
        long nowMillis,
        long bootMillis,
        long told) {
    private static final LeasePolicy POLICY = new LeasePolicy(1_000, 60_000, 2_000, 1_500, 1, 9, 1, 30_000);
    private static final LoanPolicy BORROWING = new LoanPolicy(1, 500, 200, 1_000);
    private static final String KEY = "mem0";
    private static final long STEP_MILLIS = 1_700;
    private static final Principal A = new Principal("a", new NodeId(1, 1), Role.NODE, Optional.empty());
    private static final Principal B = new Principal("b", new NodeId(2, 2), Role.NODE, Optional.empty());
    private static final Principal OPERATOR = new Principal("op", new NodeId(3, 3), Role.OPERATOR, Optional.empty());

    /** What may happen next. */
    enum Event {
        A_RESERVES,
        B_RESERVES,
        A_COMMITS,
        B_COMMITS,
        A_RENEWS,
        B_RENEWS,
        A_RELEASES,
        B_RELEASES,
        OPERATOR_REVOKES,
        OPERATOR_ENDS_QUARANTINE,
        TIME_PASSES,
        HARDWARE_DOES,
        HARDWARE_REFUSES,
        HARDWARE_DOES_AND_DOES_NOT_SAY,
        HARDWARE_DOES_NOTHING_AND_DOES_NOT_SAY,
        PROCESS_STARTS,
        CARD_REBOOTS_AND_PROCESS_STARTS,
        PROCESS_IS_KILLED,
        LATE_ORDER_LANDS;

        /** Whether the owner takes a step for it, at whose boundaries it may die. */
        boolean isStep() {
            return this != PROCESS_IS_KILLED && this != LATE_ORDER_LANDS;
        }
    }

    /** Where the owner's process dies in a step, or what else is lost of it. */
    enum Death {
        NONE,
        ANSWER_LOST,
        BEFORE_PERSIST,
        BEFORE_HARDWARE,
        BEFORE_SEND
    }

    /** Two are the same when what they make the owner do is. */
    static final class Memory {
        private final LeaseCore.Mark mark;
        private final List<Object> known = new ArrayList<>();

        Memory(LeaseCore.Mark mark) {
            this.mark = mark;
            known.add(mark.round());
            known.add(mark.state().rows().values());
            mark.state().waiting().forEach((lease, tokens) -> known.add(Map.entry(lease, tokens)));
            mark.state()
                    .orders()
                    .forEach((key, pending) -> known.add(new LeaseBook.Pending(
                            pending.order(),
                            pending.epoch(),
                            Math.max(pending.sinceMillis(), mark.state().returnedMillis()))));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Memory memory && known.equals(memory.known);
        }

        @Override
        public int hashCode() {
            return known.hashCode();
        }
    }

    record Hardware(String boundTo, long boundEpoch, long fencedEpoch, String writtenBy) {}

    /**
     * What a borrower goes by.
     *
     * @param epoch of its reservation or grant, 0 for none
     * @param sentMillis when it sent the request that it waits for
     * @param untilMillis until when it may use the slice, 0 when it was not granted
     */
    record Belief(long epoch, long sentMillis, long untilMillis) {
        static final Belief NONE = new Belief(0, 0, 0);

        boolean isGranted() {
            return untilMillis > 0;
        }
    }

    static SmallWorld free(ForcedEndEffect forcedEnd) {
        SliceFacts facts = new SliceFacts(KEY, ResourceKind.MEMORY, 1, Set.of(), forcedEnd, FenceKind.HARDWARE_EPOCH);
        SliceRow row = new SliceRow(
                facts,
                SliceState.FREE,
                new Epoch(4),
                Optional.empty(),
                Optional.of(new WipeCertificate("test", 1, 1, new Epoch(4))),
                "");
        Hardware hardware = new Hardware("", 4, 4, "");
        SmallWorld down = new SmallWorld(
                row,
                Optional.empty(),
                hardware,
                Optional.empty(),
                Optional.empty(),
                Belief.NONE,
                Belief.NONE,
                1_000_000,
                0,
                4);
        return down.happens(Event.PROCESS_STARTS, Death.NONE);
    }

    boolean allows(Event event) {
        boolean isUp = memory.isPresent();
        return switch (event) {
            case A_RESERVES -> isUp && a.epoch() == 0;
            case B_RESERVES -> isUp && b.epoch() == 0;
            case A_COMMITS -> isUp && a.epoch() > 0 && !a.isGranted();
            case B_COMMITS -> isUp && b.epoch() > 0 && !b.isGranted();
            case A_RENEWS -> isUp && a.isGranted();
            case B_RENEWS -> isUp && b.isGranted();
            case A_RELEASES -> isUp && a.epoch() > 0;
            case B_RELEASES -> isUp && b.epoch() > 0;
            case OPERATOR_REVOKES -> isUp && disk.holding().isPresent();
            case OPERATOR_ENDS_QUARANTINE -> isUp;
            case TIME_PASSES -> true;
            case HARDWARE_DOES,
                    HARDWARE_REFUSES,
                    HARDWARE_DOES_AND_DOES_NOT_SAY,
                    HARDWARE_DOES_NOTHING_AND_DOES_NOT_SAY -> isUp && order.isPresent();
            case PROCESS_STARTS, CARD_REBOOTS_AND_PROCESS_STARTS -> !isUp;
            case PROCESS_IS_KILLED -> isUp;
            case LATE_ORDER_LANDS -> late.isPresent();
        };
    }

    SmallWorld happens(Event event, Death death) {
        return switch (event) {
            case A_RESERVES -> sent(A, a).asked(A, reserve(A), death);
            case B_RESERVES -> sent(B, b).asked(B, reserve(B), death);
            case A_COMMITS -> sent(A, a).asked(A, new Command.Commit(lease(A), new Epoch(a.epoch())), death);
            case B_COMMITS -> sent(B, b).asked(B, new Command.Commit(lease(B), new Epoch(b.epoch())), death);
            case A_RENEWS -> sent(A, a).asked(A, renewal(A, a), death);
            case B_RENEWS -> sent(B, b).asked(B, renewal(B, b), death);
            // Whoever releases has let go before.
            case A_RELEASES ->
                believing(A, Belief.NONE).asked(A, new Command.Release(lease(A), new Epoch(a.epoch())), death);
            case B_RELEASES ->
                believing(B, Belief.NONE).asked(B, new Command.Release(lease(B), new Epoch(b.epoch())), death);
            case OPERATOR_REVOKES ->
                forced().asked(
                                OPERATOR,
                                new Command.Revoke(disk.holding().orElseThrow().lease(), 500, "test"),
                                death);
            case OPERATOR_ENDS_QUARANTINE ->
                (sore() ? forced() : this).asked(OPERATOR, new Command.EndQuarantine(KEY, "test"), death);
            case TIME_PASSES -> {
                SmallWorld later = at(nowMillis + STEP_MILLIS);
                yield later.memory.isPresent() ? later.stepped(new LeaseEvent.Tick(), death) : later;
            }
            case HARDWARE_DOES -> applied(order.orElseThrow()).returned(true, Optional.empty(), death);
            case HARDWARE_REFUSES -> returned(false, Optional.of(new HardwareResult.Refused("told to")), death);
            case HARDWARE_DOES_AND_DOES_NOT_SAY ->
                applied(order.orElseThrow()).returned(true, Optional.of(new HardwareResult.Unknown("told to")), death);
            case HARDWARE_DOES_NOTHING_AND_DOES_NOT_SAY ->
                returned(false, Optional.of(new HardwareResult.Unknown("told to")), death);
            case PROCESS_STARTS -> started(LeaseEvent.Boot.SAME, death);
            case CARD_REBOOTS_AND_PROCESS_STARTS -> rebooted().started(LeaseEvent.Boot.NEW, death);
            case PROCESS_IS_KILLED -> killed();
            case LATE_ORDER_LANDS -> applied(late.orElseThrow()).withLate(Optional.empty());
        };
    }

    private boolean sore() {
        return disk.state() == SliceState.QUARANTINED || disk.state() == SliceState.OVERDUE;
    }

    // ---- the owner -------------------------------------------------------------------------------------------------

    private SmallWorld asked(Principal peer, Command command, Death death) {
        return stepped(
                new LeaseEvent.Asked(peer, peer.name(), command, peer.id().high()), death);
    }

    private SmallWorld started(LeaseEvent.Boot boot, Death death) {
        return stepped(new LeaseEvent.Started(boot, List.of(disk.facts()), Map.of(KEY, reading())), death);
    }

    private SmallWorld rebooted() {
        SmallWorld reboots = new SmallWorld(disk, memory, hardware, order, late, a, b, nowMillis, nowMillis - 5, told);
        boolean isSpent = disk.holding()
                .filter(h -> h.rebootGraces() >= POLICY.rebootGraces())
                .isPresent();
        // Nobody knows how long it was down: what is revoked, or had its graces, ends.
        return isSpent || disk.state() == SliceState.RECLAIMING ? reboots.forced() : reboots;
    }

    private SmallWorld returned(boolean isDone, Optional<HardwareResult> other, Death death) {
        Effect.Drive drive = order.orElseThrow();
        HardwareResult result = other.orElseGet(() -> truth(drive));
        SmallWorld idle =
                new SmallWorld(disk, memory, hardware, Optional.empty(), late, a, b, nowMillis, bootMillis, told);
        return idle.stepped(new LeaseEvent.HardwareDone(KEY, drive.epoch(), drive.order(), result), death);
    }

    private SmallWorld stepped(LeaseEvent event, Death death) {
        LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(disk));
        memory.ifPresent(known -> core.back(known.mark));
        List<Effect> effects = core.step(event, nowMillis - bootMillis);
        if (death == Death.BEFORE_PERSIST) {
            return killed();
        }
        LeaseCore.Mark mark = core.mark();
        SmallWorld after = new SmallWorld(
                disk, Optional.of(new Memory(mark)), hardware, order, late, a, b, nowMillis, bootMillis, told);
        for (Effect effect : effects) {
            after = effect instanceof Effect.SaveSlice save ? after.written(save.row()) : after;
        }
        if (death == Death.BEFORE_HARDWARE) {
            return after.killed();
        }
        for (Effect effect : effects) {
            after = effect instanceof Effect.Drive drive ? after.driven(drive) : after;
        }
        if (death == Death.BEFORE_SEND) {
            return after.killed();
        }
        for (Effect effect : effects) {
            if (effect instanceof Effect.Reply reply && death == Death.NONE) {
                after = after.answered(reply);
            }
        }
        return after;
    }

    private SmallWorld killed() {
        Optional<Effect.Drive> orphan = order.filter(drive -> !(drive.order() instanceof HardwareOrder.ReadRoute))
                .or(() -> late);
        return new SmallWorld(
                disk, Optional.empty(), hardware, Optional.empty(), orphan, a, b, nowMillis, bootMillis, told);
    }

    private SmallWorld written(SliceRow row) {
        require(row.epoch().compareTo(disk.epoch()) >= 0, "epochs do not go back");
        return new SmallWorld(row, memory, hardware, order, late, a, b, nowMillis, bootMillis, told);
    }

    private SmallWorld driven(Effect.Drive drive) {
        return new SmallWorld(disk, memory, hardware, Optional.of(drive), late, a, b, nowMillis, bootMillis, told);
    }

    private SmallWorld withLate(Optional<Effect.Drive> left) {
        return new SmallWorld(disk, memory, hardware, order, left, a, b, nowMillis, bootMillis, told);
    }

    private SmallWorld at(long millis) {
        return new SmallWorld(disk, memory, hardware, order, late, a, b, millis, bootMillis, told);
    }

    // ---- the borrowers ---------------------------------------------------------------------------------------------

    private SmallWorld believing(Principal who, Belief belief) {
        return new SmallWorld(
                disk,
                memory,
                hardware,
                order,
                late,
                who.equals(A) ? belief : a,
                who.equals(B) ? belief : b,
                nowMillis,
                bootMillis,
                told);
    }

    private SmallWorld sent(Principal who, Belief before) {
        return believing(who, new Belief(before.epoch(), nowMillis, before.untilMillis()));
    }

    /** By the word of people, or after a reboot too many: whoever holds it is not asked. */
    private SmallWorld forced() {
        return believing(A, Belief.NONE).believing(B, Belief.NONE);
    }

    private SmallWorld answered(Effect.Reply reply) {
        Principal to = reply.token() == A.id().high() ? A : B;
        Belief before = to.equals(A) ? a : b;
        if (reply.token() == OPERATOR.id().high()) {
            return this;
        }
        if (reply.answer() instanceof Answer.Lease answer) {
            LeaseView view = answer.lease();
            require(view.epoch().compareTo(disk.epoch()) <= 0, "what is told is written");
            long until = view.state() == SliceState.ACTIVE
                    ? Math.max(
                            before.untilMillis(),
                            BORROWING.borrowerDeadline(before.sentMillis(), view.remainingMillis()))
                    : before.untilMillis();
            SmallWorld knows = believing(to, new Belief(view.epoch().value(), before.sentMillis(), until));
            return new SmallWorld(
                    disk,
                    memory,
                    hardware,
                    order,
                    late,
                    knows.a,
                    knows.b,
                    nowMillis,
                    bootMillis,
                    Math.max(told, view.epoch().value()));
        }
        boolean isOver = reply.answer() instanceof Answer.Refused no && no.code() != RefusalCode.BUSY;
        return isOver ? believing(to, Belief.NONE) : this;
    }

    private static Command renewal(Principal who, Belief belief) {
        return new Command.Renew(lease(who), new Epoch(belief.epoch()), belief.sentMillis() + 1);
    }

    private static Command reserve(Principal who) {
        return new Command.Reserve(lease(who), new LoanId(1, 1), KEY, 3_000, 0, ForcedEndEffect.FATAL);
    }

    private static LeaseId lease(Principal who) {
        return new LeaseId(who.id().high(), 0);
    }

    // ---- the hardware ----------------------------------------------------------------------------------------------

    private RouteReading reading() {
        return hardware.boundTo().isEmpty()
                ? new RouteReading.Unbound(new Epoch(hardware.fencedEpoch()))
                : new RouteReading.Bound(hardware.boundTo(), new Epoch(hardware.boundEpoch()));
    }

    private HardwareResult truth(Effect.Drive drive) {
        if (drive.order() instanceof HardwareOrder.Bind bind) {
            return hardware.boundTo().equals(bind.hostPort())
                            && hardware.boundEpoch() == drive.epoch().value()
                    ? new HardwareResult.Attached(new Attachment("file-window", "/x", 1))
                    : new HardwareResult.Refused("fenced");
        } else if (drive.order() instanceof HardwareOrder.Unbind) {
            return hardware.boundTo().isEmpty()
                    ? new HardwareResult.Detached()
                    : new HardwareResult.Refused("bound with a newer epoch");
        } else if (drive.order() instanceof HardwareOrder.Sanitise) {
            return hardware.writtenBy().isEmpty()
                    ? new HardwareResult.Wiped("test", 1, 1)
                    : new HardwareResult.Refused("bound");
        }
        return new HardwareResult.Read(reading());
    }

    private SmallWorld applied(Effect.Drive drive) {
        long epoch = drive.epoch().value();
        Hardware next = hardware;
        if (drive.order() instanceof HardwareOrder.Bind bind) {
            boolean isFenced =
                    epoch <= hardware.fencedEpoch() || !hardware.boundTo().isEmpty();
            if (!isFenced) {
                require(hardware.writtenBy().isEmpty(), "nothing is bound unwiped");
                next = new Hardware(bind.hostPort(), epoch, hardware.fencedEpoch(), bind.hostPort());
            }
        } else if (drive.order() instanceof HardwareOrder.Unbind) {
            boolean isOld = !hardware.boundTo().isEmpty() && epoch < hardware.boundEpoch();
            if (!isOld) {
                requireLetGo();
                next = new Hardware(
                        "", hardware.boundEpoch(), Math.max(hardware.fencedEpoch(), epoch), hardware.writtenBy());
            }
        } else if (drive.order() instanceof HardwareOrder.Sanitise
                && hardware.boundTo().isEmpty()) {
            next = new Hardware("", hardware.boundEpoch(), hardware.fencedEpoch(), "");
        }
        return new SmallWorld(disk, memory, next, order, late, a, b, nowMillis, bootMillis, told);
    }

    /** What would kill its host is pulled only after that has let go. */
    private void requireLetGo() {
        if (disk.facts().forcedEnd() == ForcedEndEffect.FATAL) {
            require(!uses("a", a) && !uses("b", b), "nothing is pulled that would kill its host");
        }
    }

    private boolean uses(String host, Belief belief) {
        return belief.isGranted() && hardware.boundTo().equals(host) && hardware.boundEpoch() == belief.epoch();
    }

    // ---- what always holds -----------------------------------------------------------------------------------------

    void invariants() {
        boolean isBound = !hardware.boundTo().isEmpty();
        boolean isGranted = hardware.boundEpoch() == disk.epoch().value()
                && disk.holding()
                        .filter(h -> h.hostPort().equals(hardware.boundTo()))
                        .isPresent();
        require(disk.epoch().value() >= told, "what was told is written");
        switch (disk.state()) {
            case FREE, RESERVED ->
                require(!isBound && hardware.writtenBy().isEmpty(), "what is free or reserved is unbound and wiped");
            case ACTIVE, OVERDUE ->
                require(isBound && isGranted, "what is granted is bound, to its holder, with its epoch");
            case CONFIGURING, RECLAIMING, FENCING ->
                require(!isBound || isGranted, "what is bound is its holder's, with its epoch");
            case SANITISING -> require(!isBound, "what is wiped is unbound");
            case QUARANTINED -> {}
        }
        boolean needsHolder =
                switch (disk.state()) {
                    case RESERVED, CONFIGURING, ACTIVE, OVERDUE, RECLAIMING -> true;
                    case FREE, FENCING, SANITISING, QUARANTINED -> false;
                };
        require(!needsHolder || disk.holding().isPresent(), "a loan has a holder");
        require(!isHeld(a) || uses("a", a), "as long as a believes to hold it, it is bound to a");
        require(!isHeld(b) || uses("b", b), "as long as b believes to hold it, it is bound to b");
    }

    private boolean isHeld(Belief belief) {
        return belief.isGranted() && nowMillis < belief.untilMillis();
    }

    private void require(boolean holds, String invariant) {
        if (!holds) {
            throw new AssertionError("not so: " + invariant + ": " + this);
        }
    }
}
