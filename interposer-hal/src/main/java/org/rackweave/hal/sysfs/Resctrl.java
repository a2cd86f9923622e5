package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.nativelinux.KernelErrors;
import org.rackweave.hal.text.IdLists;
import org.rackweave.hal.text.Numerals;
import org.rackweave.hal.text.Schemata;

/**
 * Shares of caches and of memory bandwidth of this machine's processors, for groups of programs or of CPUs (the kernel's resctrl, mounted at
 * {@code /sys/fs/resctrl}). Needs root; one thread uses it. Whoever else uses the file system should leave our groups alone, and does
 * with {@code flock}, which is not done here.
 */
public final class Resctrl implements AutoCloseable {
    private static final String ROOT = "/sys/fs/resctrl";
    private static final String INFO = ROOT + "/info";
    private static final String DEVICE = "resctrl";
    private static final String READ = "read shares";
    private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern RESOURCE = Pattern.compile("[A-Z0-9]{1,16}");
    /** Folders of the kernel's own beside the groups. */
    private static final Set<String> NO_GROUPS = Set.of("info", "mon_groups", "mon_data");

    private final Attributes attributes;
    private final KernelFolders folders;
    private final Settled settled;

    Resctrl(Attributes attributes, KernelFolders folders) {
        this.attributes = attributes;
        this.folders = folders;
        this.settled = new Settled(attributes);
    }

    /** Looks at nothing yet. */
    public static Resctrl ofThisMachine() throws HalException {
        SysfsFolder machine = new SysfsFolder(Path.of("/"), KernelErrors.ofThisProcess());
        return new Resctrl(machine, machine);
    }

    /**
     * What can be shared, and within which limits.
     *
     * @throws HalException.Unavailable when the processor or the kernel has none of it, or it is not mounted
     */
    public List<ResctrlLimit> limits() throws HalException {
        return reading(() -> {
            settled.demand(ROOT + "/schemata");
            List<ResctrlLimit> limits = new ArrayList<>();
            for (String resource : attributes.names(INFO, RESOURCE)) {
                limit(resource).ifPresent(limits::add);
            }
            return limits;
        });
    }

    /** A folder without either is of something that can only be watched. */
    private Optional<ResctrlLimit> limit(String resource) throws KernelRefusal {
        String folder = INFO + "/" + resource + "/";
        Optional<Long> mask = number(folder + "cbm_mask", Numerals::hexadecimal);
        Optional<Long> least = number(folder + "min_bandwidth", Numerals::signed);
        if (mask.isPresent()) {
            boolean isSparse =
                    attributes.text(folder + "sparse_masks").filter("1"::equals).isPresent();
            return Optional.of(new ResctrlLimit.Cache(
                    resource,
                    count(folder + "num_closids"),
                    mask.get(),
                    count(folder + "min_cbm_bits"),
                    isSparse ? ResctrlLimit.Holes.ALLOWED : ResctrlLimit.Holes.REFUSED));
        }
        return least.isPresent() && Schemata.isBandwidth(resource)
                ? Optional.of(new ResctrlLimit.Bandwidth(
                        resource,
                        count(folder + "num_closids"),
                        least.get(),
                        Math.max(1, count(folder + "bandwidth_gran"))))
                : Optional.empty();
    }

    private Optional<Long> number(String path, Function<String, OptionalLong> form) throws KernelRefusal {
        Optional<String> text = attributes.text(path);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong number = form.apply(text.get());
        return Optional.of(number.orElseThrow(() -> misread(path, text.get())));
    }

    private int count(String path) throws KernelRefusal {
        String text = settled.demand(path);
        OptionalInt count = Numerals.ordinal(text);
        return count.orElseThrow(() -> misread(path, text));
    }

    private static KernelRefusal misread(String path, String text) {
        return new KernelRefusal(KernelRefusal.Reason.OTHER, path, "not understood: \"" + text + "\"");
    }

    /** The groups beside the first one, which has all that is in no other. */
    public List<String> groups() throws HalException {
        return reading(() -> {
            List<String> groups = new ArrayList<>();
            for (String name : attributes.names(ROOT, GROUP)) {
                if (!NO_GROUPS.contains(name)
                        && attributes.place(ROOT + "/" + name + "/schemata").isPresent()) {
                    groups.add(name);
                }
            }
            return groups;
        });
    }

    /** What all may use that are in no other group. */
    public Schemata schemata() throws HalException {
        return reading(() -> schemataAt(ROOT));
    }

    /** What a group may use. */
    public Schemata schemata(String group) throws HalException {
        String folder = folder(group);
        return reading(() -> schemataAt(folder));
    }

    private Schemata schemataAt(String folder) throws KernelRefusal {
        String path = folder + "/schemata";
        String text = settled.demand(path);
        return Schemata.parse(text).orElseThrow(() -> misread(path, text));
    }

    /**
     * Makes a group that may use everything and has nobody in it; nothing happens when it is there.
     *
     * @throws HalException.Refused when the processor has no room for one more
     */
    public void make(String group) throws HalException {
        String folder = folder(group);
        ordering("make " + group, () -> folders.make(folder));
    }

    /** Removes a group, whose programs and CPUs are the first one's then; nothing happens when it is not there. */
    public void remove(String group) throws HalException {
        String folder = folder(group);
        ordering("remove " + group, () -> folders.remove(folder));
    }

    /**
     * Says what a group may use. What is not named stays as it is.
     *
     * @throws HalException.Refused when the processor cannot do that; nothing was told to it then
     * @throws HalException.OutcomeUnknown when something else is read afterwards, or nothing can be read
     */
    public void allow(String group, Schemata wanted) throws HalException {
        String folder = folder(group);
        String operation = "allow " + group;
        Map<String, ResctrlLimit> limits = new TreeMap<>();
        limits().forEach(limit -> limits.put(limit.resource(), limit));
        check(operation, limits, schemata(group), wanted);
        ordering(operation, () -> attributes.write(folder + "/schemata", wanted.toString(), Settled.SHORT));
        try {
            Schemata now = schemataAt(folder);
            if (!holds(limits, wanted, now)) {
                throw new KernelRefusal(
                        KernelRefusal.Reason.OTHER, folder, "it was told " + wanted + " and says " + now);
            }
        } catch (KernelRefusal notSeen) {
            throw notSeen.afterOrder(DEVICE, operation, "look who else writes there; then read what the group may use");
        }
    }

    private static boolean holds(Map<String, ResctrlLimit> limits, Schemata wanted, Schemata now) {
        for (Map.Entry<String, Map<Integer, Long>> resource : wanted.values().entrySet()) {
            ResctrlLimit limit = limits.get(resource.getKey());
            Map<Integer, Long> read = now.values().getOrDefault(resource.getKey(), Map.of());
            for (Map.Entry<Integer, Long> domain : resource.getValue().entrySet()) {
                Long value = read.get(domain.getKey());
                if (value == null || limit == null || !limit.holds(domain.getValue(), value)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void check(String operation, Map<String, ResctrlLimit> limits, Schemata current, Schemata wanted)
            throws HalException {
        for (Map.Entry<String, Map<Integer, Long>> resource : wanted.values().entrySet()) {
            ResctrlLimit limit = limits.get(resource.getKey());
            Map<Integer, Long> domains = current.values().getOrDefault(resource.getKey(), Map.of());
            if (limit == null
                    || !domains.keySet().containsAll(resource.getValue().keySet())) {
                throw new HalException.Refused(
                        DEVICE,
                        operation,
                        "there is no such " + (limit == null ? "resource: " : "domain of ") + resource.getKey(),
                        "choose from: " + current);
            }
            for (long value : resource.getValue().values()) {
                Optional<String> objection = limit.objection(value);
                if (objection.isPresent()) {
                    throw new HalException.Refused(
                            DEVICE,
                            operation,
                            resource.getKey() + " cannot be "
                                    + new Schemata(Map.of(resource.getKey(), Map.of(0, value))),
                            "choose " + objection.get());
                }
            }
        }
    }

    /** The CPUs whose programs are in a group, unless these are in one of their own. */
    public IdSet cpus(String group) throws HalException {
        String path = folder(group) + "/cpus_list";
        return reading(() -> {
            String text = settled.demand(path);
            return IdLists.parse(text).orElseThrow(() -> misread(path, text));
        });
    }

    /** Gives CPUs to a group; those that it had and that are not named go back to the first one. */
    public void assign(String group, IdSet cpus) throws HalException {
        String path = folder(group) + "/cpus_list";
        ordering("assign CPUs to " + group, () -> settled.word(path, cpus.toString(), Settled.SHORT));
    }

    /** Moves a program into a group: one thread of it, by its id. */
    public void move(String group, long thread) throws HalException {
        String path = folder(group) + "/tasks";
        ordering("move " + thread + " to " + group, () -> attributes.write(path, Long.toString(thread), Settled.SHORT));
    }

    private static String folder(String group) {
        if (!GROUP.matcher(group).matches() || NO_GROUPS.contains(group)) {
            throw new IllegalArgumentException(
                    "a group's name has 1 to 64 letters, digits, dots, dashes and underscores, and is none of "
                            + NO_GROUPS + ": " + group);
        }
        return ROOT + "/" + group;
    }

    private interface Reading<T> {
        T read() throws KernelRefusal;
    }

    private interface Order {
        void give() throws KernelRefusal;
    }

    private static <T> T reading(Reading<T> reading) throws HalException {
        try {
            return reading.read();
        } catch (KernelRefusal refused) {
            throw new HalException.Unavailable(
                    DEVICE,
                    READ,
                    String.valueOf(refused.getMessage()),
                    "mount it (mount -t resctrl resctrl /sys/fs/resctrl), as root; the processor needs Intel RDT, AMD QoS or"
                            + " Arm MPAM, which hypervisors rarely give to a guest");
        }
    }

    /** The kernel says in words of its own why it refused an order. */
    private void ordering(String operation, Order order) throws HalException {
        try {
            order.give();
        } catch (KernelRefusal refused) {
            throw refused.ofOrder(DEVICE, operation, "the kernel says: " + lastStatus());
        }
    }

    private String lastStatus() {
        try {
            return attributes.text(INFO + "/last_cmd_status").orElse("nothing");
        } catch (KernelRefusal unreadable) {
            return "nothing that could be read (" + unreadable.getMessage() + ")";
        }
    }

    @Override
    public void close() {
        attributes.close();
    }
}
