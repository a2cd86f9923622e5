package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.uevent.Uevent;
import org.rackweave.hal.uevent.UeventContract;
import org.rackweave.hal.uevent.UeventSource;

/** The contract on this machine's own kernel, which sends an event when root writes to a device's attribute; also in guests. */
public class UeventSocketTest extends UeventContract {
    private static final Path DEVICE = Path.of("/sys/devices/virtual/mem/null/uevent");
    private static final int FEW_BYTES = 4_096;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    protected UeventSource open() throws HalException {
        return UeventSocket.open();
    }

    @Override
    protected UeventSource openThatKeepsLittle() throws HalException {
        return UeventSocket.open(LibC.load(), FEW_BYTES);
    }

    @Override
    protected void change(String which) throws IOException {
        assumeTrue(Files.isWritable(DEVICE), "only root can make the kernel say something");
        Files.writeString(
                DEVICE, "change 6f1d7a4e-0b52-4a57-9f0e-3d1c5b7a9e21 RACKWEAVE=" + which, StandardOpenOption.WRITE);
    }

    @Override
    protected boolean isChange(Uevent event, String which) {
        return event.properties().getOrDefault("SYNTH_ARG_RACKWEAVE", "").equals(which);
    }

    @Test
    void aDeviceIsNamedByWhereItIsBelowSys() throws Exception {
        try (UeventSource source = open()) {
            change("named");
            UeventSource.Heard heard = source.next(PATIENCE);
            while (!(heard instanceof UeventSource.Event event && isChange(event.event(), "named"))) {
                assertThat(heard).isNotInstanceOf(UeventSource.Silence.class);
                heard = source.next(PATIENCE);
            }
            Uevent named = ((UeventSource.Event) heard).event();
            assertThat(named.device()).isEqualTo("/devices/virtual/mem/null");
            assertThat(named.subsystem()).isEqualTo("mem");
        }
    }
}
