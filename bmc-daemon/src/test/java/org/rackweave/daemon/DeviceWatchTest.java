package org.rackweave.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.hal.uevent.Uevent;
import org.rackweave.hal.uevent.UeventSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DeviceWatchTest {
    private static final UeventSource.Heard SILENCE = new UeventSource.Silence();

    private final List<Work> brought = new ArrayList<>();
    private final Deque<String> machine = new ArrayDeque<>();
    private long nanos;
    private final DeviceWatch watch = new DeviceWatch(machine::remove, brought::add, () -> nanos, 0);

    private static UeventSource.Heard event(String subsystem) {
        return new UeventSource.Event(new Uevent(Uevent.Action.ADD, "/devices/" + subsystem, subsystem, 1, Map.of()));
    }

    /** Silence takes all the time that it is waited for; after the script the watch is closed. */
    private void hears(UeventSource.Heard... script) {
        Deque<UeventSource.Heard> waiting = new ArrayDeque<>(List.of(script));
        boolean[] isClosed = {false};
        watch.watch(new UeventSource() {
            @Override
            public Heard next(Duration patience) {
                Heard next = waiting.isEmpty() ? SILENCE : waiting.remove();
                if (waiting.isEmpty()) {
                    watch.close();
                }
                nanos += next == SILENCE ? patience.toNanos() : 0;
                return next;
            }

            @Override
            public void close() {
                isClosed[0] = true;
            }
        });
        assertThat(isClosed[0]).isTrue();
    }

    @Test
    void devicesThatComeTogetherAreOneReasonToLookAndOnlyWhatIsNewIsTold() {
        machine.addAll(List.of("one", "one", "two"));
        hears(
                event("pci"),
                event("pci"),
                event("cxl"),
                SILENCE,
                event("memory"),
                SILENCE,
                new UeventSource.Lost("more than the kernel keeps"),
                SILENCE,
                SILENCE);
        assertThat(machine).isEmpty();
        assertThat(brought).containsExactly(new Work.Discovered("one"), new Work.Discovered("two"));
    }

    @Test
    void aNetworkInterfaceIsNoReasonToLook() {
        hears(event("net"), event("queues"), SILENCE, SILENCE);
        assertThat(brought).isEmpty();
    }

    @Test
    void aWatchThatIsClosedTellsNothingMore() {
        machine.add("one");
        watch.close();
        hears(event("pci"), SILENCE);
        assertThat(brought).isEmpty();
        assertThat(machine).as("it did not look").isNotEmpty();
    }
}
