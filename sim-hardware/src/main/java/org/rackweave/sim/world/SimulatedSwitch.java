package org.rackweave.sim.world;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.protocol.message.Attachment;

/**
 * The hardware of one node. A process has one worker, which gives it one order at a time; what was under way when the process
 * died may be carried out long after.
 */
final class SimulatedSwitch {
    private static final long LONGEST_LATE_MILLIS = 8_000;
    private static final long LONGEST_ORDER_MICROS = 60_000;

    private final World world;
    private final SimulatedNode node;
    private final Map<String, SliceHardware> slices = new TreeMap<>();
    private final Deque<Job> waiting = new ArrayDeque<>();
    private @Nullable Job current;
    private long undrainedUntilMicros;
    private long currentSinceMicros;

    /** An order on its way through a worker. */
    private static final class Job {
        private final Effect.Drive drive;
        private final Consumer<LeaseEvent.HardwareDone> done;
        private HardwareResult result = new HardwareResult.Unknown("not carried out yet");
        private long appliedAtMicros;
        private boolean isApplied;
        private boolean isOrphan;
        private boolean isLost;

        Job(Effect.Drive drive, Consumer<LeaseEvent.HardwareDone> done) {
            this.drive = drive;
            this.done = done;
        }
    }

    SimulatedSwitch(World world, SimulatedNode node, List<SliceFacts> facts) {
        this.world = world;
        this.node = node;
        facts.forEach(slice -> slices.put(slice.key(), new SliceHardware(slice)));
    }

    Iterable<SliceHardware> slices() {
        return slices.values();
    }

    /** Whether there is a slice that the ledger has never heard of. */
    boolean hasUnseen() {
        return slices.keySet().stream().anyMatch(key -> node.journal().slice(key) == null);
    }

    @Nullable SliceHardware slice(String key) {
        return slices.get(key);
    }

    /** When all that a dead process left in paths that must be drained has gone through. */
    long undrainedUntilMicros() {
        return undrainedUntilMicros;
    }

    LeaseEvent.Started survey(LeaseEvent.Boot boot) {
        Map<String, RouteReading> routes = new TreeMap<>();
        List<SliceHardware> there =
                slices.values().stream().filter(slice -> !slice.isGone()).toList();
        there.forEach(slice -> routes.put(slice.facts().key(), readable(slice)));
        return new LeaseEvent.Started(
                boot, there.stream().map(SliceHardware::facts).toList(), routes);
    }

    private RouteReading readable(SliceHardware slice) {
        if (world.troubles().strikes(Trouble.UNREADABLE_ROUTE, world.climate().hardwareFaultPerMille() / 8)) {
            world.totals().reached(Probe.ROUTE_UNREADABLE);
            return new RouteReading.Unreadable("as the seed says");
        }
        return slice.route();
    }

    void submit(Effect.Drive drive, Consumer<LeaseEvent.HardwareDone> done) {
        waiting.add(new Job(drive, done));
        if (current == null) {
            startNext();
        }
    }

    private void startNext() {
        Job job = waiting.poll();
        current = job;
        if (job == null) {
            return;
        }
        Dice dice = node.dice();
        long lasts = dice.between(500, LONGEST_ORDER_MICROS);
        if (world.troubles().strikes(Trouble.HANG, world.climate().hangPerMille())) {
            lasts = World.LEASES.hardwareLimitMillis()
                    * world.troubles().details(Trouble.HANG).between(1_050, 2_000);
            world.totals().reached(Probe.HARDWARE_HUNG);
            tell(() -> job.drive.order().word() + " of " + job.drive.sliceKey() + " hangs");
        }
        currentSinceMicros = world.agenda().nowMicros();
        long applied = dice.between(0, lasts);
        job.appliedAtMicros = world.agenda().nowMicros() + applied;
        world.agenda().inMicros(applied, () -> apply(job));
        world.agenda().inMicros(lasts, () -> finish(job));
    }

    private void apply(Job job) {
        if (job.isLost || job.isApplied || world.agenda().nowMicros() < job.appliedAtMicros) {
            return;
        }
        job.isApplied = true;
        world.watch().changed();
        SliceHardware slice = slices.get(job.drive.sliceKey());
        if (slice == null) {
            job.result = new HardwareResult.Refused("no such slice");
            return;
        }
        job.result = attempt(slice, job);
        if (job.isOrphan) {
            world.totals().reached(Probe.LATE_AFTER_CRASH);
            if (job.result instanceof HardwareResult.Refused) {
                world.totals().reached(Probe.LATE_AND_FENCED);
            }
        }
        tell(() -> job.drive.order().word() + " of " + job.drive.sliceKey() + " epoch "
                + job.drive.epoch().value() + (job.isOrphan ? ", ordered by a dead process: " : ": ") + job.result);
    }

    private HardwareResult attempt(SliceHardware slice, Job job) {
        HardwareOrder order = job.drive.order();
        if (job.isOrphan) {
            return late(slice, job);
        }
        if (order instanceof HardwareOrder.ReadRoute) {
            return new HardwareResult.Read(readable(slice));
        }
        boolean routes = !(order instanceof HardwareOrder.Sanitise);
        if (routes && world.troubles().strikes(Trouble.LIE, world.climate().liePerMille())) {
            return lie(slice, order);
        }
        if (routes && world.troubles().strikes(Trouble.LATE, world.climate().lateOrderPerMille())) {
            landLater(slice, job.drive);
            return new HardwareResult.Unknown("as the seed says");
        }
        if (!world.troubles().strikes(Trouble.HARDWARE, world.climate().hardwareFaultPerMille())) {
            return carryOut(slice, job);
        }
        switch (world.troubles().details(Trouble.HARDWARE).below(4)) {
            case 0 -> {
                world.totals().reached(Probe.HARDWARE_REFUSED);
                return new HardwareResult.Refused("as the seed says");
            }
            case 1 -> {
                world.totals().reached(Probe.UNKNOWN_NOT_DONE);
                return new HardwareResult.Unknown("as the seed says");
            }
            case 2 -> {
                if (order instanceof HardwareOrder.Sanitise) {
                    world.totals().reached(slice.loaded().isEmpty() ? Probe.WIPE_FELL_SHORT : Probe.WIPE_LEFT_LOADED);
                    return slice.wipeShort();
                }
                return carryOut(slice, job);
            }
            default -> {
                world.totals().reached(Probe.UNKNOWN_BUT_DONE);
                carryOut(slice, job);
                return new HardwareResult.Unknown("as the seed says");
            }
        }
    }

    /** Of a dead process. Hardware that has forgotten its epochs since cannot know that it is old. */
    private HardwareResult late(SliceHardware slice, Job job) {
        HardwareOrder order = job.drive.order();
        boolean holdsEpoch = !(order instanceof HardwareOrder.Sanitise || order instanceof HardwareOrder.ReadRoute);
        if (holdsEpoch && isForgotten(slice)) {
            return new HardwareResult.Unknown("nobody waits for it");
        }
        if (!holdsEpoch || !slice.holdsEpoch() || slice.fencesWhatIsLate()) {
            HardwareResult result = carryOut(slice, job);
            if (node.journal().wasRestored()) {
                // Its ledger may be from before this order.
                world.watch().moved(node, slice);
            }
            return result;
        }
        slice.land(order, job.drive.epoch().value());
        world.watch().moved(node, slice);
        return new HardwareResult.Unknown("nobody waits for it");
    }

    /** What undoes between two looks what somebody else did, no owner could see: whoever moved it, ended what was late too. */
    private boolean isForgotten(SliceHardware slice) {
        return world.watch().isMeddled(node, slice);
    }

    /** Reported as done, and not done. */
    private HardwareResult lie(SliceHardware slice, HardwareOrder order) {
        world.totals().reached(Probe.HARDWARE_LIED);
        if (order instanceof HardwareOrder.Bind && !slice.isBound()) {
            world.watch().meddled(node, slice);
            return new HardwareResult.Attached(new Attachment(
                    "file-window", slice.facts().key(), slice.facts().amount()));
        }
        return order instanceof HardwareOrder.Unbind
                ? new HardwareResult.Detached()
                : new HardwareResult.Refused("as the seed says");
    }

    private void landLater(SliceHardware slice, Effect.Drive drive) {
        long millis = world.troubles().details(Trouble.LATE).between(10, LONGEST_LATE_MILLIS);
        world.agenda().inMillis(millis, () -> {
            if (isForgotten(slice)) {
                return;
            }
            world.watch().changed();
            boolean wasBound = slice.isBound();
            String before = slice.host();
            String loadedBefore = slice.loaded();
            long epoch = drive.epoch().value();
            if (!slice.fencesWhatIsLate()) {
                slice.land(drive.order(), epoch);
            } else if (slice.carryOut(drive.order(), epoch) instanceof HardwareResult.Refused) {
                world.totals().reached(Probe.LATE_AND_FENCED);
            }
            if (wasBound != slice.isBound() || !before.equals(slice.host()) || !loadedBefore.equals(slice.loaded())) {
                world.totals().reached(Probe.LATE_AFTER_READ);
                if (!slice.fencesWhatIsLate() || node.journal().wasRestored()) {
                    world.watch().moved(node, slice);
                }
            }
            tell(() -> drive.order().word() + " of " + drive.sliceKey() + " epoch " + epoch
                    + " takes effect after all: now bound to '" + slice.host() + "'");
        });
    }

    private HardwareResult carryOut(SliceHardware slice, Job job) {
        HardwareOrder order = job.drive.order();
        if (order instanceof HardwareOrder.Unbind
                && slice.wouldBeTaken(job.drive.epoch().value())) {
            world.watch().beforeUnbind(node, slice);
        }
        return world.seams()
                .carryOut(order, () -> slice.carryOut(order, job.drive.epoch().value()));
    }

    private void finish(Job job) {
        if (job.isOrphan || current != job) {
            return;
        }
        apply(job);
        job.done.accept(
                new LeaseEvent.HardwareDone(job.drive.sliceKey(), job.drive.epoch(), job.drive.order(), job.result));
        startNext();
    }

    /** Whether an order is under way for longer than orders take that do not hang. */
    boolean hangs() {
        return current != null && world.agenda().nowMicros() - currentSinceMicros > LONGEST_ORDER_MICROS;
    }

    /** The process died: what waited is gone, what was under way may still come. */
    void orphan() {
        waiting.clear();
        Job job = current;
        current = null;
        if (job == null) {
            return;
        }
        job.isOrphan = true;
        if (job.isApplied) {
            return;
        }
        if (node.dice().oneIn(3)) {
            job.isLost = true;
            return;
        }
        SliceHardware slice = slices.get(job.drive.sliceKey());
        if (slice == null || !slice.holdsEpoch()) {
            undrainedUntilMicros = Math.max(undrainedUntilMicros, job.appliedAtMicros + 1);
        } else {
            long later = node.dice().between(0, LONGEST_LATE_MILLIS) * Agenda.MICROS_PER_MILLI;
            job.appliedAtMicros += later;
            world.agenda().inMicros(job.appliedAtMicros - world.agenda().nowMicros(), () -> apply(job));
        }
    }

    private void tell(Supplier<String> what) {
        world.history().tell(node.name() + " hw", what);
    }
}
