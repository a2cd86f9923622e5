package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rackweave.hal.uevent.Uevent;
import org.rackweave.hal.uevent.UeventSource.Event;
import org.rackweave.hal.uevent.UeventSource.Heard;
import org.rackweave.hal.uevent.UeventSource.Lost;
import org.rackweave.hal.uevent.UeventSource.Silence;

/** Events of this machine's own kernel, which sends one when root writes to a device's attribute. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UeventSocketTest {
    private static final Path DEVICE = Path.of("/sys/devices/virtual/mem/null/uevent");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static void change(String argument) throws IOException {
        Files.writeString(
                DEVICE, "change 6f1d7a4e-0b52-4a57-9f0e-3d1c5b7a9e21 RACKWEAVE=" + argument, StandardOpenOption.WRITE);
    }

    /** Others may have devices of theirs meanwhile. */
    private static Uevent ours(UeventSocket socket, String argument) throws Exception {
        while (true) {
            Heard heard = socket.next(PATIENCE);
            assertThat(heard).isNotInstanceOf(Silence.class);
            if (heard instanceof Event event
                    && event.event()
                            .properties()
                            .getOrDefault("SYNTH_ARG_RACKWEAVE", "")
                            .equals(argument)) {
                return event.event();
            }
        }
    }

    @Test
    void whatTheKernelSaysIsHeard() throws Exception {
        assumeTrue(Files.isWritable(DEVICE), "only root can make the kernel say something");
        try (UeventSocket socket = UeventSocket.open()) {
            change("first");
            change("second");
            Uevent first = ours(socket, "first");
            Uevent second = ours(socket, "second");
            assertThat(first.action()).isEqualTo(Uevent.Action.CHANGE);
            assertThat(first.device()).isEqualTo("/devices/virtual/mem/null");
            assertThat(first.subsystem()).isEqualTo("mem");
            assertThat(second.sequence()).isGreaterThan(first.sequence());
        }
    }

    @Test
    void moreThanTheKernelKeepsIsSaidAndTheNextIsHeardAgain() throws Exception {
        assumeTrue(Files.isWritable(DEVICE), "only root can make the kernel say something");
        try (UeventSocket socket = UeventSocket.open(LibC.load(), 4_096)) {
            for (int event = 0; event < 100; event++) {
                change("flood");
            }
            boolean lost = false;
            Heard heard = socket.next(Duration.ZERO);
            while (!(heard instanceof Silence)) {
                lost |= heard instanceof Lost;
                heard = socket.next(Duration.ZERO);
            }
            assertThat(lost).isTrue();
            change("after");
            assertThat(ours(socket, "after").subsystem()).isEqualTo("mem");
        }
    }

    @Test
    void whereNothingHappensThereIsSilenceInTime() throws Exception {
        try (UeventSocket socket = UeventSocket.open()) {
            Heard heard = socket.next(Duration.ofMillis(1));
            while (!(heard instanceof Silence)) {
                heard = socket.next(Duration.ofMillis(1));
            }
        }
    }
}
