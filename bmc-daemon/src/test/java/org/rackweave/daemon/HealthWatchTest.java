package org.rackweave.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.hal.discovery.Discovery;
import org.rackweave.hal.discovery.Telemetry;

class HealthWatchTest {
    private static final String CARD = "sys/bus/pci/devices/0000:3b:00.0/";
    private static final String KEY = "pci:0000:3b:00.0:8086-1572";

    @TempDir
    Path root;

    private final List<Work> brought = new ArrayList<>();

    private void put(String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text + "\n");
    }

    @Test
    void aFatalErrorOfALentDeviceReachesItsOwnersCoreOnce() throws IOException {
        put(CARD + "class", "0x020000");
        put(CARD + "vendor", "0x8086");
        put(CARD + "device", "0x1572");
        put(CARD + "aer_dev_fatal", "DLP 2\nTOTAL_ERR_FATAL 2");
        try (Telemetry telemetry = Telemetry.ofDirectory(root)) {
            HealthWatch.Turn turn = new HealthWatch.Turn(
                    Set.of(KEY, "cxl:0x1"),
                    telemetry::pcieErrors,
                    () -> Discovery.ofDirectory(root).inventory(),
                    brought::add,
                    () -> 1_000);
            turn.look();
            assertThat(brought).as("as it was found").isEmpty();
            put(CARD + "aer_dev_fatal", "DLP 3\nTOTAL_ERR_FATAL 3");
            turn.look();
            turn.look();
        }
        assertThat(brought)
                .containsExactly(new Work.ForLeases(new LeaseEvent.DeviceFailing(
                        KEY, "0000:3b:00.0 reported 1 fatal PCIe error, of the kinds seen so far DLP")));
    }

    @Test
    void aNodeThatLendsNoDeviceOfItsOwnMachineWatchesNothing() {
        assertThat(HealthWatch.start(Set.of("mld-1-ld0", "port16"), brought::add, () -> 0, bug -> {}))
                .isEmpty();
    }
}
