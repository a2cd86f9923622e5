package org.rackweave.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.UeventSocket;
import org.rackweave.hal.uevent.Changes;
import org.rackweave.hal.uevent.UeventListener;
import org.rackweave.hal.uevent.UeventSource;
import org.tinylog.Logger;

/**
 * Reads what this machine has, and again when its kernel says that devices came or went. On a thread of its own: reading a large machine
 * takes a while, and nobody's loan has to wait for it. What comes meanwhile waits in the kernel; when that is too much, everything is
 * read again, which it would have been anyway.
 */
final class DeviceWatch implements AutoCloseable {
    /** What the inventory is made of; all others, such as network interfaces, come and go without a device. */
    private static final Set<String> KINDS =
            Set.of("pci", "cxl", "dax", "memory", "cpu", "node", "switchtec", "fpga_manager", "mdev", "ntb");

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Supplier<String> machine;
    private final Consumer<Work> conductor;
    private final LongSupplier nanos;
    private final long restMillis;
    private String told = "";

    DeviceWatch(Supplier<String> machine, Consumer<Work> conductor, LongSupplier nanos, long restMillis) {
        this.machine = machine;
        this.conductor = conductor;
        this.nanos = nanos;
        this.restMillis = restMillis;
    }

    /**
     * @param machine reads this machine, and says in a line what it has
     * @param onBug takes what no daemon should survive
     */
    static DeviceWatch start(Supplier<String> machine, Consumer<Work> conductor, Consumer<Throwable> onBug) {
        DeviceWatch watch = new DeviceWatch(machine, conductor, System::nanoTime, Limits.DISCOVERY_REST_MILLIS);
        Thread thread = new Thread(watch::run, "discovery");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((ended, bug) -> onBug.accept(bug));
        thread.start();
        return watch;
    }

    private void run() {
        // Opened before the first reading, so that nothing falls between the two.
        Optional<UeventSource> source = opened();
        look();
        source.ifPresent(this::watch);
    }

    private static Optional<UeventSource> opened() {
        try {
            return Optional.of(UeventSocket.open());
        } catch (HalException refused) {
            Logger.warn("what this machine has is read once, and not again when it changes: {}", refused.getMessage());
            return Optional.empty();
        }
    }

    /** Looks again whenever there is a reason to, until it is closed. */
    void watch(UeventSource source) {
        try (source) {
            UeventListener listener = new UeventListener(source, nanos);
            while (closed.getCount() > 0) {
                Changes changes = listener.listen(
                        Duration.ofMillis(Limits.DEVICE_EVENT_WAIT_MILLIS),
                        Duration.ofMillis(Limits.DEVICES_SETTLE_MILLIS));
                if (concerns(changes)) {
                    look();
                    closed.await(restMillis, TimeUnit.MILLISECONDS);
                }
            }
        } catch (HalException failed) {
            Logger.warn("changes of this machine's devices are not seen any more: {}", failed.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean concerns(Changes changes) {
        return changes.completeness() == Changes.Completeness.READ_ALL_AGAIN
                || changes.devices().stream().anyMatch(change -> KINDS.contains(change.subsystem()));
    }

    private void look() {
        String found = machine.get();
        if (!found.equals(told) && closed.getCount() > 0) {
            told = found;
            conductor.accept(new Work.Discovered(found));
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
