package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.discovery.TelemetryContract;
import org.rackweave.hal.discovery.TelemetryOnThisKernel;
import org.rackweave.hal.nativelinux.UeventSocketTest;
import org.rackweave.hal.sysfs.MemoryBlocksContract;
import org.rackweave.hal.sysfs.MemoryBlocksOnThisKernel;
import org.rackweave.hal.sysfs.PciBusContract;
import org.rackweave.hal.sysfs.PciBusOnThisKernel;
import org.rackweave.hal.sysfs.ProcessorsContract;
import org.rackweave.hal.sysfs.ProcessorsOnThisKernel;
import org.rackweave.hal.sysfs.SlotContract;
import org.rackweave.hal.sysfs.SlotOnThisKernel;
import org.rackweave.hal.uevent.UeventContract;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.machines.Guest;

/** The contracts of the kernel's ports on a real kernel: slots, buses, processors, memory blocks, telemetry and events. One boot for all. */
@Tag("machines")
class PortsGuestIT {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final Duration ANSWER = Duration.ofMinutes(5);
    private static final String EMPTY_SLOT = "18";
    private static final String BUS_SLOT = "19";
    private static final String SLICE = "cxl:0xaaaa0002";

    private static TrialGuest guest;

    @BeforeAll
    static void aMachineWithSlotsProcessorsAndMemoryThatLeave(@TempDir Path files) throws Exception {
        Path logs = Files.createDirectories(Path.of("target/machines/ports"));
        Path pool = logs.toAbsolutePath().resolve("pool");
        Files.deleteIfExists(pool);
        TrialGuest.addPrograms(files, InterposerProgram.class);
        TrialGuest.addTests(
                files,
                SlotContract.class,
                SlotOnThisKernel.class,
                ProcessorsContract.class,
                ProcessorsOnThisKernel.class,
                MemoryBlocksContract.class,
                MemoryBlocksOnThisKernel.class,
                PciBusContract.class,
                PciBusOnThisKernel.class,
                TelemetryContract.class,
                TelemetryOnThisKernel.class,
                UeventContract.class,
                UeventSocketTest.class);
        Guest.Shape shape = new Guest.Shape(
                3,
                2048L << 20,
                Optional.of(files),
                List.of(new Guest.CxlMemory(0xaaaa0002L, pool, 256L << 20)),
                List.of(nvme(logs, 16), nvme(logs, 17), nvme(logs, 18), nvme(logs, 19)));
        guest = TrialGuest.boot(shape, logs, ANSWER);
        Soon.is(
                "the kernel has the devices",
                SOON,
                () -> guest.run("[ $(ls -d /sys/class/nvme/nvme* | wc -l) = 4 ]")
                                .exitCode()
                        == 0);
    }

    private static Guest.Nvme nvme(Path logs, int slot) throws Exception {
        return new Guest.Nvme(slot, Files.write(logs.resolve("nvme" + slot).toAbsolutePath(), new byte[1 << 20]));
    }

    @AfterAll
    static void switchOff() throws LabFailure {
        if (guest != null) {
            guest.close();
        }
    }

    @Test
    void slotsAreAsTheirContractSays() {
        // QEMU takes out what goes off.
        guest.shell("echo 0 > /sys/bus/pci/slots/" + EMPTY_SLOT + "/power");

        guest.passes(SlotOnThisKernel.class, 7, "-Dslots=16,17 -Dempty=" + EMPTY_SLOT);
    }

    @Test
    void busesAreAsTheirContractSays() {
        String function = guest.shell("cat /sys/bus/pci/slots/" + BUS_SLOT + "/address") + ".0";
        guest.passes(PciBusOnThisKernel.class, 5, "-Dfunction=" + function);
    }

    @Test
    void processorsAreAsTheirContractSays() {
        guest.passes(ProcessorsOnThisKernel.class, 7, "");
        assertThat(guest.shell("cat /sys/devices/system/cpu/online")).isEqualTo("0-2");
    }

    @Test
    void memoryBlocksAreAsTheirContractSays() {
        guest.shell("modprobe -a cxl_acpi cxl_pci cxl_mem cxl_port dax_cxl kmem device_dax");
        assertThat(guest.java(
                        InterposerProgram.class,
                        "linux-cxl host=guest 'memory=0xaaaa0002 256MiB' -- bind@" + SLICE + "@guest"))
                .contains("HardwareAttachment[kind=cxl-memory");

        guest.passes(MemoryBlocksOnThisKernel.class, 9, "");
    }

    @Test
    void telemetryIsAsItsContractSays() {
        guest.passes(TelemetryOnThisKernel.class, 9, "");
    }

    @Test
    void eventsAreAsTheirContractSays() {
        guest.passes(UeventSocketTest.class, 7, "");
    }
}
