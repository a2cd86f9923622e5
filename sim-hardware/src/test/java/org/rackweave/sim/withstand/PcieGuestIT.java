package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.sysfs.LinuxPcieOnThisKernel;
import org.rackweave.hal.sysfs.SriovContract;
import org.rackweave.hal.sysfs.SriovOnThisKernel;
import org.rackweave.hal.sysfs.TransmitRateOnThisKernel;
import org.rackweave.sim.interposer.InterposerContract;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.machines.Guest;

/**
 * What is on the PCIe buses of a machine with a real kernel: a slot with an NVMe device, functions with SR-IOV, and the mailbox of a CXL
 * switch. One boot for all.
 */
@Tag("machines")
class PcieGuestIT {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final int CONTRACT_TESTS = 22;
    private static final String NETWORK_SLOT = "8";
    private static final String NVME_SLOT = "9";
    private static final String STORED = "kept by the device";

    private static Guest.Nvme device;
    private static TrialGuest guest;

    @BeforeAll
    static void aMachineWithSlotsAndASwitch(@TempDir Path files) throws Exception {
        Path logs = Files.createDirectories(Path.of("target/machines/pcie"));
        device = new Guest.Nvme(16, Files.write(logs.resolve("nvme").toAbsolutePath(), new byte[1 << 20]));
        TrialGuest.addPrograms(files, PcieSlotProgram.class, SwitchMailboxProgram.class, InterposerProgram.class);
        TrialGuest.addTests(
                files,
                SriovContract.class,
                SriovOnThisKernel.class,
                TransmitRateOnThisKernel.class,
                InterposerContract.class,
                LinuxPcieOnThisKernel.class);
        Guest.Shape shape = new Guest.Shape(
                2, 1024L << 20, Optional.of(files), List.of(), List.of(device), Set.of(Guest.Fitting.values()));
        guest = TrialGuest.boot(shape, logs, ANSWER);
    }

    @AfterAll
    static void switchOff() throws LabFailure {
        if (guest != null) {
            guest.close();
        }
    }

    @Test
    void anNvmeDeviceLeavesWithItsSlotsPowerAndComesBackWithWhatItStored() throws Exception {
        String drive = awaitDrive();
        guest.shell("echo " + STORED + " | dd of=" + drive + " bs=512 conv=sync,fsync");

        assertThat(slot("is-on functions off is-on functions")).isEqualTo("""
                            is-on -> true
                            functions -> [0000:01:00.0]
                            off -> done
                            is-on -> false
                            functions -> []""");
        assertThat(guest.run("ls " + drive).exitCode()).isNotZero();
        // QEMU takes out what goes off, so that nothing is there to be switched on.
        assertThat(slot("on is-on"))
                .contains("on -> Refused slot 16: switch on: /sys/bus/pci/slots/16/power: write 1: ENODEV")
                .endsWith("is-on -> false");

        guest.insert(device);

        assertThat(guest.shell("head -c " + STORED.length() + " " + awaitDrive()))
                .isEqualTo(STORED);
        assertThat(slot("on is-on functions")).isEqualTo("""
                            on -> done
                            is-on -> true
                            functions -> [0000:01:00.0]""");
    }

    @Test
    void aSwitchAnswersThroughTheMailboxOfItsFunctionAndDeclinesByNameWhatItCannot() {
        String function =
                guest.shell("grep -l 0x0c0b /sys/bus/pci/devices/*/class").replace("/class", "");

        assertThat(guest.java(SwitchMailboxProgram.class, function).lines())
                .satisfiesExactly(
                        identity -> assertThat(identity)
                                .startsWith("0001 -> Answered")
                                .contains("dialect=CXL3"),
                        background -> assertThat(background)
                                .startsWith("0002 -> Answered")
                                .contains("activity=IDLE"),
                        itself -> assertThat(itself)
                                .startsWith("5100 -> Answered")
                                .contains("ports=3, virtualSwitches=1"),
                        ports -> assertThat(ports)
                                .startsWith("5101 -> Answered")
                                .containsPattern("id=0, state=DOWNSTREAM.*id=1, state=DOWNSTREAM"),
                        behindPort1 -> assertThat(behindPort1)
                                .startsWith("5300 0001 -> Answered")
                                .contains("serial=2,"),
                        declined -> assertThat(declined)
                                .isEqualTo("5200 -> Declined[code=0x0003 unsupported, vendorStatus=0]"));
    }

    /** By the driver of a network device, and by the kernel's own way, which the driver of NVMe devices takes. */
    @ParameterizedTest
    @ValueSource(strings = {NETWORK_SLOT, NVME_SLOT})
    void virtualFunctionsAreMadeAndTakenAwayByTheirDriver(String slot) {
        guest.passes(SriovOnThisKernel.class, 7, "-Dfunction=" + functionIn(slot));
    }

    @Test
    void whatAVirtualFunctionSendsIsLimitedWhereItsDriverCan() {
        String function = functionIn(NETWORK_SLOT);
        String link = networkLinkWithFunctions(function);

        guest.passes(TransmitRateOnThisKernel.class, 2, "-Dlink=" + link);
    }

    /** What the contract leaves out is looked at by a shell: which user the kernel lets at a function that is bound. */
    @Test
    void virtualFunctionsAreLentToTheUserOfAVirtualMachineAndToNoOther() {
        String function = functionIn(NETWORK_SLOT);
        networkLinkWithFunctions(function);
        guest.shell("modprobe vfio-pci");

        guest.passes(LinuxPcieOnThisKernel.class, CONTRACT_TESTS, "-Dfunction=" + function);

        String slice = "pci:" + function + "-vf1";
        String interposer = "linux-pcie hosts=a=2001,c=2003 'functions=" + function + " 2 250Mbit/s' -- ";
        assertThat(guest.java(InterposerProgram.class, interposer + "bind@" + slice + "@a route@" + slice))
                .contains("HardwareAttachment[kind=pcie-function")
                .endsWith("-> Bound[host=a, epoch=0]");
        String virtual = guest.shell("basename $(readlink /sys/bus/pci/devices/" + function + "/virtfn1)");
        String file =
                guest.shell("echo /dev/vfio/$(basename $(readlink /sys/bus/pci/devices/" + virtual + "/iommu_group))");
        assertThat(openedBy(2003, file).exitCode()).isNotZero();
        assertThat(openedBy(2001, file).output()).isEqualTo("opened");

        guest.shell("setsid sh -c 'exec 3<>" + file + "; echo $$ > /tmp/opener; exec sleep 600' > /dev/null 2>&1 &");
        Soon.is(
                "a program has it open",
                SOON,
                () -> guest.run("ls -l /proc/$(cat /tmp/opener)/fd | grep -q vfio")
                                .exitCode()
                        == 0);
        assertThat(guest.java(InterposerProgram.class, interposer + "unbind@" + slice + " route@" + slice))
                .contains("Refused", "a has " + file + " open")
                .endsWith("-> Bound[host=a, epoch=0]");
        guest.shell("kill -9 $(cat /tmp/opener); while [ -d /proc/$(cat /tmp/opener) ]; do sleep 0.1; done");
        assertThat(guest.java(InterposerProgram.class, interposer + "unbind@" + slice + " sanitise@" + slice))
                .contains("unbind@" + slice + " -> done", "pcie-function-level-reset");
        assertThat(guest.run("ls " + file).exitCode()).isNotZero();
    }

    private static Guest.Answer openedBy(int user, String file) {
        return guest.run("setpriv --reuid " + user + " --clear-groups sh -c 'exec 3<>" + file + " && echo opened'");
    }

    /** Two virtual functions of a network device, and its link up, which making them takes down for some seconds. */
    private static String networkLinkWithFunctions(String function) {
        String link = guest.shell("ls /sys/bus/pci/devices/" + function + "/net");
        guest.shell("ip link set " + link + " up; cd /sys/bus/pci/devices/" + function
                + "; echo 0 > sriov_numvfs; echo 0 > sriov_drivers_autoprobe; echo 2 > sriov_numvfs");
        Soon.is(
                "the link is up",
                SOON,
                () -> guest.run("[ $(cat /sys/class/net/" + link + "/carrier) = 1 ]")
                                .exitCode()
                        == 0);
        return link;
    }

    private static String functionIn(String slot) {
        return guest.shell("cat /sys/bus/pci/slots/" + slot + "/address") + ".0";
    }

    /** The block device in the slot; which number the kernel gives it depends on which of the controllers was ready first. */
    private static String awaitDrive() {
        String name = "basename $(ls -d /sys/bus/pci/devices/" + functionIn("16") + "/nvme/nvme*/nvme*n1)";
        Soon.is(
                "the kernel has the device",
                SOON,
                () -> guest.run("[ -b /dev/$(" + name + ") ]").exitCode() == 0);
        return "/dev/" + guest.shell(name);
    }

    private static String slot(String orders) {
        return guest.java(PcieSlotProgram.class, "16 " + orders);
    }
}
