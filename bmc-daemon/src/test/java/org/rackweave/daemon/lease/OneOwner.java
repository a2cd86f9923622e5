package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;

/** One owner with one slice in a state that a test chooses, and all that it wanted done in its newest step. */
final class OneOwner {
    static final NodeId OWNER = new NodeId(9, 9);
    static final LeasePolicy POLICY = new LeasePolicy(1_000, 60_000, 2_000, 1_500, 1, 9, 1, 30_000);
    static final String KEY = "mem0";
    static final long AMOUNT = 8;
    static final Epoch EPOCH = new Epoch(4);
    static final Principal A = new Principal("a", new NodeId(1, 1), Role.NODE, Optional.empty());
    static final Principal B = new Principal("b", new NodeId(2, 2), Role.NODE, Optional.empty());
    static final Principal OPERATOR = new Principal("op", new NodeId(3, 3), Role.OPERATOR, Optional.empty());
    static final LeaseId LEASE = new LeaseId(5, 5);
    static final LeaseId OTHER_LEASE = new LeaseId(6, 6);
    static final LoanId LOAN = new LoanId(1, 1);
    static final long TERM = 10_000;

    final List<Effect> effects = new ArrayList<>();
    long now = 1_000_000;
    private final LeaseCore core;
    private SliceRow row;
    private long tokens;

    OneOwner(SliceRow stored) {
        row = stored;
        core = new LeaseCore(OWNER, POLICY, List.of(stored));
    }

    OneOwner(SliceState state) {
        this(row(state));
    }

    /** What a restart makes of a stored row. */
    static OneOwner restarted(SliceRow stored, RouteReading route, LeaseEvent.Boot boot) {
        OneOwner owner = new OneOwner(stored);
        owner.step(new LeaseEvent.Started(boot, List.of(stored.facts()), Map.of(stored.key(), route)));
        return owner;
    }

    // ---- what there is ---------------------------------------------------------------------------------------------

    static SliceFacts facts(ForcedEndEffect forcedEnd, FenceKind fence) {
        return new SliceFacts(KEY, ResourceKind.MEMORY, AMOUNT, Set.of(), forcedEnd, fence);
    }

    /** Held by the first borrower where its state has a holder, with its whole term still to come. */
    static SliceRow row(SliceState state) {
        return row(state, End.NOT_ENDING, ForcedEndEffect.TOLERATED);
    }

    static SliceRow row(SliceState state, End end, ForcedEndEffect forcedEnd) {
        Holding holding = new Holding(
                LEASE,
                LOAN,
                A.id(),
                "port-a",
                3,
                Optional.empty(),
                new Term(TERM, 1_000_000 + TERM, 0, end, 0),
                Optional.empty());
        return new SliceRow(
                facts(forcedEnd, FenceKind.HARDWARE_EPOCH),
                state,
                EPOCH,
                state == SliceState.FREE ? Optional.empty() : Optional.of(holding),
                Optional.of(new WipeCertificate("test", AMOUNT, AMOUNT, new Epoch(3))),
                state == SliceState.FREE ? "" : "it was so");
    }

    static Command.Reserve reserve(LeaseId lease) {
        return new Command.Reserve(lease, LOAN, KEY, TERM, 3, ForcedEndEffect.FATAL);
    }

    // ---- what happens ----------------------------------------------------------------------------------------------

    /** The only answer to it; fails when there is none, or more than one. */
    Answer ask(Principal who, Command command) {
        long token = send(who, command);
        List<Effect.Reply> replies = all(Effect.Reply.class);
        assertThat(replies).as("answers to " + command).hasSize(1);
        assertThat(replies.get(0).token()).isEqualTo(token);
        return replies.get(0).answer();
    }

    Answer.Refused refused(Principal who, Command command) {
        Answer answer = ask(who, command);
        assertThat(answer).as(row.state() + ": " + command).isInstanceOf(Answer.Refused.class);
        assertThat(all(Effect.SaveSlice.class))
                .as("what is refused changes nothing")
                .isEmpty();
        assertThat(all(Effect.Drive.class)).isEmpty();
        assertThat(all(Effect.Audit.class)).isEmpty();
        return (Answer.Refused) answer;
    }

    RefusalCode code(Principal who, Command command) {
        return refused(who, command).code();
    }

    long send(Principal who, Command command) {
        long token = ++tokens;
        step(new LeaseEvent.Asked(who, "port-" + who.name(), command, token));
        return token;
    }

    /** The hardware has done what it was told last, with this result. */
    void done(HardwareResult result) {
        Effect.Drive drive = only(Effect.Drive.class);
        step(new LeaseEvent.HardwareDone(drive.sliceKey(), drive.epoch(), drive.order(), result));
    }

    void tickAt(long millis) {
        now = millis;
        step(new LeaseEvent.Tick());
    }

    void step(LeaseEvent event) {
        effects.clear();
        effects.addAll(core.step(event, now));
        all(Effect.SaveSlice.class).forEach(save -> row = save.row());
    }

    // ---- what is to be seen ----------------------------------------------------------------------------------------

    LeaseCore core() {
        return core;
    }

    SliceRow row() {
        return row;
    }

    SliceState state() {
        return row.state();
    }

    Holding holding() {
        return row.holding().orElseThrow();
    }

    <T> List<T> all(Class<T> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T> T only(Class<T> kind) {
        List<T> found = all(kind);
        assertThat(found).as(kind.getSimpleName() + " in " + effects).hasSize(1);
        return found.get(0);
    }

    HardwareOrder ordered() {
        Effect.Drive drive = only(Effect.Drive.class);
        assertThat(drive.sliceKey()).isEqualTo(KEY);
        assertThat(drive.epoch()).isEqualTo(row.epoch());
        return drive.order();
    }

    /** What the audit trail keeps of the newest step: who, what, of what. */
    List<String> audited() {
        return all(Effect.Audit.class).stream()
                .map(audit -> audit.actor() + ": " + audit.action() + " " + audit.subject())
                .toList();
    }
}
