package org.rackweave.hal.discovery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.inventory.NtbDevice;
import org.rackweave.hal.inventory.Partitions;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.text.NtbWindowText;
import org.rackweave.hal.text.Numerals;
import org.rackweave.hal.text.PciResources;

/** Parts of devices (mdev, MIG) and non-transparent bridges. Few machines have any, so that none of it is missed. */
final class PartitionSource {
    private static final String PARENTS = "/sys/class/mdev_bus";
    private static final String MEDIATED = "/sys/bus/mdev/devices";
    private static final String NVIDIA = "/proc/driver/nvidia";
    private static final String NTB = "/sys/bus/ntb/devices";
    private static final String NTB_TOOL = "ntb_tool";
    private static final String NTB_WINDOWS = "/sys/kernel/debug/ntb_tool/";
    private static final String PCI = "/sys/bus/pci/devices/";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern PEER = Pattern.compile("peer[0-9]{1,4}");
    private static final Pattern WINDOW = Pattern.compile("mw_trans[0-9]{1,4}");
    private static final Pattern GPU = Pattern.compile("gpu[0-9]{1,4}");
    private static final Pattern GPU_INSTANCE = Pattern.compile("gi[0-9]{1,4}");
    private static final Pattern COMPUTE_INSTANCE = Pattern.compile("ci[0-9]{1,4}");
    private static final Pattern DEVICE_MINOR = Pattern.compile("(?m)^Device Minor:\\s{0,32}([0-9]{1,4})\\s{0,32}$");
    private static final Pattern FILE_MINOR = Pattern.compile("(?m)^DeviceFileMinor:\\s{0,32}([0-9]{1,9})\\s{0,32}$");

    private final TreeReader tree;

    PartitionSource(TreeReader tree) {
        this.tree = tree;
    }

    Partitions partitions() {
        return new Partitions(mediatedTypes(), mediatedDevices(), migInstances());
    }

    private List<Partitions.MediatedType> mediatedTypes() {
        List<Partitions.MediatedType> types = new ArrayList<>();
        for (String parent : tree.names(PARENTS, NAME)) {
            String folder = PARENTS + "/" + parent + "/mdev_supported_types";
            for (String type : tree.names(folder, NAME)) {
                String at = folder + "/" + type + "/";
                types.add(new Partitions.MediatedType(
                        parent,
                        type,
                        said(at + "name"),
                        said(at + "device_api"),
                        tree.ordinal(at + "available_instances")));
            }
        }
        return types;
    }

    private List<Partitions.MediatedDevice> mediatedDevices() {
        List<Partitions.MediatedDevice> devices = new ArrayList<>();
        for (String uuid : tree.names(MEDIATED, UUID)) {
            String folder = MEDIATED + "/" + uuid;
            devices.add(new Partitions.MediatedDevice(
                    uuid,
                    tree.place(folder)
                            .map(TreePath::parent)
                            .filter(parent -> !parent.value().equals(MEDIATED))
                            .map(TreePath::name),
                    tree.linkName(folder + "/mdev_type"),
                    TreeReader.toInt(tree.linkName(folder + "/iommu_group")
                            .flatMap(group -> TreeReader.boxed(Numerals.ordinal(group))))));
        }
        return devices;
    }

    private List<Partitions.MigInstance> migInstances() {
        Map<Integer, PciAddress> functions = nvidiaFunctions();
        List<Partitions.MigInstance> instances = new ArrayList<>();
        for (String gpu : tree.names(NVIDIA + "/capabilities", GPU)) {
            int number = Integer.parseInt(gpu.substring("gpu".length()));
            String mig = NVIDIA + "/capabilities/" + gpu + "/mig";
            for (String instance : tree.names(mig, GPU_INSTANCE)) {
                String folder = mig + "/" + instance;
                instances.add(instance(number, functions, instance, OptionalInt.empty(), folder));
                for (String compute : tree.names(folder, COMPUTE_INSTANCE)) {
                    OptionalInt inIt = OptionalInt.of(Integer.parseInt(compute.substring("ci".length())));
                    instances.add(instance(number, functions, instance, inIt, folder + "/" + compute));
                }
            }
        }
        return instances;
    }

    private Partitions.MigInstance instance(
            int gpu, Map<Integer, PciAddress> functions, String instance, OptionalInt compute, String folder) {
        return new Partitions.MigInstance(
                gpu,
                Optional.ofNullable(functions.get(gpu)),
                Integer.parseInt(instance.substring("gi".length())),
                compute,
                TreeReader.toInt(tree.parsed(folder + "/access", text -> number(FILE_MINOR, text))));
    }

    /** Which function has which of the driver's numbers. */
    private Map<Integer, PciAddress> nvidiaFunctions() {
        Map<Integer, PciAddress> functions = new HashMap<>();
        for (String name : tree.names(NVIDIA + "/gpus", NAME)) {
            Optional<Integer> minor =
                    tree.parsed(NVIDIA + "/gpus/" + name + "/information", text -> number(DEVICE_MINOR, text));
            Optional<PciAddress> address = PciAddress.parse(name);
            if (minor.isPresent() && address.isPresent()) {
                functions.put(minor.get(), address.get());
            }
        }
        return functions;
    }

    private static Optional<Integer> number(Pattern line, String text) {
        Matcher found = line.matcher(text);
        return found.find() ? TreeReader.boxed(Numerals.ordinal(found.group(1))) : Optional.empty();
    }

    List<NtbDevice> ntbDevices() {
        List<NtbDevice> devices = new ArrayList<>();
        for (String name : tree.names(NTB, NAME)) {
            Optional<PciAddress> function = PciAddress.parse(name);
            Optional<String> driver = tree.linkName(NTB + "/" + name + "/driver");
            devices.add(new NtbDevice(
                    name,
                    function,
                    driver,
                    function.flatMap(address -> tree.parsed(PCI + address + "/resource", PciResources::memoryBars))
                            .orElse(List.of()),
                    driver.filter(NTB_TOOL::equals).isPresent() ? windows(name) : List.of()));
        }
        return devices;
    }

    /** One that cannot be read is a problem: mostly the link to the other machine is down. */
    private List<NtbDevice.Window> windows(String bridge) {
        List<NtbDevice.Window> windows = new ArrayList<>();
        for (String peer : tree.names(NTB_WINDOWS + bridge, PEER)) {
            String folder = NTB_WINDOWS + bridge + "/" + peer;
            int from = Integer.parseInt(peer.substring("peer".length()));
            for (String window : tree.names(folder, WINDOW)) {
                int number = Integer.parseInt(window.substring("mw_trans".length()));
                tree.parsed(folder + "/" + window, text -> NtbWindowText.parse(text, from, number))
                        .ifPresent(windows::add);
            }
        }
        return windows;
    }

    private Optional<String> said(String path) {
        return tree.text(path).filter(text -> !text.isEmpty());
    }
}
