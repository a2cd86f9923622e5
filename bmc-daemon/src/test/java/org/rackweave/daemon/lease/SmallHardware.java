package org.rackweave.daemon.lease;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;

/** The slices of one node of a {@link SmallRack}, behind one worker that takes its time. */
final class SmallHardware {
    /** One slice as the hardware knows it. */
    static final class Slice {
        final String key;
        final ForcedEndEffect forcedEnd;
        Optional<String> host = Optional.empty();
        long epoch;
        long highestSeen;
        String writer = "";

        Slice(String key, ForcedEndEffect forcedEnd) {
            this.key = key;
            this.forcedEnd = forcedEnd;
        }

        RouteReading read() {
            return host.<RouteReading>map(h -> new RouteReading.Bound(h, new Epoch(epoch)))
                    .orElseGet(() -> new RouteReading.Unbound(new Epoch(epoch)));
        }
    }

    /** @param result taken when the worker returns */
    record Outcome(long afterMillis, boolean mayQuarantine, Supplier<HardwareResult> result) {}

    final Map<String, Slice> slices = new TreeMap<>();
    private final Random random;
    private final BiConsumer<Boolean, String> require;
    private long freeAtMillis;

    SmallHardware(int count, Random random, BiConsumer<Boolean, String> require) {
        this.random = random;
        this.require = require;
        for (int i = 0; i < count; i++) {
            slices.put("mem" + i, new Slice("mem" + i, i % 3 == 2 ? ForcedEndEffect.FATAL : ForcedEndEffect.TOLERATED));
        }
    }

    LeaseEvent.Started survey(LeaseEvent.Boot boot) {
        Map<String, RouteReading> routes = new TreeMap<>();
        slices.values().forEach(slice -> routes.put(slice.key, slice.read()));
        List<SliceFacts> facts = slices.values().stream()
                .map(slice -> new SliceFacts(
                        slice.key,
                        ResourceKind.MEMORY,
                        SmallRack.SLICE_BYTES,
                        Set.of(),
                        slice.forcedEnd,
                        FenceKind.HARDWARE_EPOCH))
                .toList();
        return new LeaseEvent.Started(boot, facts, routes);
    }

    /** The worker of a process that died is gone, and with it what waited for it. */
    void restart(long nowMillis) {
        freeAtMillis = nowMillis;
    }

    Outcome take(Effect.Drive drive, long nowMillis, boolean faults) {
        HardwareOrder order = drive.order();
        boolean refused = faults && random.nextInt(60) == 0 && order instanceof HardwareOrder.Bind;
        boolean unknown = faults && random.nextInt(60) == 0 && !(order instanceof HardwareOrder.ReadRoute);
        boolean applied = !refused && (!unknown || random.nextBoolean());
        boolean hangs = faults && random.nextInt(500) == 0;
        freeAtMillis = Math.max(freeAtMillis, nowMillis)
                + (hangs ? SmallRack.LEASES.hardwareLimitMillis() + random.nextInt(5_000) : 1 + random.nextInt(40));
        boolean breaks = hangs
                || (unknown && order instanceof HardwareOrder.Sanitise)
                || (unknown && !applied && order instanceof HardwareOrder.Unbind);
        return new Outcome(freeAtMillis - nowMillis, breaks, () -> {
            HardwareResult result = applied ? apply(drive) : new HardwareResult.Refused("told to refuse");
            return unknown ? new HardwareResult.Unknown("told not to know") : result;
        });
    }

    private HardwareResult apply(Effect.Drive drive) {
        Slice slice = slices.get(drive.sliceKey());
        if (drive.order() instanceof HardwareOrder.Bind bind) {
            boolean same = slice.host.filter(bind.hostPort()::equals).isPresent();
            require.accept(slice.host.isEmpty() || same, slice.key + " is bound twice");
            require.accept(same || slice.writer.isEmpty(), slice.key + " is bound unwiped after " + slice.writer);
            require.accept(drive.epoch().value() >= slice.epoch, slice.key + " is bound with an old epoch");
            slice.host = Optional.of(bind.hostPort());
            slice.epoch = drive.epoch().value();
            slice.writer = bind.hostPort();
            return new HardwareResult.Attached(new Attachment("file-window", slice.key, SmallRack.SLICE_BYTES));
        } else if (drive.order() instanceof HardwareOrder.Unbind) {
            slice.host = Optional.empty();
            slice.epoch = Math.max(slice.epoch, drive.epoch().value());
            return new HardwareResult.Detached();
        } else if (drive.order() instanceof HardwareOrder.Sanitise) {
            require.accept(slice.host.isEmpty(), slice.key + " is wiped while it is bound");
            slice.writer = "";
            return new HardwareResult.Wiped("test", SmallRack.SLICE_BYTES, SmallRack.SLICE_BYTES);
        }
        return new HardwareResult.Read(slice.read());
    }
}
