package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.uevent.Uevent;
import org.rackweave.hal.uevent.UeventSource;

class HereWatchTest {
    private final Rig rig = new Rig();
    private long nanos;

    private Rig.Outcome watched(OutputFormat form, UeventSource.Heard... heard) {
        Deque<UeventSource.Heard> waiting = new ArrayDeque<>(List.of(heard));
        UeventSource source = new UeventSource() {
            @Override
            public Heard next(Duration patience) {
                if (waiting.isEmpty()) {
                    nanos += patience.toNanos();
                    return new Silence();
                }
                return waiting.remove();
            }

            @Override
            public void close() {}
        };
        return rig.run(session -> new HereWatch(session, form, source, () -> nanos)
                .run(new Millis(1_000), Optional.of(new Millis(5_000))));
    }

    private static UeventSource.Heard event(Uevent.Action action, String device) {
        return new UeventSource.Event(new Uevent(action, device, "pci", 1, Map.of()));
    }

    @Test
    void eachDeviceIsALineWithWhatHappenedLast() {
        Rig.Outcome run = watched(
                OutputFormat.TABLE,
                event(Uevent.Action.ADD, "/devices/a"),
                event(Uevent.Action.BIND, "/devices/a"),
                event(Uevent.Action.REMOVE, "/devices/b\u001b[31m"));
        assertThat(run.out())
                .hasLineCount(2)
                .contains("pci /devices/a: bind, after 2 events\n")
                .contains("pci /devices/b")
                .doesNotContain("\u001b");
        assertThat(nanos).isEqualTo(5_000_000_000L);
    }

    @Test
    void programsGetALineOfJsonEach() {
        assertThat(watched(OutputFormat.JSON, event(Uevent.Action.OFFLINE, "/devices/cpu1"))
                        .out())
                .endsWith("\"subsystem\":\"pci\",\"device\":\"/devices/cpu1\",\"last\":\"offline\",\"events\":1}\n");
    }

    @Test
    void eventsThatWereLostAreSaid() {
        assertThat(watched(OutputFormat.TABLE, new UeventSource.Lost("too many"))
                        .err())
                .contains("look at everything again");
    }

    @Test
    void aSwitchAndThisMachineAreNotWatchedAtOnce() {
        assertThat(rig.run("hw", "watch", "--here", "--switch", "127.0.0.1:1").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }
}
