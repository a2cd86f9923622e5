package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** One borrower whose lenders have slices of one size, one unit if nothing else is said, and say only what a test lets them say. */
final class OneBorrower {
    static final LoanPolicy POLICY = new LoanPolicy(1, 500, 200, 1_000);
    static final NodeId SELF = new NodeId(9, 9);
    static final NodeId LENDER = new NodeId(1, 1);
    static final NodeId OTHER = new NodeId(1, 2);
    static final Principal AGENT = new Principal("me", SELF, Role.NODE, Optional.empty());
    static final LoanId LOAN = new LoanId(3, 3);
    static final long TERM = 6_000;
    static final Epoch EPOCH = new Epoch(4);
    private static final int SLICES = 4;
    private static final long LONG_MILLIS = 36_000_000;

    /** The effects of the newest step. */
    final List<Effect> effects = new ArrayList<>();
    /** What lenders have been asked and have not answered yet. */
    final List<Effect.Ask> asked = new ArrayList<>();
    /** What clients were answered, by token. */
    final Map<Long, List<Answer>> answers = new HashMap<>();

    final Map<LoanId, LoanRow> disk = new LinkedHashMap<>();
    private final Map<LeaseId, SliceId> slices = new HashMap<>();
    private final Map<LeaseId, LoanId> loans = new HashMap<>();
    ForcedEndEffect forcedEnd = ForcedEndEffect.TOLERATED;
    Command.Borrow.Mode mode = Command.Borrow.Mode.APPLY;
    long size = 1;
    long now = 1_000_000;
    LoanCore core;
    private long drawn;
    private long tokens;
    private int steps;

    OneBorrower() {
        core = core(1);
    }

    private LoanCore core(long bootEpoch) {
        return new LoanCore(SELF, POLICY, () -> new LeaseId(7, ++drawn), bootEpoch, disk.values());
    }

    // ---- what is asked of it ---------------------------------------------------------------------------------------

    static Requirement wish(long amount) {
        return new Requirement(
                ResourceKind.MEMORY, amount, Optional.empty(), TERM, 0, ForcedEndEffect.FATAL, Optional.empty(), 8);
    }

    long borrow(LoanId loan, long amount, NodeId... lenders) {
        return ask(new Command.Borrow(loan, wish(amount), mode), lenders);
    }

    long ask(Command command, NodeId... lenders) {
        return askAs(AGENT, command, lenders);
    }

    long askAs(Principal who, Command command, NodeId... lenders) {
        long token = ++tokens;
        step(new LoanEvent.Asked(who, command, List.of(lenders), token));
        return token;
    }

    static Principal owner(NodeId id) {
        return new Principal("owner", id, Role.NODE, Optional.empty());
    }

    Answer answer(long token) {
        List<Answer> all = answers.getOrDefault(token, List.of());
        assertThat(all).as("answers to " + token).hasSize(1);
        return all.get(0);
    }

    boolean isAnswered(long token) {
        return answers.containsKey(token);
    }

    Answer.Refused refused(long token) {
        assertThat(answer(token)).isInstanceOf(Answer.Refused.class);
        return (Answer.Refused) answer(token);
    }

    LoanState told(long token) {
        assertThat(answer(token)).isInstanceOf(Answer.Loan.class);
        return ((Answer.Loan) answer(token)).loan().state();
    }

    // ---- what lenders say ------------------------------------------------------------------------------------------

    /** All that is asked is answered as a lender does that grants everything, until nothing is asked any more. */
    void grantAll() {
        while (!asked.isEmpty()) {
            grantOnce();
        }
    }

    void grantOnce() {
        take().forEach(ask -> say(ask, granting(ask)));
    }

    /** Lenders say yes until this borrower has asked them for commits. */
    void reserveAll() {
        grantOnce();
        reserveJoining();
    }

    /** Lenders say yes to what is to join an active loan, until this borrower has asked them for commits. */
    void reserveJoining() {
        grantOnce();
        assertThat(asked).isNotEmpty().allMatch(ask -> ask.command() instanceof Command.Commit);
    }

    void refuseAll(RefusalCode code) {
        take().forEach(ask -> say(ask, Answer.Refused.of(code, "the test says so")));
    }

    void say(Effect.Ask ask, Answer answer) {
        step(new LoanEvent.Answered(ask.exchange(), answer));
    }

    List<Effect.Ask> take() {
        List<Effect.Ask> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    Answer granting(Effect.Ask ask) {
        Command command = ask.command();
        if (command instanceof Command.ListSlices) {
            return new Answer.Slices(IntStream.range(0, SLICES)
                    .mapToObj(i -> slice(new SliceId(ask.to(), "mem" + i)))
                    .toList());
        } else if (command instanceof Command.Reserve reserve) {
            return lease(reserve.lease(), SliceState.RESERVED);
        } else if (command instanceof Command.Commit commit) {
            return lease(commit.lease(), SliceState.ACTIVE);
        } else if (command instanceof Command.Renew renew) {
            return lease(renew.lease(), SliceState.ACTIVE);
        }
        return new Answer.Done();
    }

    SliceView slice(SliceId id) {
        return new SliceView(
                id,
                ResourceKind.MEMORY,
                size,
                Set.of(),
                SliceState.FREE,
                Epoch.NONE,
                forcedEnd,
                FenceKind.HARDWARE_EPOCH,
                Optional.empty(),
                Optional.empty(),
                "");
    }

    Answer lease(LeaseId lease, SliceState state) {
        return new Answer.Lease(new LeaseView(
                lease,
                loans.getOrDefault(lease, LOAN),
                slices.getOrDefault(lease, new SliceId(LENDER, "mem0")),
                SELF,
                state,
                EPOCH,
                ResourceKind.MEMORY,
                size,
                0,
                TERM,
                TERM,
                forcedEnd,
                FenceKind.HARDWARE_EPOCH,
                Optional.empty(),
                Optional.empty(),
                ""));
    }

    // ---- what happens ----------------------------------------------------------------------------------------------

    /** A loan of so much is active, and its whole terms have begun just now. */
    void active(LoanId loan, long amount, NodeId... lenders) {
        borrow(loan, amount, lenders);
        grantAll();
        assertThat(state(loan)).isEqualTo(LoanState.ACTIVE);
    }

    void tickAt(long millis) {
        now = millis;
        step(new LoanEvent.Tick());
    }

    void restart(LeaseEvent.Boot boot) {
        asked.clear();
        core = core(2);
        step(new LoanEvent.Started(boot));
    }

    void step(LoanEvent event) {
        leaveNoTrace();
        effects.clear();
        effects.addAll(core.step(event, now));
        for (Effect effect : effects) {
            if (effect instanceof Effect.Ask ask) {
                asked.add(ask);
                if (ask.command() instanceof Command.Reserve reserve) {
                    slices.put(reserve.lease(), new SliceId(ask.to(), reserve.sliceKey()));
                    loans.put(reserve.lease(), reserve.loan());
                }
            } else if (effect instanceof Effect.Reply reply) {
                answers.computeIfAbsent(reply.token(), token -> new ArrayList<>())
                        .add(reply.answer());
            } else if (effect instanceof Effect.SaveLoan save) {
                disk.put(save.row().id(), save.row());
            } else if (effect instanceof Effect.ForgetLoan forget) {
                disk.remove(forget.loan());
            }
        }
    }

    /** A step that the ledger refuses, another one each time: whatever a test does goes on as if it had not been. */
    private void leaveNoTrace() {
        long drawnBefore = drawn;
        List<LoanEvent> refused = new ArrayList<>(List.of(
                new LoanEvent.Asked(
                        AGENT,
                        new Command.Borrow(new LoanId(99, 99), wish(2), Command.Borrow.Mode.STANDING),
                        List.of(LENDER),
                        Long.MAX_VALUE),
                new LoanEvent.Asked(AGENT, new Command.ResizeLoan(LOAN, 2), List.of(OTHER), Long.MAX_VALUE)));
        disk.keySet()
                .forEach(loan -> refused.add(
                        new LoanEvent.Asked(AGENT, new Command.ReleaseLoan(loan), List.of(), Long.MAX_VALUE)));
        asked.forEach(ask -> refused.add(
                new LoanEvent.Answered(ask.exchange(), Answer.Refused.of(RefusalCode.DENIED, "the test says so"))));
        asked.forEach(ask -> refused.add(new LoanEvent.Answered(ask.exchange(), granting(ask))));
        LoanEvent event = refused.get(steps++ % refused.size());
        LoanCore.Mark before = core.mark();
        core.step(event, now);
        core.step(new LoanEvent.Tick(), now + LONG_MILLIS);
        core.back(before);
        drawn = drawnBefore;
    }

    // ---- what is to be seen ----------------------------------------------------------------------------------------

    LoanView shown(LoanId loan) {
        return core.loan(loan, now).orElseThrow();
    }

    LoanState state(LoanId loan) {
        return shown(loan).state();
    }

    List<LeaseId> leases(LoanId loan) {
        return shown(loan).leases().stream().map(LeaseView::id).toList();
    }

    <T extends Command> List<T> asked(Class<T> kind) {
        return asked.stream()
                .map(Effect.Ask::command)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    <T> List<T> all(Class<T> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** What the audit trail keeps of the newest step: who, what, of what. */
    List<String> audited() {
        return all(Effect.Audit.class).stream()
                .map(audit -> audit.actor() + ": " + audit.action() + " " + audit.subject())
                .toList();
    }

    /** What people and observers hear of the newest step. */
    List<String> said() {
        return all(Effect.Tell.class).stream().map(Effect.Tell::kind).toList();
    }
}
