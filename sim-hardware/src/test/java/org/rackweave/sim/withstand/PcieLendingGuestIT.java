package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.sysfs.LinuxPcieOnThisKernel;
import org.rackweave.sim.interposer.InterposerContract;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.machines.Guest;

/**
 * PCIe functions of a real kernel, lent by a daemon that was only configured to: in a guest with a network device of virtual functions and
 * NVMe drives an owner and a borrower, and the field engineer's program. Who may open what is tried by users of the guest, and what is in a
 * drive is read in the file that is the drive, which no kernel can make look cleaner than it is.
 */
@Tag("machines")
class PcieLendingGuestIT {
    private static final Duration SOON = Duration.ofMinutes(5);
    private static final Duration ANSWER = Duration.ofMinutes(5);
    private static final int CONTRACT_TESTS = 22;
    private static final int DRIVE_BYTES = 1 << 20;
    private static final String SECRET = "RACKWEAVE SECRET";
    private static final int BORROWER = 2001;
    private static final int NEIGHBOUR = 2003;
    private static final String NETWORK_SLOT = "8";

    /** The first is the daemon's to lend, the others are driven by hand. */
    private static final List<Integer> DRIVE_SLOTS = List.of(16, 17, 18);

    private static final List<Path> STORES = new ArrayList<>();
    private static TrialRack rack;
    private static TrialGuest guest;

    @BeforeAll
    static void aGuestThatLendsVirtualFunctionsAndADrive() throws Exception {
        Path logs = Files.createDirectories(Path.of("target/machines/pcie-lending"));
        rack = TrialRack.of("owner", "borrower");
        Path files = rack.nodeFiles(Map.of("owner", owner(), "borrower", borrower()));
        TrialGuest.addTests(files, InterposerProgram.class, InterposerContract.class, LinuxPcieOnThisKernel.class);
        List<Guest.Nvme> drives = new ArrayList<>();
        for (int slot : DRIVE_SLOTS) {
            STORES.add(Files.write(logs.resolve("drive" + slot).toAbsolutePath(), new byte[DRIVE_BYTES]));
            drives.add(new Guest.Nvme(slot, STORES.get(STORES.size() - 1)));
        }
        guest = TrialGuest.boot(
                new Guest.Shape(
                        2,
                        2048L << 20,
                        Optional.of(files),
                        List.of(),
                        drives,
                        Set.of(Guest.Fitting.IOMMU, Guest.Fitting.SRIOV_NETWORK)),
                logs,
                ANSWER);
        shell("modprobe vfio-pci");
        for (int drive = 0; drive < DRIVE_SLOTS.size(); drive++) {
            writeByTheServer(drive);
        }
        shell("cp -r " + TrialGuest.FILES + "/* /tmp; chown -R 0:0 /tmp/identity-* /tmp/operator");
        shell("sed -i 's/NETWORK/" + functionIn(NETWORK_SLOT) + "/; s/DRIVE/" + address(0) + "/' /tmp/owner.yaml");
        // Emulated, a program that has its classes ready takes 6 s and not 20 s.
        shell("/tmp/rackweave/bin/rackweave-archive-classes");
        startNodes();
    }

    private static NodeSettings owner() {
        return node("owner")
                .with("lending.interposer.provider", "linux-pcie")
                .with("lending.interposer.settings.hosts", "\"vm-a=" + BORROWER + ", vm-b=" + NEIGHBOUR + "\"")
                .with("lending.interposer.settings.functions", "\"NETWORK 2\"")
                .with("lending.interposer.settings.devices", "\"DRIVE\"")
                .with("lending.hosts.borrower", "vm-a")
                .with("lending.claims", "[\"pci:*\"]");
    }

    private static NodeSettings borrower() {
        return node("borrower")
                .with("network.coapPort", 5702)
                .with("lending.interposer.provider", "none")
                .with("borrowing.requestTimeout", "60s");
    }

    private static NodeSettings node(String name) {
        return new NodeSettings()
                .with("node.identityDir", "/tmp/identity-" + name)
                .with("node.stateDir", "/tmp/state-" + name)
                .with("network.interfaces", "[lo]")
                .with("network.ipv4Group", TrialRack.GROUP)
                .with("network.coapAddress", "127.0.0.1")
                .with("network.coapPort", 5701)
                .with("announce.minPeriod", "1s");
    }

    private static void startNodes() {
        for (String node : List.of("owner", "borrower")) {
            shell("mkdir -m 700 /tmp/state-" + node + "; setsid /tmp/rackweave/bin/rackweaved --config /tmp/" + node
                    + ".yaml > /tmp/" + node + ".log 2>&1 &");
        }
        Soon.is(
                "the nodes have found each other",
                SOON,
                () -> run("grep '^rackweaved ready' /tmp/owner.log && grep 'node.alive .* owner' /tmp/borrower.log")
                                .exitCode()
                        == 0);
    }

    @AfterAll
    static void switchOff() throws LabFailure {
        try {
            if (guest != null) {
                System.out.println(run("cat /tmp/owner.log /tmp/borrower.log").output());
                guest.close();
            }
        } finally {
            if (rack != null) {
                rack.close();
            }
        }
    }

    @Test
    void aVirtualFunctionIsTheBorrowersUsersWhileItIsLentAndNobodysAfterwards() {
        awaitAllFree();

        String loan = borrow("function");

        String file = "/dev/vfio/" + shell("ls /dev/vfio | grep -v vfio");
        assertThat(openedBy(BORROWER, file).output()).isEqualTo("opened");
        assertThat(openedBy(NEIGHBOUR, file).exitCode()).isNotZero();
        assertThat(shell("ls /sys/bus/pci/drivers/vfio-pci")).containsOnlyOnce("0000:");

        rackweave("borrower", "release", loan, "--yes");
        awaitAllFree();

        assertThat(openedBy(BORROWER, file).exitCode()).isNotZero();
        assertThat(shell("ls /sys/bus/pci/drivers/vfio-pci")).doesNotContain("0000:");
        assertThat(rackweave("owner", "audit", "show", "-o", "json"))
                .contains("slice.wiped", "pcie-function-level-reset");
    }

    @Test
    void aDriveIsWipedBeforeItIsLentAndBeforeItIsLentAgain() {
        awaitAllFree();
        assertThat(store(0)).containsOnly(0);

        String loan = borrow("pcie-device");

        String file = "/dev/vfio/" + shell("ls /dev/vfio | grep -v vfio");
        assertThat(openedBy(BORROWER, file).output()).isEqualTo("opened");
        writeByTheBorrower(0);
        rackweave("borrower", "release", loan, "--yes");
        awaitAllFree();

        assertThat(store(0)).containsOnly(0);
        assertThat(openedBy(BORROWER, file).exitCode()).isNotZero();
        assertThat(rackweave("owner", "audit", "show", "-o", "json"))
                .contains("nvme-format-user-data-erase+zeros")
                .contains("verifiedBytes\\\":" + DRIVE_BYTES)
                // The version of the emulator, which is the drive's firmware.
                .containsPattern("nvme-format.*firmware\\\\\":\\\\\"[0-9]");

        String next = borrow("pcie-device");
        rackweave("borrower", "release", next, "--yes");
    }

    @Test
    void drivesKeepTheContractOfInterposersAndALentOneKeepsWhatItStoresUntilItIsWiped() throws Exception {
        String slice = "pci:" + address(1);
        String interposer = "linux-pcie hosts=a=2001,c=2003 devices=" + address(1) + " -- ";
        assertThat(guest.java(
                        InterposerProgram.class,
                        interposer + "bind@" + slice + "@a route@" + slice + " unbind@" + slice + " route@" + slice))
                .contains("HardwareAttachment[kind=pcie-device", "-> Bound[host=a, epoch=0]")
                .endsWith("-> Unbound[epoch=0]");
        assertThat(holdsSecret(1)).isTrue();

        assertThat(guest.java(InterposerProgram.class, interposer + "sanitise@" + slice + " route@" + slice))
                .contains("method=nvme-format-user-data-erase+zeros, wipedBytes=" + DRIVE_BYTES + ", verifiedBytes="
                        + DRIVE_BYTES)
                .endsWith("-> Unbound[epoch=0]");
        assertThat(store(1)).containsOnly(0);

        guest.passes(
                LinuxPcieOnThisKernel.class,
                CONTRACT_TESTS,
                "-Ddevices=" + address(1) + "," + address(2) + " -DdriveBytes=" + DRIVE_BYTES);
        assertThat(store(2)).containsOnly(0);
    }

    /** A wipe that a dead process left, of a drive that somebody of the server's took for swap since: it is theirs. */
    @Test
    void aDriveThatTheServerUsesIsNotWiped() {
        String slice = "pci:" + address(2);
        shell("mkdir -p /run/rackweave/wiping; echo -n $(cat /proc/sys/kernel/random/boot_id) > /run/rackweave/wiping/"
                + address(2));
        shell("echo nvme > /sys/bus/pci/devices/" + address(2) + "/driver_override; echo " + address(2)
                + " > /sys/bus/pci/drivers_probe");
        String block = "/dev/" + shell("basename /sys/bus/pci/devices/" + address(2) + "/nvme/nvme*/nvme*n1");
        shell("mkswap " + block + " && swapon " + block);
        String interposer = "linux-pcie hosts=a=2001,c=2003 devices=" + address(2) + " -- sanitise@" + slice;

        assertThat(guest.java(InterposerProgram.class, interposer))
                .contains("Refused", block + ": claim: EBUSY: this machine uses it");

        shell("swapoff " + block);
        assertThat(guest.java(InterposerProgram.class, interposer)).contains("nvme-format-user-data-erase+zeros");
        assertThat(store(2)).containsOnly(0);
    }

    // ---- the daemons -----------------------------------------------------------------------------------------------

    private static String borrow(String kind) {
        String said = rackweave(
                "borrower", "borrow", "--kind", kind, "--amount", "1", "--from", "owner", "--wait", "-o", "name");
        Matcher id = Pattern.compile("(?m)^[0-9a-f]{32}$").matcher(said);
        assertThat(id.find()).as(said).isTrue();
        return id.group();
    }

    /** Two virtual functions and a drive, each wiped. */
    private static void awaitAllFree() {
        Soon.is("all slices are free", SOON, () -> {
            String slices = rackweave("owner", "slices", "-o", "json");
            return Pattern.compile("\"state\": \"free\"")
                            .matcher(slices)
                            .results()
                            .count()
                    == 3;
        });
    }

    private static String rackweave(String node, String... arguments) {
        return shell("/tmp/rackweave/bin/rackweave --config /tmp/" + node
                + ".yaml --identity /tmp/operator --timeout 4m '" + String.join("' '", arguments) + "'");
    }

    // ---- what the guest's kernel says ------------------------------------------------------------------------------

    private static Guest.Answer openedBy(int user, String file) {
        return run("setpriv --reuid " + user + " --clear-groups sh -c 'exec 3<>" + file + " && echo opened'");
    }

    private static String functionIn(String slot) {
        return shell("cat /sys/bus/pci/slots/" + slot + "/address") + ".0";
    }

    private static String address(int drive) {
        return functionIn(Integer.toString(DRIVE_SLOTS.get(drive)));
    }

    private static String shell(String command) {
        return guest.shell(command);
    }

    private static Guest.Answer run(String command) {
        return guest.run(command);
    }

    // ---- drives ----------------------------------------------------------------------------------------------------

    /** By the kernel's own driver, which is taken from it afterwards as an operator does before a drive is lent. */
    private static void writeByTheServer(int drive) {
        String folder = "/sys/bus/pci/devices/" + address(drive);
        Soon.is(
                "the kernel has the drive",
                SOON,
                () -> run("ls -d " + folder + "/nvme/nvme*/nvme*n1").exitCode() == 0);
        shell("yes " + SECRET + " | head -c " + DRIVE_BYTES + " | dd of=/dev/$(basename " + folder
                + "/nvme/nvme*/nvme*n1) bs=64k iflag=fullblock conv=fsync");
        shell("echo " + address(drive) + " > /sys/bus/pci/drivers/nvme/unbind");
        assertThat(holdsSecret(drive)).isTrue();
    }

    /** As a virtual machine that has it would; none runs in the guest. */
    private static void writeByTheBorrower(int drive) {
        try (FileChannel store = FileChannel.open(STORES.get(drive), StandardOpenOption.WRITE)) {
            store.write(ByteBuffer.wrap(SECRET.repeat(512).getBytes(StandardCharsets.US_ASCII)), DRIVE_BYTES / 2);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        assertThat(holdsSecret(drive)).isTrue();
    }

    private static boolean holdsSecret(int drive) {
        return new String(store(drive), StandardCharsets.ISO_8859_1).contains(SECRET);
    }

    private static byte[] store(int drive) {
        try {
            return Files.readAllBytes(STORES.get(drive));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
