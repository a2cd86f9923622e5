package org.rackweave.sim.world;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.lease.LendingRules;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.multicast.Endpoint;

/** A card: its disk, clock and hardware, which stay, and the process on it, which comes and goes. */
final class SimulatedNode {
    static final long SLICE_BYTES = 1L << 30;
    static final Set<String> CONFIGURATIONS = Set.of("aes-gcm-v2.bit", "sha3.bit");
    private static final int PORT = 5684;
    private static final int MAX_SLICES = 3;
    private static final long FIRST_STREAM = 100_000;
    /** Of its own, so that what an owner forbids changes nothing else of a seed. */
    private static final long FIRST_RULES_STREAM = 200_000;

    /** One seed of four has room enough for loans that grow by several slices; the others have too little of everything. */
    private static final long ROOM_STREAM = 300_000;

    private static final long RACK = 7;

    private final World world;
    private final int index;
    private final Dice nodeDice;
    private final Principal principal;
    private final Endpoint endpoint;
    private final SimulatedClock clock;
    private final SimulatedJournal journal;
    private final SimulatedSwitch hardware;
    private final LendingRules rules;
    private @Nullable SimulatedDaemon daemon;
    private long incarnation;
    private boolean isGoneForGood;

    SimulatedNode(World world, int index, long seed) {
        this.world = world;
        this.index = index;
        this.nodeDice = new Dice(seed, FIRST_STREAM + index);
        this.principal = new Principal("n" + index, new NodeId(RACK, index + 1), Role.NODE, Optional.empty());
        this.endpoint = new Endpoint(address(index), PORT);
        double drift = world.troubles().has(Trouble.DRIFT) ? World.LEASES.driftPercent() / 100.0 : 0;
        this.clock = new SimulatedClock(world.agenda(), nodeDice, world.seams().clockDrift(drift));
        this.journal = new SimulatedJournal(name(), world.watch().of(this));
        boolean isRoomy = new Dice(seed, ROOM_STREAM).oneIn(4);
        long slices = isRoomy
                ? nodeDice.between(MAX_SLICES, 2 * MAX_SLICES)
                : nodeDice.between(index == 0 ? 1 : 0, MAX_SLICES);
        List<SliceFacts> facts = new ArrayList<>();
        boolean readsBack = nodeDice.oneIn(2);
        for (int i = 0; i < slices; i++) {
            facts.add(slice(i, readsBack && nodeDice.oneIn(2) ? FenceKind.ROUTE_READBACK : FenceKind.HARDWARE_EPOCH));
        }
        this.hardware = new SimulatedSwitch(world, this, facts);
        this.rules = rules(new Dice(seed, FIRST_RULES_STREAM + index));
    }

    /** Half of the owners keep something from all, or from one borrower. */
    private static LendingRules rules(Dice dice) {
        if (dice.oneIn(2)) {
            return LendingRules.NONE;
        }
        Map<ResourceKind, Long> floors = dice.oneIn(3) ? Map.of(ResourceKind.MEMORY, SLICE_BYTES) : Map.of();
        Map<ResourceKind, Long> quotas =
                dice.oneIn(2) ? Map.of(ResourceKind.MEMORY, SLICE_BYTES * dice.between(1, 2)) : Map.of();
        NodeId one = new NodeId(RACK, dice.between(1, 3));
        return new LendingRules(
                floors,
                quotas,
                dice.oneIn(2) ? Map.of(one, Map.of(ResourceKind.MEMORY, SLICE_BYTES)) : Map.of(),
                dice.oneIn(2) ? Map.of(one, (int) dice.between(1, 6)) : Map.of(),
                (int) dice.between(2, 6));
    }

    /** Mostly memory; the others are there for what is theirs alone: what is loaded, and amounts that are no bytes. */
    private SliceFacts slice(int number, FenceKind fence) {
        Dice dice = nodeDice;
        ForcedEndEffect end = dice.oneIn(2) ? ForcedEndEffect.TOLERATED : ForcedEndEffect.FATAL;
        return switch (dice.below(6)) {
            case 0 ->
                new SliceFacts(
                        "acc" + number,
                        ResourceKind.ACCELERATOR,
                        1,
                        Set.of(),
                        end,
                        fence,
                        SlicePlace.UNKNOWN,
                        CONFIGURATIONS);
            case 1 -> new SliceFacts("cores" + number, ResourceKind.CORES, 2, Set.of(), end, fence);
            default -> new SliceFacts("mem" + number, ResourceKind.MEMORY, SLICE_BYTES, Set.of(), end, fence);
        };
    }

    private static InetAddress address(int index) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) (index + 1)});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    Dice dice() {
        return nodeDice;
    }

    int index() {
        return index;
    }

    String name() {
        return principal.name();
    }

    NodeId id() {
        return principal.id();
    }

    Principal principal() {
        return principal;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    SimulatedClock clock() {
        return clock;
    }

    SimulatedJournal journal() {
        return journal;
    }

    SimulatedSwitch hardware() {
        return hardware;
    }

    LendingRules rules() {
        return rules;
    }

    Optional<SimulatedDaemon> daemon() {
        return Optional.ofNullable(daemon);
    }

    boolean isUp() {
        return daemon != null;
    }

    boolean isGoneForGood() {
        return isGoneForGood;
    }

    void goForGood() {
        isGoneForGood = true;
        world.totals().reached(Probe.GONE_FOR_GOOD);
        kill("for good");
    }

    /** Starts a process, as a service manager does, when the paths of the last one are drained. */
    void start() {
        if (isUp() || isGoneForGood) {
            return;
        }
        long undrained = hardware.undrainedUntilMicros() - world.agenda().nowMicros();
        if (undrained > 0) {
            world.totals().reached(Probe.DRAINED_AT_START);
            world.agenda().inMicros(undrained, this::start);
            return;
        }
        incarnation++;
        if (world.troubles().strikes(Trouble.UNREADABLE_LEDGER, world.climate().unreadableLedgerPerMille())) {
            world.totals().reached(Probe.LEDGER_UNREADABLE);
            world.history().tell(name(), () -> "cannot read its ledger, and ends with an error");
            startIn(1_000);
            return;
        }
        world.history().tell(name(), () -> "starts, incarnation " + incarnation + ", " + clock.bootId());
        SimulatedDaemon next = new SimulatedDaemon(world, this, incarnation);
        daemon = next;
        next.start();
    }

    void startIn(long millis) {
        world.agenda().inMillis(millis, this::start);
    }

    /** The process is gone at once, with all that it had not written. */
    void kill(String why) {
        SimulatedDaemon dying = daemon;
        if (dying == null) {
            return;
        }
        world.history().tell(name(), () -> "dies: " + why);
        daemon = null;
        dying.die();
        hardware.orphan();
        if (journal.settle(nodeDice.oneIn(2))) {
            world.totals().reached(Probe.FAILED_COMMIT_WAS_THERE);
        }
    }

    void crash(String why) {
        if (isUp()) {
            world.totals().count(Tally.CRASHES);
            kill(why);
            startIn(nodeDice.between(5, 4_000));
        }
    }

    /** The card loses power for a while; what it drives does not. */
    void reboot() {
        world.totals().count(Tally.REBOOTS);
        world.watch().reboots(this);
        kill("its card reboots");
        clock.reboot();
        startIn(nodeDice.between(500, 6_000));
    }

    void asked(Principal peer, Command command, Consumer<Answer> reply) {
        daemon().ifPresent(running -> running.take(new Work.Asked(peer, command, running.answering(reply))));
    }

    void heard(Datagram datagram) {
        daemon().ifPresent(running -> running.heard(datagram));
    }
}
