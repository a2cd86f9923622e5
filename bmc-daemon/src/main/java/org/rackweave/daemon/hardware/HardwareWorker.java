package org.rackweave.daemon.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rackweave.daemon.Limits;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.LoadedConfiguration;

/**
 * The one thread that drives one interposer. An order that hangs holds up those behind it, and nothing else: no second thread
 * is started, for two would race on the same switch.
 */
public final class HardwareWorker implements AutoCloseable {
    private final Interposer interposer;
    private final Consumer<LeaseEvent.HardwareDone> done;
    private final Consumer<List<String>> warned;
    private final Consumer<Throwable> onBug;
    private final ArrayBlockingQueue<Effect.Drive> orders = new ArrayBlockingQueue<>(Limits.HARDWARE_QUEUE);
    private final Thread thread = new Thread(this::loop, "hardware");

    /** What the hardware warned of last, and when it is looked at again; the worker's thread alone uses both. */
    private List<String> warnings = List.of();

    private long nextLookNanos = System.nanoTime();

    /** Takes no warnings; see the other one. */
    public HardwareWorker(Interposer interposer, Consumer<LeaseEvent.HardwareDone> done, Consumer<Throwable> onBug) {
        this(interposer, done, warnings -> {}, onBug);
    }

    /**
     * @param done takes each result, on the worker's thread
     * @param warned takes all that the hardware warns of when that has changed, on the worker's thread
     * @param onBug what happens when an interposer throws what it does not declare
     */
    public HardwareWorker(
            Interposer interposer,
            Consumer<LeaseEvent.HardwareDone> done,
            Consumer<List<String>> warned,
            Consumer<Throwable> onBug) {
        this.interposer = interposer;
        this.done = done;
        this.warned = warned;
        this.onBug = onBug;
        thread.setDaemon(true);
    }

    /**
     * Reads all slices that the operator claims, and their routes. Called before {@link #start()}, by the thread that starts
     * the daemon.
     */
    public LeaseEvent.Started survey(Predicate<String> claims, LeaseEvent.Boot boot) throws HalException {
        List<SliceFacts> claimed = new ArrayList<>();
        Map<String, RouteReading> routes = new TreeMap<>();
        for (HardwareSlice slice : interposer.slices()) {
            if (claims.test(slice.key())) {
                claimed.add(Translation.facts(slice));
                routes.put(slice.key(), readRoute(slice.key()));
            }
        }
        return new LeaseEvent.Started(boot, claimed, routes);
    }

    public void start() {
        thread.start();
    }

    /** Takes an order; its result comes to {@code done}. */
    public void submit(Effect.Drive order) {
        // There is at most one order per slice, so a full queue is a bug and not a load.
        orders.add(order);
    }

    private void loop() {
        try {
            while (true) {
                Effect.@Nullable Drive order = orders.poll(Limits.HARDWARE_LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (order != null) {
                    done.accept(new LeaseEvent.HardwareDone(
                            order.sliceKey(), order.epoch(), order.order(), carryOut(order)));
                }
                lookForWarnings();
            }
        } catch (InterruptedException e) {
            // Closed.
        } catch (RuntimeException | Error bug) {
            onBug.accept(bug);
        }
    }

    private void lookForWarnings() {
        if (System.nanoTime() - nextLookNanos < 0) {
            return;
        }
        List<String> now = interposer.warnings();
        nextLookNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Limits.HARDWARE_LOOK_MILLIS);
        if (!now.equals(warnings)) {
            warnings = now;
            warned.accept(now);
        }
    }

    private HardwareResult carryOut(Effect.Drive drive) {
        String key = drive.sliceKey();
        long epoch = drive.epoch().value();
        try {
            if (drive.order() instanceof HardwareOrder.Load load) {
                LoadedConfiguration loaded = interposer.load(key, load.configuration(), epoch);
                return new HardwareResult.Loaded(loaded.name(), loaded.digest());
            } else if (drive.order() instanceof HardwareOrder.Bind bind) {
                return Translation.attached(
                        interposer.bind(key, bind.hostPort(), epoch),
                        interposer.loaded(key),
                        interposer.deviceState(key));
            } else if (drive.order() instanceof HardwareOrder.Unbind) {
                interposer.unbind(key, epoch);
                return new HardwareResult.Detached();
            } else if (drive.order() instanceof HardwareOrder.Sanitise) {
                return Translation.wiped(interposer.sanitise(key), interposer.loaded(key), interposer.deviceState(key));
            } else {
                return new HardwareResult.Read(readRoute(key));
            }
        } catch (HalException e) {
            return Translation.failure(e);
        }
    }

    private RouteReading readRoute(String key) {
        try {
            return Translation.reading(interposer.route(key), interposer.loaded(key));
        } catch (HalException e) {
            return new RouteReading.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Limits.STOP_MILLIS / 4);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive()) {
            interposer.close();
        }
    }
}
