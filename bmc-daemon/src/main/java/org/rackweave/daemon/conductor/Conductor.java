package org.rackweave.daemon.conductor;

import static org.rackweave.protocol.message.SliceState.ACTIVE;
import static org.rackweave.protocol.message.SliceState.CONFIGURING;
import static org.rackweave.protocol.message.SliceState.FREE;
import static org.rackweave.protocol.message.SliceState.RECLAIMING;
import static org.rackweave.protocol.message.SliceState.RESERVED;
import static org.rackweave.protocol.message.SliceState.SANITISING;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.WipeStatement;
import org.rackweave.daemon.DaemonCounter;
import org.rackweave.daemon.Detail;
import org.rackweave.daemon.Limits;
import org.rackweave.daemon.Printable;
import org.rackweave.daemon.broker.BrokerCore;
import org.rackweave.daemon.broker.BrokerEvent;
import org.rackweave.daemon.coordinator.CoordinatorCore;
import org.rackweave.daemon.coordinator.CoordinatorEffect;
import org.rackweave.daemon.coordinator.CoordinatorEvent;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LoanCore;
import org.rackweave.daemon.lease.LoanEvent;
import org.rackweave.daemon.ledger.Journal;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.protocol.group.GroupEvent;
import org.rackweave.protocol.membership.Membership;
import org.rackweave.protocol.membership.MembershipEffect;
import org.rackweave.protocol.membership.MembershipEvent;
import org.rackweave.protocol.membership.Neighbour;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Carried;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CounterView;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.WipeProof;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Keyring;
import org.rackweave.protocol.multicast.Mark;
import org.rackweave.protocol.multicast.NeighbourMessage;
import org.rackweave.protocol.multicast.NodeFlag;
import org.rackweave.protocol.multicast.Offering;
import org.tinylog.Logger;

/**
 * Steps the cores with batches of work, and carries out what they want. It has no thread of its own: the daemon gives it one
 * ({@link ConductorThread}), a simulated rack calls it.
 */
public final class Conductor {
    private static final String TAKE_REVOCATIONS = "revocations.take";
    private static final String ROTATE_GROUP = "group.rotate";
    private static final String CROWDED =
            "this node's ledger is nearly full, and keeps what is left for taking back what is"
                    + " lent; give loans back, or allow a larger ledger (ledger.maxSize)";

    /**
     * What every grant and its end go through. It is in the audit trail and among the events; in the log, at six lines a
     * grant, it would hide the rest, and wear the flash of a card that keeps its journal.
     */
    private static final Set<String> ROUTINE = Stream.of(RESERVED, CONFIGURING, ACTIVE, RECLAIMING, SANITISING, FREE)
            .map(state -> "slice." + state.word())
            .collect(Collectors.toUnmodifiableSet());

    private static final Set<String> HOLDS_ANYHOW = Set.of(TAKE_REVOCATIONS, ROTATE_GROUP);

    private final Self self;
    private final LeaseCore leases;
    private final LoanCore loans;
    private final BrokerCore broker;
    private final CoordinatorCore coordinator;
    private final Membership membership;
    private final Journal ledger;
    private final Outside outside;
    private final Function<WipeProof, Optional<WipeStatement>> wipeOpener;
    private final Consumer<Work> later;
    private final Function<String, String> hostPorts;
    private final long requestTimeoutMillis;
    private final LongSupplier wallMillis;
    private final Supplier<List<CounterView>> shellCounters;
    private final Authority authority;
    private final Revoking revoking;
    private final Rekeying rekeying;
    private final Counters counters;
    private final CertificateAlarm certificate;
    private final EventLog events = new EventLog();
    private final Map<Long, Work.Asked> pending = new HashMap<>();
    private final Map<NodeId, Endpoint> endpoints = new LinkedHashMap<>();
    private final List<Work> postponed = new ArrayList<>();
    private final List<Effect> owed = new ArrayList<>();
    private final List<Work.Asked> reads = new ArrayList<>();
    private final List<Runnable> whenSettled = new ArrayList<>();
    private final long startedMillis;
    private long nextToken = 1;
    private long retryLedgerAtMillis = Long.MIN_VALUE;
    private boolean isRackChanged = true;
    private String lendingProblem = "";
    private Journal.Upkeep upkeep;
    private String machine = "not looked at yet";
    private List<String> warnings = List.of();

    /**
     * @param wipeOpener what a proof says, when the node that it names signed it
     * @param later puts work back into the queue that feeds this conductor
     * @param hostPorts from a node's name to the host port of this node's hardware that its server is at
     * @param wallMillis the wall clock, advisory: for people and the audit trail
     * @param shellCounters what the shells have counted
     * @param revoking who is no longer a member
     * @param rekeying which group keys this node has
     */
    public Conductor(
            Self self,
            LeaseCore leases,
            LoanCore loans,
            BrokerCore broker,
            CoordinatorCore coordinator,
            Membership membership,
            Journal ledger,
            Outside outside,
            Function<WipeProof, Optional<WipeStatement>> wipeOpener,
            Consumer<Work> later,
            Function<String, String> hostPorts,
            long requestTimeoutMillis,
            LongSupplier wallMillis,
            Supplier<List<CounterView>> shellCounters,
            Revoking revoking,
            Rekeying rekeying,
            Counters counters,
            long nowMillis) {
        this.self = self;
        this.leases = leases;
        this.loans = loans;
        this.broker = broker;
        this.coordinator = coordinator;
        this.membership = membership;
        this.ledger = ledger;
        this.outside = outside;
        this.wipeOpener = wipeOpener;
        this.later = later;
        this.hostPorts = hostPorts;
        this.requestTimeoutMillis = requestTimeoutMillis;
        this.wallMillis = wallMillis;
        this.shellCounters = shellCounters;
        this.revoking = revoking;
        this.rekeying = rekeying;
        this.counters = counters;
        this.authority = new Authority(self.principal().id());
        this.certificate = new CertificateAlarm(self.certificateEnd());
        this.startedMillis = nowMillis;
        this.upkeep = ledger.upkeep();
    }

    /** Carries out a batch: one commit of the ledger for all of it. */
    public void run(List<Work> batch, long nowMillis) {
        // What was postponed goes first: it happened first.
        List<Work> work = new ArrayList<>(postponed);
        postponed.clear();
        work.addAll(batch);
        LeaseCore.Mark leaseMark = leases.mark();
        LoanCore.Mark loanMark = loans.mark();
        BrokerCore.Mark brokerMark = broker.mark();
        List<Effect> effects = new ArrayList<>();
        List<Long> tokens = new ArrayList<>();
        for (Work item : work) {
            step(item, nowMillis, effects, tokens);
        }
        if (!lendingProblem.isEmpty() && nowMillis >= retryLedgerAtMillis) {
            // Without it a ledger that nobody needs would never be found to be writable again.
            effects.add(new Effect.Audit(
                    "daemon", "ledger.writable", self.principal().name(), "{}"));
        }
        effects.addAll(owed);
        try {
            if (ledger.commit(effects, wallMillis.getAsLong()) == Journal.Commit.WRITTEN) {
                owed.clear();
                written();
                countAudited(effects);
            }
        } catch (LedgerException e) {
            counters.count(DaemonCounter.LEDGER_FAILURES);
            oweRows(effects);
            leases.back(leaseMark);
            loans.back(loanMark);
            broker.back(brokerMark);
            refuseAll(work, tokens, e, nowMillis);
            effects.clear();
        }
        lookAtUpkeep();
        effects.forEach(effect -> carryOut(effect, nowMillis));
        offer(nowMillis);
        coordinate(nowMillis);
        // Only now: what is shown must be in the ledger.
        reads.forEach(asked -> asked.reply().accept(read(asked.peer(), asked.command(), nowMillis)));
        reads.clear();
        if (loans.isSettled()) {
            whenSettled.forEach(Runnable::run);
            whenSettled.clear();
        }
    }

    /** A list of revocations and a group key hold although the ledger could not take it down: that is made up for. */
    private void oweRows(List<Effect> effects) {
        effects.stream()
                .filter(effect -> effect instanceof Effect.Audit row && HOLDS_ANYHOW.contains(row.action()))
                .filter(row -> !owed.contains(row) && owed.size() < Limits.ROWS_OWED)
                .forEach(owed::add);
    }

    private void written() {
        counters.count(DaemonCounter.LEDGER_COMMITS);
        if (!lendingProblem.isEmpty()) {
            lendingProblem = "";
            tell("ledger.writable", self.principal().name(), "the ledger can be written again");
        }
    }

    private void countAudited(List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Audit audit && audit.action().equals("lease.grant")) {
                counters.count(DaemonCounter.LEASES_GRANTED);
            } else if (effect instanceof Effect.Audit audit && audit.action().equals("loan.active")) {
                counters.count(DaemonCounter.LOANS_GRANTED);
            } else if (effect instanceof Effect.Audit audit && audit.action().equals("loan.underused")) {
                counters.count(DaemonCounter.LOANS_UNDERUSED);
            } else if (effect instanceof Effect.Audit audit && audit.action().equals("loan.let-go")) {
                counters.count(DaemonCounter.LOANS_LET_GO);
            }
        }
    }

    /** Tells what the ledger did to keep within its bound. */
    private void lookAtUpkeep() {
        Journal.Upkeep now = ledger.upkeep();
        if (now.equals(upkeep)) {
            return;
        }
        long unread = now.prunedUnread() - upkeep.prunedUnread();
        counters.count(DaemonCounter.LEDGER_ROWS_PRUNED, now.prunedRows() - upkeep.prunedRows());
        counters.count(DaemonCounter.LEDGER_ROWS_PRUNED_UNREAD, unread);
        if (unread > 0) {
            tell(
                    "ledger.pruned",
                    self.principal().name(),
                    unread + " audit rows that nobody had read were removed; export them sooner, or allow a larger"
                            + " ledger");
        }
        if (now.room() != upkeep.room()) {
            boolean lends = now.room() == Journal.Room.TO_LEND;
            tell(
                    lends ? "ledger.roomy" : "ledger.crowded",
                    self.principal().name(),
                    lends ? "it lends again" : CROWDED);
        }
        upkeep = now;
    }

    /** Why the ledger refused what was to be written last; empty when it did not. */
    public String lendingProblem() {
        return lendingProblem;
    }

    /** Why nothing new is lent; empty when it is. */
    private String whyNotLending() {
        return lendingProblem.isEmpty() && upkeep.room() == Journal.Room.ONLY_TO_TAKE_BACK ? CROWDED : lendingProblem;
    }

    /** When it wants to be run again at the latest. */
    public OptionalLong nextDeadline() {
        long next = leases.nextDeadline().orElse(Long.MAX_VALUE);
        next = Math.min(next, loans.nextDeadline().orElse(Long.MAX_VALUE));
        next = Math.min(next, broker.nextDeadline().orElse(Long.MAX_VALUE));
        if (!lendingProblem.isEmpty()) {
            // What is due cannot be persisted; to try in a loop would only wear the processor out.
            next = retryLedgerAtMillis;
        }
        next = Math.min(next, membership.nextDeadline().orElse(Long.MAX_VALUE));
        next = Math.min(next, coordinator.nextDeadline().orElse(Long.MAX_VALUE));
        next = Math.min(next, rekeying.nextDeadline().orElse(Long.MAX_VALUE));
        return next == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(next);
    }

    private void step(Work work, long nowMillis, List<Effect> effects, List<Long> tokens) {
        if (work instanceof Work.Asked asked) {
            asked(asked, nowMillis, effects, tokens);
        } else if (work instanceof Work.ForLeases leaseWork) {
            effects.addAll(leases.step(leaseWork.event(), nowMillis));
        } else if (work instanceof Work.ForLoans loanWork) {
            stepLoans(loanWork.event(), nowMillis, effects);
        } else if (work instanceof Work.ForBroker brokerWork) {
            effects.addAll(broker.step(brokerWork.event(), nowMillis));
        } else if (work instanceof Work.ForCoordinator advice) {
            carryOutAdvice(coordinator.step(advice.event(), nowMillis), nowMillis);
        } else if (work instanceof Work.GiveAllBack give) {
            whenSettled.add(give.settled());
            stepLoans(new LoanEvent.GiveAllBack(give.why()), nowMillis, effects);
        } else if (work instanceof Work.Discovered found) {
            machine = found.summary();
            tell("machine.discovered", self.principal().name(), machine);
        } else if (work instanceof Work.HardwareWarns warns) {
            tellChanged(warns.warnings());
        } else if (work instanceof Work.Between between) {
            between.task().run();
        } else if (work instanceof Work.Revocations revocations) {
            Answer unused = take(revocations.signed(), revocations.from(), nowMillis, effects);
        } else if (work instanceof Work.RevocationsBeside beside) {
            // As a rule it is known here; a node that was away has no other way to it.
            if (beside.keys().stream()
                    .anyMatch(key -> key.revocations() > revoking.mark().number())) {
                Answer unused = take(beside.signed(), "node " + beside.from().brief(), nowMillis, effects);
            }
            // Behind what the list led to.
            later.accept(new Work.ForGroup(new GroupEvent.Answered(beside.from(), beside.keys())));
        } else if (work instanceof Work.ForGroup group) {
            stepGroup(group.event(), nowMillis);
        } else if (work instanceof Work.ForMembership membershipWork) {
            carryOut(membership.step(membershipWork.event(), nowMillis));
            if (membershipWork.event() instanceof MembershipEvent.Heard heard) {
                heardOfLists(heard.message(), nowMillis);
            }
        } else {
            if (nowMillis >= retryLedgerAtMillis || lendingProblem.isEmpty()) {
                effects.addAll(leases.step(new LeaseEvent.Tick(), nowMillis));
                for (ResourceKind kind : loans.lookedFor()) {
                    stepLoans(new LoanEvent.LendersSeen(kind, lenders(kind, nowMillis)), nowMillis, effects);
                }
                stepLoans(new LoanEvent.Tick(), nowMillis, effects);
                effects.addAll(broker.step(new BrokerEvent.Tick(), nowMillis));
            }
            carryOut(membership.step(new MembershipEvent.Tick(), nowMillis));
            certificate
                    .due(Instant.ofEpochMilli(wallMillis.getAsLong()))
                    .ifPresent(
                            text -> tell("certificate.ending", self.principal().name(), text));
            stepGroup(new GroupEvent.Tick(), nowMillis);
        }
    }

    /** Lists of revocations and group keys spread by what neighbours announce of theirs. */
    private void heardOfLists(NeighbourMessage message, long nowMillis) {
        if (message instanceof NeighbourMessage.AnnounceHeard announced) {
            askForRevocations(announced, nowMillis);
            stepGroup(
                    new GroupEvent.MarkHeard(
                            announced.sender().node(),
                            announced.announce().offering().groupKey()),
                    nowMillis);
        } else if (message instanceof NeighbourMessage.OtherGroupHeard other) {
            stepGroup(new GroupEvent.OtherGroupHeard(other.claimed()), nowMillis);
        }
    }

    private void stepGroup(GroupEvent event, long nowMillis) {
        rekeying.step(event, nowMillis, handsAt(nowMillis));
    }

    private Rekeying.Hands handsAt(long nowMillis) {
        return new Rekeying.Hands() {
            @Override
            public void askForKeys(NodeId node) {
                ask(node, new Command.ReadGroupKey(), nowMillis, answer -> takeGroupKeys(node, answer));
            }

            @Override
            public void deaf() {
                carryOut(membership.step(new MembershipEvent.Deaf(), nowMillis));
            }

            @Override
            public void use(Keyring keyring) {
                outside.use(keyring);
            }

            @Override
            public void tell(String kind, String text) {
                Conductor.this.tell(kind, self.principal().name(), text);
            }
        };
    }

    /** The list first: a key is taken only under a list that is held. On any thread. */
    private void takeGroupKeys(NodeId from, Answer answer) {
        List<MadeKey> keys = answer instanceof Answer.GroupKeys told ? told.keys() : List.of();
        later.accept(
                answer instanceof Answer.GroupKeys told && told.revocations().isPresent()
                        ? new Work.RevocationsBeside(told.revocations().get(), from, keys)
                        : new Work.ForGroup(new GroupEvent.Answered(from, keys)));
    }

    private void tellChanged(List<String> now) {
        now.stream()
                .filter(warning -> !warnings.contains(warning))
                .forEach(warning -> tell("hardware.warning", self.principal().name(), warning));
        warnings.stream()
                .filter(warning -> !now.contains(warning))
                .forEach(warning -> tell("hardware.recovered", self.principal().name(), "no longer: " + warning));
        warnings = now;
    }

    private void asked(Work.Asked asked, long nowMillis, List<Effect> effects, List<Long> tokens) {
        Command command = asked.command();
        // Whoever was revoked may have asked before its session ended.
        if (revoking.isRevoked(asked.peer().id()) || !authority.allows(asked.peer(), command.kind())) {
            counters.count(DaemonCounter.PEERS_DENIED);
            asked.reply()
                    .accept(new Answer.Refused(
                            RefusalCode.DENIED,
                            asked.peer() + " may not "
                                    + command.kind()
                                            .name()
                                            .toLowerCase(Locale.ROOT)
                                            .replace('_', ' ') + " at node "
                                    + self.principal().name(),
                            0));
            return;
        }
        if (self.host() == Self.Host.NONE && isForOwnHost(command.kind())) {
            asked.reply()
                    .accept(Answer.Refused.of(
                            RefusalCode.DENIED,
                            "node " + self.principal().name()
                                    + " has no host of its own (node.host): it lends and never borrows; ask the node of"
                                    + " the server that is to have it"));
            return;
        }
        if (isNew(command.kind()) && upkeep.room() == Journal.Room.ONLY_TO_TAKE_BACK) {
            counters.count(DaemonCounter.LEDGER_REFUSED_FOR_ROOM);
            asked.reply().accept(new Answer.Refused(RefusalCode.UNAVAILABLE, CROWDED, Limits.LEDGER_RETRY_MILLIS));
            return;
        }
        switch (command.kind()) {
            case RESERVE, COMMIT, RENEW, RELEASE, REVOKE, END_QUARANTINE, WANT, WITHDRAW_WANT -> {
                long token = remember(asked, tokens);
                String hostPort = hostPorts.apply(asked.peer().name());
                effects.addAll(leases.step(new LeaseEvent.Asked(asked.peer(), hostPort, command, token), nowMillis));
            }
            case BORROW, RENEW_LOAN, RELEASE_LOAN, RECALL, FREED, RESIZE_LOAN, PROPOSE -> {
                long token = remember(asked, tokens);
                stepLoans(
                        new LoanEvent.Asked(asked.peer(), command, lenders(command, nowMillis), token),
                        nowMillis,
                        effects);
            }
            case REPORT_HOST, ASK_FOR_VM, RETURN_ASK, ORDER_DONE -> {
                long token = remember(asked, tokens);
                effects.addAll(broker.step(new BrokerEvent.Asked(asked.peer(), command, token), nowMillis));
            }
            case DESCRIBE,
                    LIST_SLICES,
                    LIST_NODES,
                    LIST_LEASES,
                    READ_LEASE,
                    LIST_LOANS,
                    READ_LOAN,
                    READ_EVENTS,
                    READ_AUDIT,
                    READ_COUNTERS,
                    LIST_WANTS,
                    READ_DEMAND,
                    READ_HOST,
                    LIST_ASKS,
                    READ_ASK,
                    READ_ORDERS,
                    READ_REVOCATIONS,
                    READ_GROUP_KEY,
                    READ_GROUP -> reads.add(asked);
            case ROTATE_GROUP_KEY -> asked.reply().accept(rotate(asked.peer(), nowMillis, effects));
            case INSTALL_REVOCATIONS ->
                asked.reply()
                        .accept(take(
                                ((Command.InstallRevocations) command).signed(),
                                asked.peer().toString(),
                                nowMillis,
                                effects));
        }
    }

    private Answer rotate(Principal peer, long nowMillis, List<Effect> effects) {
        Answer answer = rekeying.rotate(nowMillis, handsAt(nowMillis));
        if (answer instanceof Answer.Done) {
            effects.add(new Effect.Audit(
                    peer.toString(), ROTATE_GROUP, rekeying.mark().toString(), new Detail().toString()));
        }
        return answer;
    }

    /** Holds from now on, and is on the disk: who is on it must not be let in again because a ledger is full. */
    private Answer take(Carried signed, String from, long nowMillis, List<Effect> effects) {
        Revoking.Taking taking = revoking.take(signed);
        if (taking instanceof Revoking.Taking.Refused refused) {
            counters.count(DaemonCounter.REVOCATIONS_REFUSED);
            return Answer.Refused.of(refused.code(), refused.why());
        }
        if (taking instanceof Revoking.Taking.Taken taken) {
            String list = "list " + taken.number() + " of revocations";
            effects.add(new Effect.Audit(
                    from,
                    TAKE_REVOCATIONS,
                    Long.toString(taken.number()),
                    new Detail().with("members", taken.newcomers().size()).toString()));
            for (NodeId member : taken.newcomers()) {
                tell("member.revoked", member.toString(), "by " + list + ", which " + from + " brought");
                outside.shutOut(member);
                carryOut(membership.step(new MembershipEvent.Revoked(member), nowMillis));
                // By way of the queue: a batch that the ledger refuses loses no event for the leases.
                later.accept(
                        new Work.ForLeases(new LeaseEvent.Expelled(member, "its borrower was revoked by " + list)));
            }
            isRackChanged = true;
            later.accept(new Work.ForGroup(new GroupEvent.RevocationsHeld(taken.number())));
            if (taken.unkept().isPresent()) {
                String why = list + " holds here until the daemon ends, and cannot be kept: "
                        + taken.unkept().get() + "; free some space and install it again";
                tell("revocations.unkept", self.principal().name(), why);
                return Answer.Refused.of(RefusalCode.UNAVAILABLE, why);
            }
        }
        return new Answer.Done();
    }

    private void askForRevocations(NeighbourMessage.AnnounceHeard heard, long nowMillis) {
        NodeId neighbour = heard.sender().node();
        if (revoking.isToBeAsked(neighbour, heard.announce().offering().revocations(), nowMillis)) {
            ask(neighbour, new Command.ReadRevocations(), nowMillis, answer -> {
                if (answer instanceof Answer.Revocations told && told.signed().isPresent()) {
                    later.accept(new Work.Revocations(
                            told.signed().get(), "node " + heard.sender().name()));
                }
            });
        }
    }

    /** What becomes of a loan concerns the host that it is for, and is in the ledger together with what follows from it. */
    private void stepLoans(LoanEvent event, long nowMillis, List<Effect> effects) {
        List<Effect> ofLoans = loans.step(event, nowMillis);
        effects.addAll(ofLoans);
        if (event instanceof LoanEvent.Started) {
            effects.addAll(broker.step(new BrokerEvent.Started(loans.loans(nowMillis)), nowMillis));
        }
        for (Effect effect : ofLoans) {
            if (effect instanceof Effect.SaveLoan save) {
                loans.loan(save.row().id(), nowMillis)
                        .ifPresent(loan -> effects.addAll(broker.step(new BrokerEvent.LoanChanged(loan), nowMillis)));
            }
        }
        if (event instanceof LoanEvent.Asked asked && asked.command() instanceof Command.Recall recall) {
            effects.addAll(broker.step(
                    new BrokerEvent.Recalled(asked.peer().id(), recall.lease(), recall.graceMillis()), nowMillis));
        }
    }

    /** What would be one more to take back some day. */
    private static boolean isNew(Command.Kind kind) {
        return kind == Command.Kind.RESERVE || kind == Command.Kind.BORROW || kind == Command.Kind.PROPOSE;
    }

    /** What makes sense only where a server can use what comes of it. */
    private static boolean isForOwnHost(Command.Kind kind) {
        return kind == Command.Kind.BORROW || kind == Command.Kind.ASK_FOR_VM;
    }

    private long remember(Work.Asked asked, List<Long> tokens) {
        pending.put(nextToken, asked);
        tokens.add(nextToken);
        return nextToken++;
    }

    private List<NodeId> lenders(Command command, long nowMillis) {
        if (command instanceof Command.Borrow borrow) {
            return lenders(borrow.requirement().kind(), nowMillis);
        }
        if (command instanceof Command.ResizeLoan resize) {
            return loans.loan(resize.loan(), nowMillis)
                    .map(loan -> lenders(loan.requirement().kind(), nowMillis))
                    .orElse(List.of());
        }
        return List.of();
    }

    /**
     * Those that announced any of the kind, whoever has it now: one that has nothing free may have a line to wait in, and belongs
     * into the explanation. The ones with most that is free come first.
     */
    private List<NodeId> lenders(ResourceKind kind, long nowMillis) {
        return membership.view(nowMillis).alive().stream()
                .filter(neighbour -> totalOf(neighbour, kind) > 0)
                .sorted(Comparator.comparingLong((Neighbour neighbour) -> freeOf(neighbour, kind))
                        .reversed()
                        .thenComparing(Neighbour::node))
                .limit(Limits.LENDERS_ASKED)
                .map(Neighbour::node)
                .toList();
    }

    private static long totalOf(Neighbour neighbour, ResourceKind kind) {
        return neighbour.offering().capacities().stream()
                .filter(capacity -> capacity.kind() == kind)
                .mapToLong(NodeView.Capacity::total)
                .sum();
    }

    private static long freeOf(Neighbour neighbour, ResourceKind kind) {
        return neighbour.offering().capacities().stream()
                .filter(capacity -> capacity.kind() == kind)
                .mapToLong(NodeView.Capacity::free)
                .sum();
    }

    private void refuseAll(List<Work> work, List<Long> tokens, LedgerException e, long nowMillis) {
        boolean news = lendingProblem.isEmpty();
        lendingProblem = Printable.endOf(String.valueOf(e.getMessage()), Answer.Description.MAX_LENDING_CHARS);
        if (news) {
            tell("ledger.refused", self.principal().name(), lendingProblem);
        }
        retryLedgerAtMillis = nowMillis + Limits.LEDGER_RETRY_MILLIS;
        for (long token : tokens) {
            reply(token, new Answer.Refused(RefusalCode.UNAVAILABLE, lendingProblem, Limits.LEDGER_RETRY_MILLIS));
        }
        // What nobody waits for must not be lost: hardware has moved, lenders have answered.
        for (Work item : work) {
            if (item instanceof Work.ForLeases
                    || item instanceof Work.ForLoans
                    || item instanceof Work.ForBroker
                    || item instanceof Work.GiveAllBack) {
                postponed.add(item);
            }
        }
    }

    private void carryOut(Effect effect, long nowMillis) {
        if (effect instanceof Effect.Drive drive) {
            counters.count(DaemonCounter.HARDWARE_ORDERS);
            outside.drive(drive);
        } else if (effect instanceof Effect.Reply reply) {
            reply(reply.token(), reply.answer());
        } else if (effect instanceof Effect.Ask ask) {
            ask(ask, nowMillis);
        } else if (effect instanceof Effect.AskBack askBack) {
            hint(
                    askBack.borrower(),
                    askBack.recall(),
                    DaemonCounter.RECALLS_SENT,
                    DaemonCounter.RECALLS_UNANSWERED,
                    nowMillis);
        } else if (effect instanceof Effect.SayFreed say) {
            hint(say.borrower(), say.freed(), DaemonCounter.FREED_SENT, DaemonCounter.FREED_UNANSWERED, nowMillis);
        } else if (effect instanceof Effect.Reclaimed) {
            counters.count(DaemonCounter.LEASES_RECLAIMED);
        } else if (effect instanceof Effect.Tell tell) {
            tell(tell.kind(), tell.subject(), tell.text());
        } else if (effect instanceof Effect.DroppedResult) {
            counters.count(DaemonCounter.HARDWARE_RESULTS_DROPPED);
        } else if (effect instanceof Effect.SaveSlice save) {
            save.row().holding().ifPresent(h -> outside.changed(new Command.ReadLease(h.lease())));
        } else if (effect instanceof Effect.SaveLoan save) {
            outside.changed(new Command.ReadLoan(save.row().id()));
        } else if (effect instanceof Effect.SaveAsk save) {
            outside.changed(new Command.ReadAsk(save.ask().id()));
        } else if (effect instanceof Effect.OrdersChanged) {
            outside.changed(new Command.ReadOrders());
        } else if (effect instanceof Effect.GiveBackPart part) {
            later.accept(new Work.ForLoans(new LoanEvent.LetGo(part.loan(), part.leases())));
        } else if (effect instanceof Effect.AskOwnLoans ask) {
            later.accept(new Work.Asked(
                    self.principal(),
                    ask.command(),
                    answer -> later.accept(new Work.ForBroker(new BrokerEvent.Borrowed(ask.ask(), answer)))));
        }
    }

    private void carryOut(List<MembershipEffect> effects) {
        for (MembershipEffect effect : effects) {
            if (effect instanceof MembershipEffect.Probe probe) {
                outside.ask(
                        probe.node(),
                        probe.endpoint(),
                        new Command.Describe(),
                        probe.withinMillis(),
                        answer -> later.accept(new Work.ForMembership(probed(probe.node(), answer))));
            } else if (effect instanceof MembershipEffect.Changed changed) {
                isRackChanged = true;
                tell(
                        "node." + changed.to().word(),
                        changed.node().toString(),
                        changed.name() + " " + changed.reason().sentence());
            } else {
                outside.multicast(effect);
            }
        }
    }

    /** The view is looked at only when it has changed or a round is due: at all nodes but one that is seldom. */
    private void coordinate(long nowMillis) {
        if (!isRackChanged && nowMillis < coordinator.nextDeadline().orElse(Long.MAX_VALUE)) {
            return;
        }
        isRackChanged = false;
        List<NodeId> alive =
                membership.view(nowMillis).alive().stream().map(Neighbour::node).toList();
        carryOutAdvice(coordinator.step(new CoordinatorEvent.Tick(alive), nowMillis), nowMillis);
        stepGroup(new GroupEvent.RackChanged(Set.copyOf(alive)), nowMillis);
    }

    /** Nothing of it is in the ledger: it is lost without harm. */
    private void carryOutAdvice(List<CoordinatorEffect> effects, long nowMillis) {
        for (CoordinatorEffect effect : effects) {
            if (effect instanceof CoordinatorEffect.Tell tell) {
                tell(tell.kind(), tell.subject(), tell.text());
            } else if (effect instanceof CoordinatorEffect.Ask ask) {
                ask(
                        ask.to(),
                        ask.command(),
                        nowMillis,
                        answer -> later.accept(
                                new Work.ForCoordinator(new CoordinatorEvent.Answered(ask.exchange(), answer))));
            }
        }
    }

    private static MembershipEvent probed(NodeId node, Answer answer) {
        return answer instanceof Answer.Description description
                        && description.self().id().equals(node)
                ? new MembershipEvent.ProbeAnswered(node, description.self().bootEpoch())
                : new MembershipEvent.ProbeFailed(node);
    }

    private void ask(Effect.Ask ask, long nowMillis) {
        ask(
                ask.to(),
                ask.command(),
                nowMillis,
                answer -> later.accept(new Work.ForLoans(
                        new LoanEvent.Answered(ask.exchange(), answer, wipeFault(ask.command(), answer)))));
    }

    /** Only a grant begins something: what is renewed was judged when it was granted. */
    private Optional<String> wipeFault(Command asked, Answer answer) {
        if (!(asked instanceof Command.Commit) || !(answer instanceof Answer.Lease granted)) {
            return Optional.empty();
        }
        LeaseView lease = granted.lease();
        return lease.wipe().isPresent()
                ? lease.wipe().get().fault(lease.slice(), lease.epoch(), wipeOpener)
                : Optional.of("there is none");
    }

    private void ask(NodeId to, Command command, long nowMillis, Consumer<Answer> answered) {
        if (to.equals(self.principal().id())) {
            later.accept(new Work.Asked(self.principal(), command, answered));
            return;
        }
        membership.view(nowMillis).neighbour(to).ifPresent(this::rememberEndpoint);
        Endpoint endpoint = endpoints.get(to);
        if (endpoint == null) {
            answered.accept(new Answer.Refused(
                    RefusalCode.UNREACHABLE, "node " + to.brief() + " is not in this node's view of the rack", 0));
            return;
        }
        outside.ask(to, endpoint, command, requestTimeoutMillis, answered);
    }

    /** A lender that was silent for so long that the view has forgotten it is still to be asked where it was last. */
    private void rememberEndpoint(Neighbour neighbour) {
        endpoints.remove(neighbour.node());
        endpoints.put(neighbour.node(), neighbour.endpoint());
        if (endpoints.size() > Limits.ENDPOINTS) {
            endpoints.remove(endpoints.keySet().iterator().next());
        }
    }

    /** Says something to a borrower that it would find out by itself, only later. */
    private void hint(NodeId borrower, Command command, DaemonCounter sent, DaemonCounter unanswered, long nowMillis) {
        counters.count(sent);
        Consumer<Answer> answered = answer -> {
            if (!(answer instanceof Answer.Done)) {
                counters.count(unanswered);
            }
        };
        if (borrower.equals(self.principal().id())) {
            later.accept(new Work.Asked(self.principal(), command, answered));
            return;
        }
        membership
                .view(nowMillis)
                .neighbour(borrower)
                .ifPresentOrElse(
                        neighbour -> outside.ask(
                                neighbour.node(), neighbour.endpoint(), command, requestTimeoutMillis, answered),
                        () -> counters.count(unanswered));
    }

    private void reply(long token, Answer answer) {
        Work.Asked asked = pending.remove(token);
        if (asked != null) {
            asked.reply().accept(answer);
        }
    }

    private void tell(String kind, String subject, String whatever) {
        String text = Printable.of(whatever);
        if (ROUTINE.contains(kind)) {
            Logger.debug("{} {} {}", kind, subject, text);
        } else {
            Logger.info("{} {} {}", kind, subject, text);
        }
        events.add(wallMillis.getAsLong(), kind, subject, text);
        outside.changed(new Command.ReadEvents(0));
    }

    /** What this node now says of itself, if that has changed. */
    private void offer(long nowMillis) {
        List<NodeView.Capacity> capacities = capacities();
        Offering offering = new Offering(capacities, flags(capacities), revoking.mark(), auditHead(), rekeying.mark());
        if (!offering.equals(membership.ownOffering())) {
            carryOut(membership.step(new MembershipEvent.OfferingChanged(offering), nowMillis));
        }
    }

    private Set<NodeFlag> flags(List<NodeView.Capacity> capacities) {
        Set<NodeFlag> flags = EnumSet.noneOf(NodeFlag.class);
        if (!capacities.isEmpty()) {
            flags.add(NodeFlag.LENDER);
        }
        if (self.host() == Self.Host.SERVER) {
            flags.add(NodeFlag.BORROWER);
        }
        return flags;
    }

    private Mark auditHead() {
        return ledger.lastAuditNumber() == 0
                ? Mark.NONE
                : new Mark(ledger.lastAuditNumber(), HexFormat.fromHexDigitsToLong(ledger.lastAuditHash(), 0, 16));
    }

    private List<NodeView.Capacity> capacities() {
        boolean lends = whyNotLending().isEmpty();
        return leases.capacities().stream()
                .map(all -> lends ? all : new NodeView.Capacity(all.kind(), all.total(), 0, 0))
                .toList();
    }

    private Answer read(Principal peer, Command command, long nowMillis) {
        if (command instanceof Command.Describe) {
            return new Answer.Description(
                    selfView(),
                    self.software(),
                    self.hardwareIn(machine, warnings),
                    self.simulated(),
                    nowMillis - startedMillis,
                    whyNotLending());
        } else if (command instanceof Command.ListSlices list) {
            return new Answer.Slices(
                    leases.slices().stream()
                            .filter(slice ->
                                    list.resource().map(slice.kind()::equals).orElse(true))
                            .toList(),
                    leases.allowances(peer.id()));
        } else if (command instanceof Command.ListNodes) {
            List<NodeView> nodes = new ArrayList<>(List.of(selfView()));
            membership.view(nowMillis).neighbours().forEach(neighbour -> nodes.add(neighbour.toView()));
            return new Answer.Nodes(nodes);
        } else if (command instanceof Command.ListLeases) {
            return new Answer.Leases(
                    leases.leases(nowMillis).stream().map(LeaseView::inBrief).toList());
        } else if (command instanceof Command.ReadLease read) {
            return leases.lease(read.lease(), nowMillis)
                    .filter(lease ->
                            !authority.seesOnlyItsOwn(peer) || lease.borrower().equals(peer.id()))
                    .<Answer>map(Answer.Lease::new)
                    .orElseGet(() -> notFound("lends nothing under " + read.lease()));
        } else if (command instanceof Command.ListLoans) {
            return new Answer.Loans(
                    loans.loans(nowMillis).stream().map(LoanView::inBrief).toList());
        } else if (command instanceof Command.ReadLoan read) {
            return loans.loan(read.loan(), nowMillis)
                    .<Answer>map(Answer.Loan::new)
                    .orElseGet(() -> notFound("has no loan " + read.loan()));
        } else if (command instanceof Command.ReadHost) {
            return broker.host(nowMillis)
                    .<Answer>map(host -> host)
                    .orElseGet(() -> notFound("has heard of no host agent since it started"));
        } else if (command instanceof Command.ListAsks) {
            return new Answer.VmAsks(broker.asks());
        } else if (command instanceof Command.ReadAsk read) {
            return broker.find(read.ask())
                    .<Answer>map(Answer.VmAsk::new)
                    .orElseGet(() -> notFound("was asked nothing as " + read.ask()));
        } else if (command instanceof Command.ReadOrders) {
            return new Answer.HostOrders(broker.orders(nowMillis));
        } else if (command instanceof Command.ReadEvents read) {
            return new Answer.Events(events.after(read.after()), events.newest());
        } else if (command instanceof Command.ReadAudit read) {
            return audit(read.after());
        } else if (command instanceof Command.ListWants) {
            return new Answer.Wants(leases.wants(nowMillis));
        } else if (command instanceof Command.ReadRevocations) {
            return new Answer.Revocations(revoking.signed());
        } else if (command instanceof Command.ReadGroupKey) {
            return new Answer.GroupKeys(rekeying.toGive(), revoking.signed());
        } else if (command instanceof Command.ReadGroup) {
            return rekeying.view(nowMillis);
        } else if (command instanceof Command.ReadDemand) {
            return new Answer.Demand(
                    coordinator.elected().orElse(self.principal().id()),
                    coordinator.demand(),
                    coordinator.proposed(),
                    coordinator.agreed());
        } else {
            List<CounterView> all = new ArrayList<>(counters.views());
            membership
                    .counters()
                    .forEach((counter, value) -> all.add(
                            new CounterView(counter.name().toLowerCase(Locale.ROOT), counter.sentence(), value)));
            all.addAll(shellCounters.get());
            return new Answer.Counters(all);
        }
    }

    private Answer audit(long after) {
        try {
            List<AuditRow> rows = ledger.audit(after, Limits.AUDIT_PER_ANSWER);
            if (!rows.isEmpty()) {
                ledger.handedOut(after, rows.get(rows.size() - 1).number());
            }
            return new Answer.Audit(rows, ledger.lastAuditNumber());
        } catch (LedgerException e) {
            return Answer.Refused.of(RefusalCode.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    private Answer notFound(String what) {
        return Answer.Refused.of(
                RefusalCode.NOT_FOUND, "node " + self.principal().name() + " " + what);
    }

    private NodeView selfView() {
        return new NodeView(
                self.principal().id(),
                self.principal().name(),
                "self",
                self.bootEpoch(),
                self.endpoint(),
                membership.ownVersion(),
                0,
                capacities());
    }
}
