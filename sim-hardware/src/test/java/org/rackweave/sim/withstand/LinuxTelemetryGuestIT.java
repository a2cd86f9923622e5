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

/** What a real kernel counts, measures and says of its devices, and that its processors leave and come. */
@Tag("machines")
class LinuxTelemetryGuestIT {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final String RACKWEAVE = "/mnt/rackweave/bin/rackweave ";

    @TempDir
    private Path files;

    @Test
    void errorsSensorsEventsAndProcessorsAreThoseOfTheKernel() throws Exception {
        PrintWriter out = new PrintWriter(System.out, true);
        String cache =
                System.getProperty("machines.cache", MachineImage.usualCache().toString());
        MachineImage image = MachineImage.prepare(Path.of(cache), out);
        Path logs = Files.createDirectories(Path.of("target/machines/telemetry"));
        Path backing = Files.write(logs.resolve("nvme").toAbsolutePath(), new byte[1 << 20]);
        Guest.Nvme device = new Guest.Nvme(16, backing);
        addPrograms();
        try (Guest guest = Guest.boot(
                image, new Guest.Shape(2, 1024L << 20, Optional.of(files), List.of(), List.of(device)), logs)) {
            Soon.is(
                    "the kernel has the device",
                    SOON,
                    () -> run(guest, "[ -b /dev/nvme0n1 ]").exitCode() == 0);
            errorsAreCounted(guest, device);
            temperaturesAreMeasured(guest);
            processorsLeaveAndCome(guest);
            devicesThatLeaveAreSaid(guest);
        }
    }

    private static void errorsAreCounted(Guest guest, Guest.Nvme device) throws LabFailure {
        String port = shell(guest, "basename $(dirname $(readlink -f /sys/class/nvme/nvme0/../..))");
        guest.reportError(device, "BAD_TLP");
        Soon.is(
                "the kernel has counted the error",
                SOON,
                () -> run(guest, "grep -q 'BadTLP 1' /sys/bus/pci/devices/*/aer_dev_correctable")
                                .exitCode()
                        == 0);
        String health = shell(guest, RACKWEAVE + "hw health");
        assertThat(health).startsWith("Well: 1 of ").containsPattern(port + " +1 +0 +0 +- +BadTLP 1");
    }

    private static void temperaturesAreMeasured(Guest guest) {
        String celsius = shell(guest, "cat /sys/class/nvme/nvme0/hwmon*/temp1_input");
        assertThat(shell(guest, RACKWEAVE + "hw health --json"))
                .contains("\"chip\": \"nvme\"", "\"function\": \"0000:01:00.0\"", "\"millicelsius\": " + celsius);
    }

    private static void processorsLeaveAndCome(Guest guest) {
        assertThat(shell(
                        guest,
                        "java -Djna.nosys=true -Djna.boot.library.path=/mnt/rackweave/lib/native/x86_64"
                                + " -cp '/mnt/classes:/mnt/rackweave/lib/*' " + CpuHotplugProgram.class.getName()
                                + " off1 off1 off0 on1"))
                .startsWith("off1 -> 0\noff1 -> 0\noff0 -> ")
                .containsPattern("off0 -> (Unavailable|Refused) processor 0: take off line")
                .endsWith("on1 -> 0-1");
    }

    private static void devicesThatLeaveAreSaid(Guest guest) {
        shell(guest, "(" + RACKWEAVE + "hw watch --here --for 300s >/tmp/events 2>/tmp/watching) & sleep 0");
        Soon.is(
                "it watches",
                SOON,
                () -> run(guest, "grep -q Watching /tmp/watching").exitCode() == 0);
        shell(guest, "echo 0 > /sys/bus/pci/slots/16/power");
        Soon.is(
                "it has been said",
                SOON,
                () -> run(guest, "grep -q 'pci /devices/.*0000:01:00.0: remove' /tmp/events")
                                .exitCode()
                        == 0);
        assertThat(shell(guest, "cat /tmp/events")).contains("nvme0n1: remove");
    }

    private void addPrograms() throws Exception {
        BuiltDistribution.find().copiedTo(files.resolve("rackweave"));
        Path classes = Files.createDirectories(files.resolve("classes/org/rackweave/sim/withstand"));
        String program = CpuHotplugProgram.class.getSimpleName() + ".class";
        try (InputStream in =
                Objects.requireNonNull(LinuxTelemetryGuestIT.class.getResourceAsStream(program), program)) {
            Files.copy(in, classes.resolve(program));
        }
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
