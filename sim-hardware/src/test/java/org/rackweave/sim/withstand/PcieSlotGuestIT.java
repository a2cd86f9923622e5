package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.machines.Guest;
import org.rackweave.sim.machines.MachineImage;

/** A slot with an NVMe device on a real kernel: switched off, the device is gone; put back, it is there with what it stored. */
@Tag("machines")
class PcieSlotGuestIT {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final String STORED = "kept by the device";

    @TempDir
    private Path files;

    @Test
    void anNvmeDeviceLeavesWithItsSlotsPowerAndComesBackWithWhatItStored() throws Exception {
        PrintWriter out = new PrintWriter(System.out, true);
        String cache =
                System.getProperty("machines.cache", MachineImage.usualCache().toString());
        MachineImage image = MachineImage.prepare(Path.of(cache), out);
        Path logs = Files.createDirectories(Path.of("target/machines/pcie-slot"));
        Path backing = Files.write(logs.resolve("nvme").toAbsolutePath(), new byte[1 << 20]);
        Guest.Nvme device = new Guest.Nvme(16, backing);
        addPrograms();
        try (Guest guest = Guest.boot(
                image, new Guest.Shape(1, 1024L << 20, Optional.of(files), List.of(), List.of(device)), logs)) {
            awaitDevice(guest);
            shell(guest, "echo " + STORED + " | dd of=/dev/nvme0n1 bs=512 conv=sync,fsync");

            assertThat(slot(guest, "is-on functions off is-on functions")).isEqualTo("""
                            is-on -> true
                            functions -> [0000:01:00.0]
                            off -> done
                            is-on -> false
                            functions -> []""");
            assertThat(shell(guest, "ls /dev")).doesNotContain("nvme0");
            // QEMU takes out what goes off, so that nothing is there to be switched on.
            assertThat(slot(guest, "on is-on"))
                    .contains("on -> Refused slot 16: switch on: /sys/bus/pci/slots/16/power: write 1: ENODEV")
                    .endsWith("is-on -> false");

            guest.insert(device);

            awaitDevice(guest);
            assertThat(shell(guest, "head -c " + STORED.length() + " /dev/nvme0n1"))
                    .isEqualTo(STORED);
            assertThat(slot(guest, "on is-on functions")).isEqualTo("""
                            on -> done
                            is-on -> true
                            functions -> [0000:01:00.0]""");
        }
    }

    private void addPrograms() throws Exception {
        BuiltDistribution.find().copiedTo(files.resolve("rackweave"));
        Path classes = Files.createDirectories(files.resolve("classes/org/rackweave/sim/withstand"));
        String program = PcieSlotProgram.class.getSimpleName() + ".class";
        try (InputStream in = Objects.requireNonNull(PcieSlotGuestIT.class.getResourceAsStream(program), program)) {
            Files.copy(in, classes.resolve(program));
        }
    }

    private static void awaitDevice(Guest guest) {
        Soon.is(
                "the kernel has the device",
                SOON,
                () -> run(guest, "[ -b /dev/nvme0n1 ]").exitCode() == 0);
    }

    private static String slot(Guest guest, String orders) {
        return shell(
                guest,
                "java -Djna.nosys=true -Djna.boot.library.path=/mnt/rackweave/lib/native/x86_64"
                        + " -cp '/mnt/classes:/mnt/rackweave/lib/*' " + PcieSlotProgram.class.getName() + " 16 "
                        + orders);
    }

    private static String shell(Guest guest, String command) {
        Guest.Answer answer = run(guest, command);
        assertThat(answer.exitCode()).as("%s: %s", command, answer.output()).isZero();
        return answer.output();
    }

    private static Guest.Answer run(Guest guest, String command) {
        try {
            return guest.run(command, ANSWER);
        } catch (LabFailure e) {
            throw new AssertionError(e);
        }
    }
}
