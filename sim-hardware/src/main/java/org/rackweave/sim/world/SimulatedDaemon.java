package org.rackweave.sim.world;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.Limits;
import org.rackweave.daemon.broker.BrokerCore;
import org.rackweave.daemon.broker.BrokerPolicy;
import org.rackweave.daemon.conductor.Conductor;
import org.rackweave.daemon.conductor.Counters;
import org.rackweave.daemon.conductor.Outside;
import org.rackweave.daemon.conductor.Rekeying;
import org.rackweave.daemon.conductor.RevocationShelf;
import org.rackweave.daemon.conductor.Revoking;
import org.rackweave.daemon.conductor.Self;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.coordinator.CoordinatorCore;
import org.rackweave.daemon.coordinator.CoordinatorPolicy;
import org.rackweave.daemon.hardware.WipeSigner;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LoanCore;
import org.rackweave.daemon.lease.LoanEvent;
import org.rackweave.daemon.ledger.Journal;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.protocol.membership.Jitter;
import org.rackweave.protocol.membership.Membership;
import org.rackweave.protocol.membership.MembershipEffect;
import org.rackweave.protocol.membership.MembershipEvent;
import org.rackweave.protocol.membership.RackView;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WantView;
import org.rackweave.protocol.multicast.Announce;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Keyring;
import org.rackweave.protocol.multicast.Leave;
import org.rackweave.protocol.multicast.NeighbourMessage;
import org.rackweave.protocol.multicast.Offering;
import org.rackweave.protocol.multicast.Payload;

/**
 * One process of the daemon: the conductor, the cores and the membership of the product, put together as the daemon does it,
 * with simulated shells. It may die at every boundary of an effect.
 */
final class SimulatedDaemon implements Outside {
    private static final long REQUEST_TIMEOUT_MILLIS = 1_000;

    private final World world;
    private final SimulatedNode node;
    private final long incarnation;
    private final Journal journal;
    private final Membership membership;
    private final LeaseCore leases;
    private final Conductor conductor;
    private final Gate gate = new Gate();
    private final Deque<Work> inbox = new ArrayDeque<>();
    private boolean isAlive = true;
    private boolean isStarting = true;
    private boolean isRunPlanned;
    private long wakeAtMicros = Long.MAX_VALUE;
    /** Until when it stands still: it was stopped, or waits for its disk. */
    private long stillUntilMicros;
    /** Until when what it has to say waits for the disk. */
    private long heldUntilMicros;

    private long sequence;
    /** Who waited when the last batch was done. */
    private final WipeSigner signer;

    private List<WantView> lineBefore;

    SimulatedDaemon(World world, SimulatedNode node, long incarnation) {
        this.world = world;
        this.node = node;
        this.incarnation = incarnation;
        Dice dice = world.dice();
        this.journal = new MortalJournal(world.seams().journal(node.journal()));
        this.membership = new Membership(node.id(), World.TIMING, Offering.NOTHING, Jitter.seeded(dice.any()));
        long now = node.clock().bootMillis();
        this.leases = new LeaseCore(
                node.id(),
                world.seams().leasePolicy(World.LEASES.with(node.rules(), World.LEASES.line())),
                node.journal().slices(),
                node.journal().wants());
        this.conductor = new Conductor(
                new Self(
                        node.principal(),
                        incarnation,
                        node.endpoint().toString(),
                        "rackweaved in a simulated world",
                        "simulated",
                        true),
                leases,
                new LoanCore(
                        node.id(),
                        world.seams().loanPolicy(World.LOANS),
                        () -> new LeaseId(dice.any(), dice.any()),
                        incarnation,
                        node.journal().loans()),
                new BrokerCore(BrokerPolicy.USUAL, incarnation, List.of()),
                new CoordinatorCore(node.id(), CoordinatorPolicy.USUAL),
                membership,
                journal,
                this,
                world.notary()::opened,
                this::take,
                world.seams()::hostPort,
                REQUEST_TIMEOUT_MILLIS,
                node.clock()::wallMillis,
                List::of,
                new Revoking(RevocationShelf.NONE),
                Rekeying.none(),
                new Counters(),
                now);
        this.signer = new WipeSigner(node.id(), world.notary()::sign, node.clock()::wallMillis);
        this.lineBefore = line();
    }

    SimulatedNode node() {
        return node;
    }

    RackView view() {
        return membership.view(node.clock().bootMillis());
    }

    boolean isAlive() {
        return isAlive;
    }

    boolean isStill() {
        return world.agenda().nowMicros() < stillUntilMicros;
    }

    void standStill(long millis) {
        stillUntilMicros = Math.max(stillUntilMicros, world.agenda().nowMicros() + millis * Agenda.MICROS_PER_MILLI);
    }

    void die() {
        isAlive = false;
        inbox.clear();
    }

    /** What a daemon does when it starts, in its order. */
    void start() {
        boolean sameBoot = node.journal().bootId().equals(node.clock().bootId());
        LeaseEvent.Boot boot = world.seams().boot(sameBoot ? LeaseEvent.Boot.SAME : LeaseEvent.Boot.NEW);
        world.watch().starts(node, boot);
        conduct(List.of(
                new Work.ForLeases(node.hardware().survey(boot)),
                new Work.ForLoans(new LoanEvent.Started(boot)),
                new Work.ForMembership(new MembershipEvent.Started())));
        if (!isAlive) {
            return;
        }
        if (world.troubles().strikesOneIn(Trouble.DEATH, world.climate().deathOneIn())) {
            // Its ledger has what followed from this boot, and not yet the boot.
            world.totals().reached(Probe.CRASH_AT_START);
            node.crash(Probe.CRASH_AT_START.sentence());
            return;
        }
        if (!conductor.lendingProblem().isEmpty() || !remembersBoot()) {
            world.totals().reached(Probe.LEDGER_REFUSED_AT_START);
            node.kill("it cannot write its ledger, and ends with an error");
            node.startIn(1_000);
            return;
        }
        isStarting = false;
    }

    private boolean remembersBoot() {
        try {
            node.journal().rememberBoot(node.clock().bootId());
            return true;
        } catch (LedgerException e) {
            return false;
        }
    }

    void take(Work work) {
        if (isAlive) {
            inbox.add(work);
            planRun();
        }
    }

    void heard(Datagram datagram) {
        gate.pass(datagram, node.clock().bootMillis())
                .ifPresent(message -> take(new Work.ForMembership(new MembershipEvent.Heard(message))));
    }

    /** An answer leaves only from a process that lives. */
    Consumer<Answer> answering(Consumer<Answer> reply) {
        return answer -> {
            boundary(Probe.CRASH_BEFORE_ANSWERING);
            leave(() -> {
                world.watch().answers(node, answer);
                reply.accept(answer);
            });
        };
    }

    private void planRun() {
        if (!isRunPlanned) {
            isRunPlanned = true;
            world.agenda().inMicros(world.dice().between(20, 2_000), this::run);
        }
    }

    private void run() {
        if (isAlive && isStill()) {
            world.agenda().inMicros(stillUntilMicros - world.agenda().nowMicros(), this::run);
            return;
        }
        isRunPlanned = false;
        if (!isAlive) {
            return;
        }
        List<Work> batch = new ArrayList<>();
        while (!inbox.isEmpty() && batch.size() < Limits.BATCH) {
            batch.add(inbox.remove());
        }
        OptionalLong deadline = conductor.nextDeadline();
        if (batch.isEmpty()
                || (deadline.isPresent() && deadline.getAsLong() <= node.clock().bootMillis())) {
            batch.add(new Work.Tick());
        }
        conduct(batch);
        if (isAlive && !inbox.isEmpty()) {
            planRun();
        }
    }

    private void conduct(List<Work> batch) {
        try {
            conductor.run(batch, node.clock().bootMillis());
            lineBefore = line();
            if (conductor.lendingProblem().isEmpty()) {
                world.demands().checkWritten(node, lineBefore);
            }
            planWake();
        } catch (ProcessDied death) {
            world.totals().reached(isStarting ? Probe.CRASH_AT_START : death.where());
            node.crash(death.where().sentence());
        } catch (Violation found) {
            throw found;
        } catch (RuntimeException bug) {
            throw new Violation(Invariant.NO_BUG, node.name() + " throws " + bug, bug);
        }
    }

    /** Who waits at this owner, and how much is kept for each. */
    private List<WantView> line() {
        return leases.wants(node.clock().bootMillis());
    }

    private void planWake() {
        OptionalLong deadline = conductor.nextDeadline();
        if (deadline.isEmpty()) {
            return;
        }
        long inMicros = Math.max(500, node.clock().microsUntil(deadline.getAsLong()));
        long at = world.agenda().nowMicros() + inMicros;
        if (at >= wakeAtMicros && wakeAtMicros > world.agenda().nowMicros()) {
            return;
        }
        wakeAtMicros = at;
        world.agenda().inMicros(inMicros, () -> {
            if (isAlive && wakeAtMicros == at) {
                wakeAtMicros = Long.MAX_VALUE;
                planRun();
            }
        });
    }

    /** Nothing leaves before the commit that it follows from is done. */
    private void leave(Runnable saying) {
        long micros = heldUntilMicros - world.agenda().nowMicros();
        if (micros <= 0) {
            saying.run();
            return;
        }
        world.agenda().inMicros(micros, () -> {
            if (isAlive) {
                saying.run();
            }
        });
    }

    private void boundary(Probe where) {
        if (world.troubles().strikesOneIn(Trouble.DEATH, world.climate().deathOneIn())) {
            throw new ProcessDied(where);
        }
    }

    // ---- outside ---------------------------------------------------------------------------------------------------

    @Override
    public void drive(Effect.Drive order) {
        boundary(Probe.CRASH_BEFORE_HARDWARE);
        leave(() -> node.hardware().submit(order, done -> take(new Work.ForLeases(signer.sign(done)))));
    }

    @Override
    public void ask(NodeId to, Endpoint endpoint, Command command, long timeoutMillis, Consumer<Answer> answered) {
        boundary(Probe.CRASH_BEFORE_ASKING);
        SimulatedNode peer = world.node(to);
        if (!peer.endpoint().equals(endpoint)) {
            throw new IllegalStateException(to + " is not at " + endpoint);
        }
        leave(() -> world.network().ask(this, peer, command, timeoutMillis, answered));
    }

    @Override
    public void multicast(MembershipEffect datagram) {
        boundary(Probe.CRASH_BEFORE_MULTICAST);
        Payload payload;
        if (datagram instanceof MembershipEffect.SendHello hello) {
            payload = new Hello(
                    node.id(), incarnation, node.endpoint().port(), new byte[] {1}, new byte[] {1}, hello.purpose());
        } else if (datagram instanceof MembershipEffect.SendAnnounce announce) {
            payload = new Announce(
                    node.id(),
                    incarnation,
                    announce.version(),
                    0,
                    announce.periodMillis(),
                    node.endpoint().port(),
                    announce.offering());
        } else if (datagram instanceof MembershipEffect.SendLeave leave) {
            payload = new Leave(node.id(), incarnation, leave.reason());
        } else {
            throw new IllegalArgumentException("not a datagram: " + datagram);
        }
        sequence++;
        NeighbourMessage.Sender sender = new NeighbourMessage.Sender(
                node.id(), node.name(), incarnation, sequence, node.endpoint().address());
        leave(() -> world.network().multicast(node, new Datagram(sender, payload)));
    }

    @Override
    public void shutOut(NodeId member) {
        throw new IllegalStateException("a simulated rack has no authority that could revoke " + member);
    }

    @Override
    public void use(Keyring keyring) {
        throw new IllegalStateException("nobody seals here");
    }

    @Override
    public void changed(Command reading) {
        // Nobody observes.
    }

    // ---- the disk, as this process sees it
    // ----------------------------------------------------------------------------

    /** The process may die before a commit, which then is not there at all, or after it. */
    private final class MortalJournal implements Journal {
        private final Journal disk;

        MortalJournal(Journal disk) {
            this.disk = disk;
        }

        @Override
        public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
            boolean keeps = effects.stream().anyMatch(SimulatedJournal::isKept);
            if (keeps) {
                boundary(Probe.CRASH_BEFORE_COMMIT);
            }
            try {
                if (keeps
                        && world.troubles()
                                .strikes(Trouble.UNKNOWN_COMMIT, world.climate().unknownCommitPerMille())) {
                    world.totals().reached(Probe.COMMIT_FAILED);
                    throw node.journal().failing(effects);
                }
                Commit outcome = disk.commit(effects, wallMillis);
                world.demands().kept(node, lineBefore, isReservation(effects) ? line() : lineBefore, effects);
                if (keeps) {
                    waitForDisk();
                    boundary(Probe.CRASH_AFTER_COMMIT);
                }
                return outcome;
            } catch (LedgerException e) {
                world.totals().count(Tally.LEDGER_REFUSALS);
                if (effects.stream().anyMatch(SimulatedDaemon::followsHardware)) {
                    world.totals().reached(Probe.LEDGER_REFUSED_RESULT);
                }
                throw e;
            }
        }

        @Override
        public List<AuditRow> audit(long after, int limit) throws LedgerException {
            return disk.audit(after, limit);
        }

        @Override
        public long lastAuditNumber() {
            return disk.lastAuditNumber();
        }

        @Override
        public String lastAuditHash() {
            return disk.lastAuditHash();
        }
    }

    /** Only of a reservation is asked what it left to those who wait. */
    private static boolean isReservation(List<Effect> effects) {
        return effects.stream()
                .anyMatch(effect ->
                        effect instanceof Effect.SaveSlice save && save.row().state() == SliceState.RESERVED);
    }

    private void waitForDisk() {
        if (world.troubles().strikes(Trouble.SLOW_DISK, world.climate().slowCommitPerMille())) {
            long millis = world.troubles().details(Trouble.SLOW_DISK).between(20, 3_000);
            world.totals().reached(Probe.COMMIT_SLOW);
            world.history().tell(node.name(), () -> "waits " + millis + " ms for its disk");
            heldUntilMicros = world.agenda().nowMicros() + millis * Agenda.MICROS_PER_MILLI;
            standStill(millis);
        }
    }

    private static boolean followsHardware(Effect effect) {
        return effect instanceof Effect.Audit audit
                && (audit.action().equals("lease.grant")
                        || audit.action().equals("slice.fenced")
                        || audit.action().equals("slice.wiped"));
    }
}
