package org.rackweave.hal.discovery;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciClass;
import org.rackweave.hal.inventory.PciFunction;
import org.rackweave.hal.inventory.PciId;
import org.rackweave.hal.inventory.PciLink;
import org.rackweave.hal.inventory.PciNames;
import org.rackweave.hal.inventory.Sriov;
import org.rackweave.hal.text.Numerals;
import org.rackweave.hal.text.PciIds;

/** The PCI functions, from {@code /sys/bus/pci}, and their names from the PCI ID list. */
final class PciSource {
    /** Where distributions put the PCI ID list. */
    static final List<String> ID_LISTS = List.of("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids");

    private static final String DEVICES = "/sys/bus/pci/devices";
    private static final String SLOTS = "/sys/bus/pci/slots";
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
    private static final Pattern SLOT_NAME = Pattern.compile("[ -~]{1,255}");
    /** What the kernel shows for a width that the device's register does not define. */
    private static final int WIDTH_UNKNOWN = 255;

    private final TreeReader tree;

    PciSource(TreeReader tree) {
        this.tree = tree;
    }

    List<PciFunction> read() {
        if (!tree.holds(DEVICES)) {
            tree.note(DiscoveryProblem.Kind.NOT_PRESENT, DEVICES, "the kernel shows no PCI bus");
            return List.of();
        }
        return named(functions());
    }

    /** The functions by their numbers alone. */
    List<PciFunction> functions() {
        Map<String, String> slotByDevice = slots();
        List<PciFunction> functions = new ArrayList<>();
        for (String name : tree.names(DEVICES, ADDRESS)) {
            PciAddress.parse(name)
                    .flatMap(address -> function(address, slotByDevice))
                    .ifPresent(functions::add);
        }
        functions.sort((one, other) -> one.address().compareTo(other.address()));
        return functions;
    }

    private Optional<PciFunction> function(PciAddress address, Map<String, String> slotByDevice) {
        String folder = DEVICES + "/" + address + "/";
        OptionalInt classCode = demandHexadecimal(folder + "class", 24);
        OptionalInt vendor = demandHexadecimal(folder + "vendor", 16);
        OptionalInt device = demandHexadecimal(folder + "device", 16);
        if (classCode.isEmpty() || vendor.isEmpty() || device.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new PciFunction(
                address,
                new PciClass(classCode.getAsInt()),
                new PciId(vendor.getAsInt(), device.getAsInt()),
                subsystem(folder),
                tree.hexadecimal(folder + "revision", 8),
                PciNames.UNTOLD,
                tree.linkName(folder + "driver"),
                link(folder),
                Optional.ofNullable(slotByDevice.get(address.deviceText())),
                placement(folder),
                sriov(folder),
                tree.linkName(folder + "physfn").flatMap(PciAddress::parse)));
    }

    private OptionalInt demandHexadecimal(String path, int bits) {
        return TreeReader.toInt(tree.demandParsed(
                path, text -> TreeReader.boxed(Numerals.hexadecimal(text, bits)), "the function cannot be listed"));
    }

    private Optional<PciId> subsystem(String folder) {
        OptionalInt vendor = tree.hexadecimal(folder + "subsystem_vendor", 16);
        OptionalInt device = tree.hexadecimal(folder + "subsystem_device", 16);
        // Bridges and old devices have no such register; the kernel then shows zeros, and vendor 0 is nobody's.
        return vendor.isPresent() && device.isPresent() && vendor.getAsInt() != 0
                ? Optional.of(new PciId(vendor.getAsInt(), device.getAsInt()))
                : Optional.empty();
    }

    private Optional<PciLink> link(String folder) {
        PciLink link = new PciLink(
                speed(folder + "current_link_speed"),
                width(folder + "current_link_width"),
                speed(folder + "max_link_speed"),
                width(folder + "max_link_width"));
        boolean told = link.speedMegatransfers().isPresent()
                || link.widthLanes().isPresent()
                || link.maxSpeedMegatransfers().isPresent()
                || link.maxWidthLanes().isPresent();
        return told ? Optional.of(link) : Optional.empty();
    }

    private OptionalInt speed(String path) {
        // "Unknown" is the kernel's own honest word and needs no problem beside it.
        return tree.text(path).filter(text -> !Numerals.isUnknown(text)).isEmpty()
                ? OptionalInt.empty()
                : TreeReader.toInt(tree.parsed(path, text -> TreeReader.boxed(Numerals.megatransfers(text))));
    }

    private OptionalInt width(String path) {
        return TreeReader.toInt(
                tree.text(path).filter(text -> !Numerals.isUnknown(text)).isEmpty()
                        ? Optional.empty()
                        : tree.parsed(path, text -> TreeReader.boxed(Numerals.ordinal(text)))
                                .filter(lanes -> lanes != WIDTH_UNKNOWN));
    }

    private PciFunction.Placement placement(String folder) {
        Optional<TreePath> place = tree.place(folder.substring(0, folder.length() - 1));
        return new PciFunction.Placement(
                place.map(TreePath::parent).map(TreePath::name).flatMap(PciAddress::parse),
                tree.nodeNumber(folder + "numa_node"),
                TreeReader.toInt(tree.linkName(folder + "iommu_group")
                        .flatMap(group -> TreeReader.boxed(Numerals.ordinal(group)))));
    }

    private Optional<Sriov> sriov(String folder) {
        OptionalInt total = tree.ordinal(folder + "sriov_totalvfs");
        OptionalInt used = tree.ordinal(folder + "sriov_numvfs");
        if (total.isEmpty() || used.isEmpty()) {
            return Optional.empty();
        }
        if (used.getAsInt() > 0xFFFF || total.getAsInt() > 0xFFFF) {
            tree.note(DiscoveryProblem.Kind.MALFORMED, folder + "sriov_totalvfs", "more functions than 16 bits count");
            return Optional.empty();
        }
        return Optional.of(new Sriov(total.getAsInt(), used.getAsInt()));
    }

    /** Which device sits in which slot: a slot's address leaves the function out, since a card fills the slot. */
    private Map<String, String> slots() {
        Map<String, String> slotByDevice = new HashMap<>();
        for (String slot : tree.names(SLOTS, SLOT_NAME)) {
            tree.text(SLOTS + "/" + slot + "/address").ifPresent(address -> slotByDevice.put(address, slot));
        }
        return slotByDevice;
    }

    private List<PciFunction> named(List<PciFunction> functions) {
        for (String path : ID_LISTS) {
            Optional<byte[]> list = tree.bytes(path);
            if (list.isPresent()) {
                String whole = new String(list.get(), StandardCharsets.UTF_8);
                PciIds ids = PciIds.parse(PciIds.excerpt(whole, functions));
                return functions.stream()
                        .map(function -> function.named(ids.namesOf(function)))
                        .toList();
            }
        }
        tree.note(
                DiscoveryProblem.Kind.MISSING,
                ID_LISTS.get(0),
                "no PCI ID list: functions have numbers but no names (package pci.ids or hwdata)");
        return functions;
    }
}
