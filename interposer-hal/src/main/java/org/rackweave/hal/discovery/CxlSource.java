package org.rackweave.hal.discovery;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rackweave.hal.inventory.CxlBus;
import org.rackweave.hal.inventory.CxlDecoder;
import org.rackweave.hal.inventory.CxlMemoryDevice;
import org.rackweave.hal.inventory.CxlPort;
import org.rackweave.hal.inventory.CxlRegion;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.text.Numerals;

/** The CXL bus, from {@code /sys/bus/cxl/devices}. */
final class CxlSource {
    private static final String DEVICES = "/sys/bus/cxl/devices";
    private static final Pattern MEMORY = Pattern.compile("mem[0-9]{1,9}");
    private static final Pattern PORT = Pattern.compile("(?:root|port|endpoint)[0-9]{1,9}");
    private static final Pattern DECODER = Pattern.compile("decoder[0-9]{1,9}\\.[0-9]{1,9}");
    private static final Pattern REGION = Pattern.compile("region[0-9]{1,9}");
    private static final Pattern DOWNSTREAM = Pattern.compile("dport[0-9]{1,9}");
    private static final Pattern TARGET = Pattern.compile("target[0-9]{1,3}");
    /** Shorter names first, so that mem10 comes after mem9. */
    private static final Comparator<String> KERNEL_ORDER =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    private final TreeReader tree;

    CxlSource(TreeReader tree) {
        this.tree = tree;
    }

    CxlBus read() {
        if (!tree.holds(DEVICES)) {
            tree.note(
                    DiscoveryProblem.Kind.NOT_PRESENT,
                    DEVICES,
                    "no CXL bus: the machine has no CXL hardware, or its drivers (cxl_acpi, cxl_pci, cxl_mem) are not"
                            + " loaded");
            return CxlBus.NONE;
        }
        return new CxlBus(
                names(MEMORY).map(this::memory).toList(),
                names(PORT).map(this::port).toList(),
                names(DECODER).map(this::decoder).toList(),
                names(REGION).map(this::region).toList());
    }

    private Stream<String> names(Pattern wanted) {
        return tree.names(DEVICES, wanted).stream().sorted(KERNEL_ORDER);
    }

    private CxlMemoryDevice memory(String name) {
        String folder = DEVICES + "/" + name + "/";
        return new CxlMemoryDevice(
                name,
                TreeReader.toLong(tree.demandParsed(
                        folder + "serial",
                        text -> TreeReader.boxed(Numerals.hexadecimal(text)),
                        "without a serial number this device cannot be told from another, so it is never offered")),
                above(name).flatMap(PciAddress::parse),
                tree.text(folder + "firmware_version").filter(text -> !text.isEmpty()),
                tree.byteCount(folder + "ram/size"),
                tree.byteCount(folder + "pmem/size"),
                tree.nodeNumber(folder + "numa_node"));
    }

    private CxlPort port(String name) {
        String folder = DEVICES + "/" + name;
        List<String> downstream = tree.names(folder, DOWNSTREAM).stream()
                .sorted(KERNEL_ORDER)
                .flatMap(link -> tree.linkName(folder + "/" + link).stream())
                .toList();
        return new CxlPort(
                name,
                role(name),
                above(name).filter(parent -> PORT.matcher(parent).matches()),
                tree.linkName(folder + "/uport"),
                downstream);
    }

    private static CxlPort.Role role(String portName) {
        if (portName.startsWith("root")) {
            return CxlPort.Role.ROOT;
        }
        return portName.startsWith("endpoint") ? CxlPort.Role.ENDPOINT : CxlPort.Role.BRIDGE_OR_SWITCH;
    }

    private CxlDecoder decoder(String name) {
        String folder = DEVICES + "/" + name + "/";
        Optional<String> port = above(name);
        CxlDecoder.Role role = port.map(CxlSource::decoderRole).orElse(CxlDecoder.Role.SWITCH);
        boolean atEndpoint = role == CxlDecoder.Role.ENDPOINT;
        return new CxlDecoder(
                name,
                role,
                port,
                tree.byteCount(folder + "start"),
                tree.byteCount(folder + "size"),
                atEndpoint ? tree.text(folder + "mode").filter(mode -> !mode.equals("none")) : Optional.empty(),
                atEndpoint ? tree.byteCount(folder + "dpa_size") : OptionalLong.empty(),
                tree.ordinal(folder + "interleave_ways"),
                tree.ordinal(folder + "interleave_granularity"),
                role == CxlDecoder.Role.ROOT
                        ? Optional.empty()
                        : tree.text(folder + "region").filter(region -> !region.isEmpty()));
    }

    private static CxlDecoder.Role decoderRole(String portName) {
        return switch (role(portName)) {
            case ROOT -> CxlDecoder.Role.ROOT;
            case BRIDGE_OR_SWITCH -> CxlDecoder.Role.SWITCH;
            case ENDPOINT -> CxlDecoder.Role.ENDPOINT;
        };
    }

    private CxlRegion region(String name) {
        String folder = DEVICES + "/" + name + "/";
        OptionalInt ways = tree.ordinal(folder + "interleave_ways");
        Optional<CxlRegion.Commitment> commitment = tree.parsed(folder + "commit", CxlSource::commitment);
        return new CxlRegion(
                name,
                tree.text(folder + "mode").filter(mode -> !mode.equals("none")),
                // A region without addresses yet refuses to say where it is, which is no problem of the machine's.
                commitment.filter(CxlRegion.Commitment.COMMITTED::equals).isPresent()
                        ? tree.byteCount(folder + "resource")
                        : OptionalLong.empty(),
                tree.byteCount(folder + "size"),
                ways,
                tree.ordinal(folder + "interleave_granularity"),
                commitment,
                above(name).filter(parent -> DECODER.matcher(parent).matches()),
                targets(folder));
    }

    private List<String> targets(String folder) {
        return tree.names(folder.substring(0, folder.length() - 1), TARGET).stream()
                .sorted(KERNEL_ORDER)
                .flatMap(target -> tree.text(folder + target).stream())
                .filter(decoder -> !decoder.isEmpty())
                .toList();
    }

    private static Optional<CxlRegion.Commitment> commitment(String text) {
        return switch (text) {
            case "1" -> Optional.of(CxlRegion.Commitment.COMMITTED);
            case "0" -> Optional.of(CxlRegion.Commitment.UNCOMMITTED);
            default -> Optional.empty();
        };
    }

    /** The name of the folder in which a CXL device's own folder is: the kernel nests them as the hardware is. */
    private Optional<String> above(String name) {
        return tree.place(DEVICES + "/" + name).map(TreePath::parent).map(TreePath::name);
    }
}
