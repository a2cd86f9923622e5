package org.rackweave.daemon;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.hal.discovery.Discovery;
import org.rackweave.hal.discovery.Telemetry;
import org.rackweave.hal.health.FailingRule;
import org.rackweave.hal.health.PcieErrors;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.policy.Affected;
import org.rackweave.hal.policy.HardwareIdentity;

/**
 * Looks at the error counters of this machine's own devices, and tells the owner's core which of its slices fail. On a thread of its own: a
 * device that hangs while it is asked holds up nobody else.
 */
final class HealthWatch implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Telemetry telemetry;
    private final Turn turn;

    private HealthWatch(Telemetry telemetry, Turn turn) {
        this.telemetry = telemetry;
        this.turn = turn;
    }

    /**
     * Watches, if any of these slices is a device of this machine itself: only those can be seen from here.
     *
     * @param onBug takes what no daemon should survive
     */
    static Optional<HealthWatch> start(
            Set<String> keys, Consumer<Work> conductor, LongSupplier nowMillis, Consumer<Throwable> onBug) {
        if (keys.stream().noneMatch(HardwareIdentity::isDevice)) {
            return Optional.empty();
        }
        Telemetry telemetry = Telemetry.ofThisMachine();
        HealthWatch watch = new HealthWatch(
                telemetry, new Turn(keys, telemetry::pcieErrors, Discovery::ofThisMachine, conductor, nowMillis));
        Thread thread = new Thread(watch::loop, "health-watch");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((ended, bug) -> onBug.accept(bug));
        thread.start();
        return Optional.of(watch);
    }

    private void loop() {
        // Closed by the thread that reads, as it may be in the middle of it.
        try (telemetry) {
            do {
                turn.look();
            } while (!closed.await(Limits.HEALTH_LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** One look after the other. */
    static final class Turn {
        private final FailingRule rule = new FailingRule();
        private final Set<String> keys;
        private final Supplier<List<PcieErrors>> errors;
        private final Supplier<Inventory> machine;
        private final Consumer<Work> conductor;
        private final LongSupplier nowMillis;

        /**
         * @param keys the slices that the operator claims
         * @param machine is read only when something fails, for which slices that concerns
         */
        Turn(
                Set<String> keys,
                Supplier<List<PcieErrors>> errors,
                Supplier<Inventory> machine,
                Consumer<Work> conductor,
                LongSupplier nowMillis) {
            this.keys = keys;
            this.errors = errors;
            this.machine = machine;
            this.conductor = conductor;
            this.nowMillis = nowMillis;
        }

        void look() {
            List<FailingRule.Failing> failing = rule.step(errors.get(), nowMillis.getAsLong());
            if (failing.isEmpty()) {
                return;
            }
            Inventory inventory = machine.get();
            for (FailingRule.Failing each : failing) {
                for (HardwareIdentity identity : Affected.by(each.address(), inventory)) {
                    if (keys.contains(identity.value())) {
                        conductor.accept(
                                new Work.ForLeases(new LeaseEvent.DeviceFailing(identity.value(), each.why())));
                    }
                }
            }
        }
    }
}
