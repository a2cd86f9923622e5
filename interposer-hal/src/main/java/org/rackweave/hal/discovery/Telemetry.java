package org.rackweave.hal.discovery;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.rackweave.hal.health.EnergyZone;
import org.rackweave.hal.health.ErrorCount;
import org.rackweave.hal.health.LinkHealth;
import org.rackweave.hal.health.MachineHealth;
import org.rackweave.hal.health.MemoryErrors;
import org.rackweave.hal.health.PcieErrors;
import org.rackweave.hal.health.Sensor;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciFunction;
import org.rackweave.hal.text.AerCounts;
import org.rackweave.hal.text.Numerals;

/**
 * Reads how a machine is: the errors of PCIe devices (AER), links, hardware monitors, energy counters (powercap), memory errors (EDAC). An
 * ordinary user may read all of it but the energy, which shows what a processor computes. For one thread.
 *
 * <p>An attribute asks its device when it is read, and a device that hangs does not answer. What has not answered in time is a problem, and
 * is not asked again as long as it has not.
 */
public final class Telemetry implements AutoCloseable {
    private static final String PCI = "/sys/bus/pci/devices";
    private static final String HWMON = "/sys/class/hwmon";
    private static final String POWERCAP = "/sys/class/powercap";
    private static final String EDAC = "/sys/devices/system/edac/mc";
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
    private static final Pattern MONITOR = Pattern.compile("hwmon[0-9]{1,9}");
    private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9_-]{1,32}(?::[0-9a-f]{1,4}){1,4}");
    private static final Pattern CONTROLLER = Pattern.compile("mc[0-9]{1,4}");
    private static final Pattern MODULE = Pattern.compile("(?:dimm|rank)[0-9]{1,4}");

    private final TimeLimitedTree tree;

    private Telemetry(HostTree tree) {
        this.tree = new TimeLimitedTree(tree, DiscoveryLimits.ATTRIBUTE_LIMIT);
    }

    /** Of the machine that this process runs on. */
    public static Telemetry ofThisMachine() {
        return ofDirectory(Path.of("/"));
    }

    /** Of the machine whose file system is mounted here. */
    public static Telemetry ofDirectory(Path root) {
        return of(new DirectoryTree(root));
    }

    /** Of any tree. */
    public static Telemetry of(HostTree tree) {
        return new Telemetry(tree);
    }

    /** Looks at everything now. */
    public MachineHealth read() {
        Problems problems = new Problems();
        TreeReader reader = new TreeReader(tree, problems);
        List<PciFunction> functions = new PciSource(reader).functions();
        List<PcieErrors> errors = pcieErrors(reader);
        List<Sensor> sensors = sensors(reader);
        List<EnergyZone> energy = energy(reader);
        List<MemoryErrors> memory = memory(reader);
        return new MachineHealth(errors, LinkHealth.of(functions), sensors, energy, memory, problems.asMet());
    }

    /** Looks at the errors of PCIe devices alone. */
    public List<PcieErrors> pcieErrors() {
        return pcieErrors(new TreeReader(tree, new Problems()));
    }

    private static List<PcieErrors> pcieErrors(TreeReader tree) {
        List<PcieErrors> errors = new ArrayList<>();
        for (String name : tree.names(PCI, ADDRESS)) {
            PciAddress.parse(name)
                    .flatMap(address -> pcieErrors(tree, address, PCI + "/" + name + "/"))
                    .ifPresent(errors::add);
        }
        return errors;
    }

    private static Optional<PcieErrors> pcieErrors(TreeReader tree, PciAddress address, String folder) {
        PcieErrors errors = new PcieErrors(
                address,
                count(tree, folder + "aer_dev_correctable"),
                count(tree, folder + "aer_dev_nonfatal"),
                count(tree, folder + "aer_dev_fatal"),
                received(tree, folder + "aer_rootport_total_err_"));
        boolean told = errors.correctable().isPresent()
                || errors.nonfatal().isPresent()
                || errors.fatal().isPresent()
                || errors.received().isPresent();
        return told ? Optional.of(errors) : Optional.empty();
    }

    private static Optional<ErrorCount> count(TreeReader tree, String path) {
        return tree.parsed(path, AerCounts::parse);
    }

    private static Optional<PcieErrors.Received> received(TreeReader tree, String prefix) {
        OptionalLong correctable = tree.byteCount(prefix + "cor");
        OptionalLong nonfatal = tree.byteCount(prefix + "nonfatal");
        OptionalLong fatal = tree.byteCount(prefix + "fatal");
        return correctable.isPresent() && nonfatal.isPresent() && fatal.isPresent()
                ? Optional.of(new PcieErrors.Received(correctable.getAsLong(), nonfatal.getAsLong(), fatal.getAsLong()))
                : Optional.empty();
    }

    private static List<Sensor> sensors(TreeReader tree) {
        List<String> monitors = tree.names(HWMON, MONITOR);
        if (monitors.isEmpty()) {
            absent(tree, HWMON, "no hardware monitor: temperatures, power and fans are not known");
        }
        List<Sensor> sensors = new ArrayList<>();
        for (String monitor : monitors) {
            String folder = HWMON + "/" + monitor + "/";
            String chip =
                    tree.text(folder + "name").filter(name -> !name.isEmpty()).orElse(monitor);
            Optional<PciAddress> function = functionOf(tree, folder + "device");
            for (Sensor.Quantity quantity : Sensor.Quantity.values()) {
                sensors.addAll(channels(tree, folder, chip, function, quantity));
            }
        }
        return sensors;
    }

    /** A monitor's device is a PCI function, or something below one, as a drive is. */
    private static Optional<PciAddress> functionOf(TreeReader tree, String link) {
        Optional<TreePath> place = tree.place(link);
        while (place.isPresent() && !place.get().isRoot()) {
            Optional<PciAddress> address = PciAddress.parse(place.get().name());
            if (address.isPresent()) {
                return address;
            }
            place = place.map(TreePath::parent);
        }
        return Optional.empty();
    }

    private static List<Sensor> channels(
            TreeReader tree, String folder, String chip, Optional<PciAddress> function, Sensor.Quantity quantity) {
        Map<String, Sensor> sensors = new LinkedHashMap<>();
        for (String kind : quantity.readings()) {
            Pattern reading = Pattern.compile(quantity.prefix() + "[0-9]{1,4}_" + kind);
            for (String name : tree.names(folder.substring(0, folder.length() - 1), reading)) {
                String channel = name.substring(0, name.indexOf('_'));
                number(tree, folder + name)
                        .ifPresent(value -> sensors.putIfAbsent(
                                channel,
                                sensor(tree, folder + channel + "_", chip, channel, function, quantity, value)));
            }
        }
        return List.copyOf(sensors.values());
    }

    private static Sensor sensor(
            TreeReader tree,
            String prefix,
            String chip,
            String channel,
            Optional<PciAddress> function,
            Sensor.Quantity quantity,
            long reading) {
        Optional<Long> limit = number(tree, prefix + quantity.limit());
        return new Sensor(
                chip,
                channel,
                tree.text(prefix + "label").filter(text -> !text.isEmpty()),
                function,
                quantity,
                reading,
                TreeReader.toLong(limit),
                condition(tree, prefix, quantity, reading, limit));
    }

    private static Sensor.Condition condition(
            TreeReader tree, String prefix, Sensor.Quantity quantity, long reading, Optional<Long> limit) {
        if (isSet(tree, prefix + "fault")) {
            return Sensor.Condition.FAULT;
        }
        boolean isBeyond = limit.isPresent()
                && (quantity == Sensor.Quantity.REVOLUTIONS_PER_MINUTE
                        ? reading < limit.get()
                        : reading >= limit.get());
        return isBeyond || isSet(tree, prefix + "alarm") || isSet(tree, prefix + quantity.limit() + "_alarm")
                ? Sensor.Condition.ALARM
                : Sensor.Condition.WELL;
    }

    private static boolean isSet(TreeReader tree, String path) {
        return tree.text(path).filter("1"::equals).isPresent();
    }

    private static Optional<Long> number(TreeReader tree, String path) {
        return tree.parsed(path, text -> TreeReader.boxed(Numerals.signed(text)));
    }

    private static List<EnergyZone> energy(TreeReader tree) {
        // A kernel with the class and no driver for it shows an empty folder.
        List<String> counters = tree.names(POWERCAP, ZONE);
        if (counters.isEmpty()) {
            absent(
                    tree,
                    POWERCAP,
                    "no energy counters: a virtual machine, or the driver (intel_rapl_msr) is not loaded");
        }
        List<EnergyZone> zones = new ArrayList<>();
        for (String zone : counters) {
            String folder = POWERCAP + "/" + zone + "/";
            OptionalLong microjoules = tree.byteCount(folder + "energy_uj");
            if (microjoules.isPresent()) {
                String name = tree.text(folder + "name")
                        .filter(text -> !text.isEmpty())
                        .orElse(zone);
                zones.add(new EnergyZone(
                        zone, name, microjoules.getAsLong(), tree.byteCount(folder + "max_energy_range_uj")));
            }
        }
        return zones;
    }

    private static List<MemoryErrors> memory(TreeReader tree) {
        List<String> controllers = tree.names(EDAC, CONTROLLER);
        if (controllers.isEmpty()) {
            absent(tree, EDAC, "no memory controller is watched: no ECC memory, or no EDAC driver for it");
        }
        List<MemoryErrors> errors = new ArrayList<>();
        for (String controller : controllers) {
            String folder = EDAC + "/" + controller;
            errors.addAll(counted(tree, folder + "/", controller, "mc_name", ""));
            for (String module : tree.names(folder, MODULE)) {
                errors.addAll(
                        counted(tree, folder + "/" + module + "/", controller + "/" + module, "dimm_label", "dimm_"));
            }
        }
        return errors;
    }

    private static List<MemoryErrors> counted(
            TreeReader tree, String folder, String place, String label, String prefix) {
        OptionalLong corrected = tree.byteCount(folder + prefix + "ce_count");
        OptionalLong uncorrected = tree.byteCount(folder + prefix + "ue_count");
        return corrected.isPresent() && uncorrected.isPresent()
                ? List.of(new MemoryErrors(
                        place,
                        tree.text(folder + label).filter(text -> !text.isEmpty()),
                        corrected.getAsLong(),
                        uncorrected.getAsLong()))
                : List.of();
    }

    private static void absent(TreeReader tree, String path, String meaning) {
        tree.note(DiscoveryProblem.Kind.NOT_PRESENT, path, meaning);
    }

    @Override
    public void close() {
        tree.close();
    }
}
