package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.text.Schemata;

/**
 * What a hand does that takes the device away while it is told something: before the first look at its attributes, before the second, and so on
 * to the end of the order. Each order ends, by its name, and none says that nothing was changed once the kernel was told.
 */
class RemovedByHandTest {
    /** More looks than any order takes. */
    private static final int MOST_LOOKS = 200;

    @TempDir
    Path folder;

    /** A machine with its device, made anew for each look. */
    private record Machine(Attributes kernel, Hand hand) {}

    private interface Making {
        Machine in(Path root) throws Exception;
    }

    private interface Hand {
        void takesItAway() throws Exception;
    }

    private interface Order {
        void given(Attributes kernel, KernelFolders folders) throws HalException, KernelRefusal;
    }

    /** @param tells what the kernel does once the device itself is told, and not how it is to be told */
    private void removedAtEachLook(Making making, Order order, Predicate<String> tells) throws Exception {
        int looks = 0;
        boolean isWhole = false;
        while (!isWhole) {
            looks++;
            assertThat(looks).isLessThan(MOST_LOOKS);
            Machine machine = making.in(Files.createDirectory(folder.resolve("look" + looks)));
            Watched watched = new Watched(machine, looks);
            Optional<Exception> failure = failure(order, watched);
            boolean wasTold = watched.done.stream().anyMatch(tells);
            failure.ifPresent(said -> assertThat(said).isInstanceOfAny(HalException.class, KernelRefusal.class));
            if (wasTold && failure.isPresent()) {
                assertThat(failure.get())
                        .as("at look " + watched.looks + ", after " + watched.done)
                        .isNotInstanceOfAny(HalException.Refused.class, HalException.Unavailable.class);
            }
            isWhole = !watched.isGone;
        }
        assertThat(looks).as("it was looked at, and taken away each time").isGreaterThan(2);
    }

    private static Optional<Exception> failure(Order order, Watched watched) {
        try {
            order.given(watched, watched);
            return Optional.empty();
        } catch (HalException | KernelRefusal failed) {
            return Optional.of(failed);
        }
    }

    @Test
    void aCardThatIsPulledWhileItsSlotIsSwitchedOff() throws Exception {
        String slot = "/sys/bus/pci/slots/9/";
        removedAtEachLook(
                root -> {
                    ModelTree tree = new ModelTree(root);
                    tree.put(slot + "address", "0000:01:00");
                    tree.put(slot + "power", "1");
                    tree.put("/sys/bus/pci/devices/0000:01:00.0/vendor", "0x1b36");
                    tree.runs((path, value) -> {
                        tree.put(path, value);
                        tree.remove("/sys/bus/pci/devices/0000:01:00.0");
                    });
                    return new Machine(tree, () -> tree.remove("/sys/bus/pci/slots/9"));
                },
                (kernel, folders) -> new PcieSlot("9", kernel).switchOff(),
                written -> written.contains("/power="));
    }

    @Test
    void aFunctionThatIsPulledWhileItsVirtualOnesAreMade() throws Exception {
        removedAtEachLook(
                this::aNetworkFunction,
                (kernel, folders) ->
                        new PhysicalFunction(PciAddress.parse(ModelPci.NETWORK).orElseThrow(), kernel).enable(2),
                written -> written.contains("/sriov_numvfs="));
    }

    private Machine aNetworkFunction(Path root) throws Exception {
        ModelPci kernel = new ModelPci(root);
        return new Machine(kernel, () -> Files.delete(kernel.file("/sys/bus/pci/devices/" + ModelPci.NETWORK)));
    }

    @Test
    void aFunctionThatIsPulledWhileItIsRemoved() throws Exception {
        removedAtEachLook(
                root -> {
                    ModelTree tree = new ModelTree(root);
                    String function = "/sys/bus/pci/devices/0000:02:00.0";
                    tree.put(function + "/remove", "");
                    tree.runs((path, value) -> tree.remove(function));
                    return new Machine(tree, () -> tree.remove(function));
                },
                (kernel, folders) -> new PciBus(kernel)
                        .remove(PciAddress.parse("0000:02:00.0").orElseThrow()),
                written -> true);
    }

    @Test
    void aVirtualFunctionThatGoesWhileVfioGetsIt() throws Exception {
        PciAddress function = PciAddress.parse("0000:02:10.0").orElseThrow();
        removedAtEachLook(
                root -> {
                    ModelPci kernel = new ModelPci(root);
                    new PhysicalFunction(PciAddress.parse(ModelPci.NETWORK).orElseThrow(), kernel).enable(1);
                    return new Machine(kernel, () -> Files.delete(kernel.file("/sys/bus/pci/devices/" + function)));
                },
                (kernel, folders) -> new FunctionControl(function, kernel, any -> new byte[4096]).giveToVfio(),
                written -> written.contains("/drivers_probe="));
    }

    @Test
    void aProcessorThatAHypervisorTakesWhileItGoesOffLine() throws Exception {
        removedAtEachLook(
                root -> {
                    ModelTree tree = new ModelProcessors(root, 1).tree;
                    return new Machine(tree, () -> tree.remove(ModelProcessors.FOLDER + "cpu2"));
                },
                (kernel, folders) -> new CpuHotplug(kernel).takeOffline(2),
                written -> written.contains("cpu2/online="));
    }

    @Test
    void anFpgaThatIsPulledWhileItIsLoaded() throws Exception {
        String fpga = "/sys/class/fpga_manager/fpga0";
        removedAtEachLook(
                root -> {
                    ModelTree tree = new ModelTree(root);
                    tree.put(fpga + "/state", "operating");
                    tree.put(fpga + "/status", "");
                    tree.put(fpga + "/flags", "1");
                    tree.put(fpga + "/firmware", "");
                    return new Machine(tree, () -> tree.remove(fpga));
                },
                (kernel, folders) -> new FpgaLoader("fpga0", kernel, Duration.ofSeconds(30))
                        .load("design-1.bin", FpgaLoader.Extent.FULL),
                written -> written.contains("/firmware="));
    }

    @Test
    void sharesThatAreUnmountedWhileTheyAreSaid() throws Exception {
        String resctrl = "/sys/fs/resctrl";
        removedAtEachLook(
                root -> {
                    ModelTree tree = new ModelTree(root);
                    tree.put(resctrl + "/schemata", "L3:0=fff");
                    tree.put(resctrl + "/ours/schemata", "L3:0=fff");
                    tree.put(resctrl + "/info/L3/cbm_mask", "fff");
                    tree.put(resctrl + "/info/L3/min_cbm_bits", "2");
                    tree.put(resctrl + "/info/L3/num_closids", "16");
                    return new Machine(tree, () -> tree.remove(resctrl));
                },
                (kernel, folders) ->
                        new Resctrl(kernel, folders).allow("ours", new Schemata(Map.of("L3", Map.of(0, 0xFL)))),
                written -> written.contains("/schemata="));
    }

    @Test
    void processorsOfAGroupThatIsRemovedMeanwhile() throws Exception {
        String group = "/sys/fs/resctrl/ours";
        removedAtEachLook(
                root -> {
                    ModelTree tree = new ModelTree(root);
                    tree.put(group + "/cpus_list", "");
                    return new Machine(tree, () -> tree.remove(group));
                },
                (kernel, folders) -> new Resctrl(kernel, folders).assign("ours", IdSet.of(List.of(1))),
                written -> written.contains("/cpus_list="));
    }

    /** The hand comes before a certain look or order, once. */
    private static final class Watched implements Attributes, KernelFolders {
        private final Machine machine;
        private final int removedBefore;
        private final List<String> done = new ArrayList<>();
        private int looks;
        private boolean isGone;

        Watched(Machine machine, int removedBefore) {
            this.machine = machine;
            this.removedBefore = removedBefore;
        }

        private void step() {
            looks++;
            if (looks == removedBefore) {
                isGone = true;
                try {
                    machine.hand().takesItAway();
                } catch (Exception impossible) {
                    throw new AssertionError(impossible);
                }
            }
        }

        @Override
        public Optional<String> text(String path) throws KernelRefusal {
            step();
            return machine.kernel().text(path);
        }

        @Override
        public List<String> names(String path, Pattern wanted) throws KernelRefusal {
            step();
            return machine.kernel().names(path, wanted);
        }

        @Override
        public Optional<String> place(String path) throws KernelRefusal {
            step();
            return machine.kernel().place(path);
        }

        @Override
        public void write(String path, String value, Duration limit) throws KernelRefusal {
            step();
            if (machine.kernel().place(path).isEmpty()) {
                throw new KernelRefusal(KernelRefusal.Reason.ABSENT, path, "write " + value + ": ENOENT");
            }
            machine.kernel().write(path, value, limit);
            done.add(path + "=" + value);
        }

        @Override
        public void make(String path) {
            throw new AssertionError("no order here makes " + path);
        }

        @Override
        public void remove(String path) {
            throw new AssertionError("no order here removes " + path);
        }

        @Override
        public void close() {
            machine.kernel().close();
        }
    }
}
