package org.rackweave.sim.world;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.conductor.Work;
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

    private final World world;
    private final int index;
    private final Principal principal;
    private final Endpoint endpoint;
    private final SimulatedClock clock;
    private final SimulatedJournal journal;
    private final SimulatedSwitch hardware;
    private @Nullable SimulatedDaemon daemon;
    private long incarnation;
    private boolean isGoneForGood;

    SimulatedNode(World world, int index, int slices) {
        this.world = world;
        this.index = index;
        this.principal = new Principal("n" + index, new NodeId(7, index + 1), Role.NODE, Optional.empty());
        this.endpoint = new Endpoint(address(index), PORT);
        this.clock = new SimulatedClock(
                world.agenda(), world.dice(), world.seams().clockDrift(World.LEASES.driftPercent() / 100.0));
        this.journal = new SimulatedJournal(name(), world.watch().of(this));
        List<SliceFacts> facts = new ArrayList<>();
        for (int i = 0; i < slices; i++) {
            facts.add(slice(i));
        }
        this.hardware = new SimulatedSwitch(world, this, facts);
    }

    /** Mostly memory; the others are there for what is theirs alone: what is loaded, and amounts that are no bytes. */
    private SliceFacts slice(int number) {
        Dice dice = world.dice();
        ForcedEndEffect end = dice.oneIn(2) ? ForcedEndEffect.TOLERATED : ForcedEndEffect.FATAL;
        FenceKind fence = dice.oneIn(3) ? FenceKind.ROUTE_READBACK : FenceKind.HARDWARE_EPOCH;
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
    }

    void crash(String why) {
        if (isUp()) {
            world.totals().count(Tally.CRASHES);
            kill(why);
            startIn(world.dice().between(5, 4_000));
        }
    }

    /** The card loses power for a while; what it drives does not. */
    void reboot() {
        world.totals().count(Tally.REBOOTS);
        world.watch().reboots(this);
        kill("its card reboots");
        clock.reboot();
        startIn(world.dice().between(500, 6_000));
    }

    void asked(Principal peer, Command command, Consumer<Answer> reply) {
        daemon().ifPresent(running -> running.take(new Work.Asked(peer, command, running.answering(reply))));
    }

    void heard(Datagram datagram) {
        daemon().ifPresent(running -> running.heard(datagram));
    }
}
