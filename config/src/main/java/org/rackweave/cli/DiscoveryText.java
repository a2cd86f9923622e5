package org.rackweave.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.rackweave.hal.inventory.CpuModel;
import org.rackweave.hal.inventory.CpuTopology;
import org.rackweave.hal.inventory.CxlBus;
import org.rackweave.hal.inventory.CxlMemoryDevice;
import org.rackweave.hal.inventory.CxlRegion;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.InventoryDocument;
import org.rackweave.hal.inventory.MachineIdentity;
import org.rackweave.hal.inventory.Make;
import org.rackweave.hal.inventory.MemoryBlock;
import org.rackweave.hal.inventory.MemoryLayout;
import org.rackweave.hal.inventory.NtbDevice;
import org.rackweave.hal.inventory.NumaNode;
import org.rackweave.hal.inventory.Partitions;
import org.rackweave.hal.inventory.PciFunction;
import org.rackweave.hal.inventory.PciLink;

/** What discovery found, in every form. The text has what a person looks for first; JSON and YAML have everything. */
final class DiscoveryText {
    private static final int MOST_PROBLEMS = 10;

    private DiscoveryText() {}

    static Shown of(Inventory inventory, Table.Style style) {
        List<String> parts = new ArrayList<>();
        parts.add(summary(inventory, style));
        parts.add(numa(inventory, style));
        parts.add(pci(inventory, style));
        parts.add(cxl(inventory.cxl(), style));
        parts.add(managed(inventory, style));
        parts.add(problems(inventory.problems(), style));
        List<String> names = inventory.pciFunctions().stream()
                .map(function -> function.address().toString())
                .toList();
        String text = parts.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining("\n"));
        Map<String, Object> tree = InventoryDocument.of(inventory);
        return new Shown(tree, names, text);
    }

    private static String summary(Inventory inventory, Table.Style style) {
        MachineIdentity machine = inventory.machine();
        CpuTopology cpus = inventory.cpus();
        MemoryLayout memory = inventory.memory();
        String models = cpus.models().stream()
                .map(CpuModel::name)
                .flatMap(Optional::stream)
                .distinct()
                .collect(Collectors.joining(", "));
        return new Details(style)
                .add("machine", make(machine.product()))
                .add("board", make(machine.board()))
                .add("firmware", make(machine.firmware()))
                .add(
                        "kernel",
                        joined(
                                machine.kernelRelease().orElse(""),
                                machine.architecture().orElse("")))
                .add(
                        "processors",
                        count(cpus.packages().size(), "package") + ", " + count(cpus.coreCount(), "core") + ", "
                                + count(cpus.online().size(), "thread") + " on line")
                .add("model", models)
                .add("memory", size(memory.totalBytes()))
                .add("blocks", blocks(memory))
                .toString();
    }

    private static String blocks(MemoryLayout memory) {
        return memory.blocks().isEmpty()
                ? ""
                : memory.blocksIn(MemoryBlock.State.ONLINE) + " on line, " + memory.blocksIn(MemoryBlock.State.OFFLINE)
                        + " off line, of " + size(memory.blockSizeBytes()) + " each";
    }

    private static String numa(Inventory inventory, Table.Style style) {
        Table table = new Table(style, ">NUMA", "CPUS", ">MEMORY", "DISTANCES");
        for (NumaNode node : inventory.numaNodes()) {
            String distances =
                    node.distances().values().stream().map(String::valueOf).collect(Collectors.joining(" "));
            table.row(
                    Integer.toString(node.id()),
                    Phrases.orDash(node.cpus().toString()),
                    size(node.memoryBytes()),
                    Phrases.orDash(distances));
        }
        return inventory.numaNodes().isEmpty() ? "" : table.toString();
    }

    private static String pci(Inventory inventory, Table.Style style) {
        Table table = new Table(style, "PCI", "LINK/MOST", "VFS", "DRIVER", "DEVICE");
        for (PciFunction function : inventory.pciFunctions()) {
            table.row(
                    function.address().toString(),
                    function.link().map(DiscoveryText::link).orElse("-"),
                    function.sriov()
                            .map(sriov -> sriov.usedFunctions() + "/" + sriov.totalFunctions())
                            .orElse("-"),
                    function.driver().orElse("-"),
                    device(function));
        }
        return inventory.pciFunctions().isEmpty() ? "" : table.toString();
    }

    private static String device(PciFunction function) {
        String kind = function.names().className().orElse("class " + function.classCode());
        String what = joined(
                function.names().vendor().orElse(""), function.names().device().orElse(""));
        return kind + ": " + (what.isEmpty() ? function.id().toString() : what);
    }

    /** {@code x4 8.0/x16 16.0}: width and gigatransfers a second, now and at most. */
    private static String link(PciLink link) {
        return "x" + number(link.widthLanes()) + " " + speed(link.speedMegatransfers()) + "/x"
                + number(link.maxWidthLanes()) + " " + speed(link.maxSpeedMegatransfers());
    }

    private static String cxl(CxlBus cxl, Table.Style style) {
        Table devices = new Table(style, "CXL", ">MEMORY", ">FREE", "NUMA", "FIRMWARE", "SERIAL");
        for (CxlMemoryDevice device : cxl.devices()) {
            devices.row(
                    device.name(),
                    size(device.volatileBytes()),
                    size(cxl.freeVolatileBytes(device)),
                    number(device.numaNode()),
                    device.firmware().orElse("-"),
                    device.serial().isPresent()
                            ? "0x" + Long.toHexString(device.serial().getAsLong())
                            : "-");
        }
        Table regions = new Table(style, "REGION", ">SIZE", "MODE", "COMMITTED", "TARGETS");
        for (CxlRegion region : cxl.regions()) {
            regions.row(
                    region.name(),
                    size(region.sizeBytes()),
                    region.mode().orElse("-"),
                    region.commitment().map(each -> word(each.name())).orElse("-"),
                    Phrases.orDash(String.join(" ", region.targets())));
        }
        return Stream.of(
                        cxl.devices().isEmpty() ? "" : devices.toString(),
                        cxl.regions().isEmpty() ? "" : regions.toString())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    private static String managed(Inventory inventory, Table.Style style) {
        Table table = new Table(style, "MANAGED", "WHAT");
        inventory.switchtecDevices().forEach(each -> table.row(each.name(), joined("Switchtec", make(each.product()))));
        inventory
                .fpgaManagers()
                .forEach(each -> table.row(
                        each.name(),
                        joined(
                                "FPGA",
                                joined(each.label().orElse(""), each.state().orElse("")))));
        inventory.ntbDevices().forEach(each -> table.row(each.name(), bridge(each)));
        inventory
                .partitions()
                .mediatedTypes()
                .forEach(each -> table.row(
                        each.parent(),
                        "can be divided: " + joined(each.type(), each.name().orElse("")) + ", "
                                + number(each.availableInstances()) + " more"));
        inventory
                .partitions()
                .mediatedDevices()
                .forEach(each -> table.row(
                        each.uuid(),
                        "part of " + each.parent().orElse("-") + ": "
                                + each.type().orElse("-")));
        inventory
                .partitions()
                .migInstances()
                .forEach(each -> table.row(
                        each.function().map(Object::toString).orElse("gpu" + each.gpu()),
                        "MIG instance " + each.gpuInstance()
                                + (each.computeInstance().isPresent()
                                        ? ", compute instance "
                                                + each.computeInstance().getAsInt()
                                        : "")));
        boolean none = inventory.switchtecDevices().isEmpty()
                && inventory.fpgaManagers().isEmpty()
                && inventory.ntbDevices().isEmpty()
                && inventory.partitions().equals(Partitions.NONE);
        return none ? "" : table.toString();
    }

    private static String bridge(NtbDevice device) {
        OptionalLong largest =
                device.bars().stream().mapToLong(NtbDevice.Bar::bytes).max();
        String windows = device.windows().isEmpty()
                ? ", windows up to " + size(largest)
                : device.windows().stream()
                        .map(window -> ", window " + window.number() + " of peer " + window.peer() + ": "
                                + size(OptionalLong.of(window.bytes())) + " of "
                                + size(OptionalLong.of(window.mostBytes())))
                        .collect(Collectors.joining());
        return joined("non-transparent bridge", device.driver().orElse("")) + windows;
    }

    static String problems(List<DiscoveryProblem> problems, Table.Style style) {
        if (problems.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("Not known, or not believed:\n");
        for (DiscoveryProblem problem : problems.subList(0, Math.min(MOST_PROBLEMS, problems.size()))) {
            String line =
                    Printable.line(problem.path() + ": " + word(problem.kind().name()) + ": " + problem.meaning());
            for (String part : Table.wrapped(line, style.columns() - 2)) {
                text.append("  ").append(part).append('\n');
            }
        }
        if (problems.size() > MOST_PROBLEMS) {
            text.append("  and ").append(problems.size() - MOST_PROBLEMS).append(" more: see --json\n");
        }
        return text.toString();
    }

    private static String make(Make make) {
        return joined(
                joined(make.vendor().orElse(""), make.name().orElse("")),
                make.version().orElse(""));
    }

    private static String joined(String first, String second) {
        return (first + " " + second).strip();
    }

    private static String count(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String size(OptionalLong bytes) {
        return bytes.isPresent() ? Phrases.size(bytes.getAsLong()) : "-";
    }

    private static String number(OptionalInt number) {
        return number.isPresent() ? Integer.toString(number.getAsInt()) : "-";
    }

    private static String speed(OptionalInt megatransfers) {
        return megatransfers.isPresent()
                ? megatransfers.getAsInt() / 1000 + "." + megatransfers.getAsInt() % 1000 / 100
                : "-";
    }

    private static String word(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
