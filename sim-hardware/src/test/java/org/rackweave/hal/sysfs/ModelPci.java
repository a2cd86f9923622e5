package org.rackweave.hal.sysfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.nativelinux.KernelErrors;

/**
 * A kernel's {@code /sys} in a folder: a network function {@link #NETWORK} that can have {@link #TOTAL} virtual ones, two NVMe drives and
 * a graphics processor, below a root port.
 * Reading is the product's own; each write changes the folder as Linux 6.12 was seen to change its own, or is refused.
 */
final class ModelPci implements Attributes {
    static final String NETWORK = "0000:02:00.0";
    static final String DRIVE = "0000:03:00.0";
    static final String SECOND_DRIVE = "0000:03:01.0";
    static final String GRAPHICS = "0000:04:00.0";
    static final String ROOT_PORT = "0000:00:04.0";
    static final int TOTAL = 7;

    private static final String ABOVE = "/sys/devices/pci0000:00/" + ROOT_PORT;
    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final String DRIVERS = "/sys/bus/pci/drivers/";
    private static final String GROUPS = "/sys/kernel/iommu_groups/";
    private static final Pattern ATTRIBUTE = Pattern.compile(DEVICES + "([^/]+)/([a-z_]+)");

    final List<String> written = new ArrayList<>();

    /** What the kernel says instead of doing it, by attribute. */
    final Map<String, KernelRefusal.Reason> refused = new HashMap<>();

    /** What cannot be read any more once something was written; nothing when empty. */
    String lostByAWrite = "";

    boolean somebodyHasItOpen;
    int acsControl = 0x1d;
    String firmware = "1.0";

    /** As Linux before 6.2: its driver has a drive before the drive has started. */
    boolean startsDrivesLater;

    private final Path root;
    private final SysfsFolder folder;
    private int nextGroup = 13;

    ModelPci(Path root) throws Exception {
        this.root = root;
        this.folder = new SysfsFolder(root, KernelErrors.ofThisProcess());
        if (!Files.exists(file(DEVICES))) {
            function(ROOT_PORT, "/sys/devices/pci0000:00/" + ROOT_PORT, "0x060400");
            function(NETWORK, ABOVE + "/" + NETWORK, "0x020000");
            function(DRIVE, ABOVE + "/" + DRIVE, "0x010802");
            function(SECOND_DRIVE, ABOVE + "/" + SECOND_DRIVE, "0x010802");
            function(GRAPHICS, ABOVE + "/" + GRAPHICS, "0x030200");
            Files.createDirectories(file(DRIVERS + "nvme"));
            put(DEVICES + NETWORK + "/sriov_totalvfs", Integer.toString(TOTAL));
            put(DEVICES + NETWORK + "/sriov_numvfs", "0");
            put(DEVICES + NETWORK + "/sriov_drivers_autoprobe", "1");
            put(DEVICES + NETWORK + "/net/eth1/ifindex", "3");
            Files.createDirectories(file(DRIVERS + "igb"));
            Files.createDirectories(file(DRIVERS + "igbvf"));
            Files.createDirectories(file(DRIVERS + "vfio-pci"));
            put("/sys/bus/pci/drivers_probe", "");
            link(DEVICES + NETWORK + "/driver", DRIVERS + "igb");
        }
    }

    private void function(String address, String place, String classCode) throws IOException {
        Files.createDirectories(file(place));
        link(DEVICES + address, place);
        put(place + "/class", classCode);
        put(place + "/reset_method", "flr bus");
        put(place + "/reset", "");
        put(place + "/driver_override", "(null)");
        String group = GROUPS + nextGroup++;
        Files.createDirectories(file(group + "/devices"));
        put(group + "/type", "DMA-FQ");
        link(group + "/devices/" + address, place);
        link(place + "/iommu_group", group);
    }

    @Override
    public void write(String path, String value, Duration limit) throws KernelRefusal {
        written.add(path + "=" + value);
        KernelRefusal.Reason reason = refused.get(path);
        if (reason != null) {
            throw new KernelRefusal(reason, path, "write " + value + ": as told");
        }
        try {
            Matcher attribute = ATTRIBUTE.matcher(path);
            if (path.equals("/sys/bus/pci/drivers_probe")) {
                probe(value);
            } else if (path.startsWith(DRIVERS) && path.endsWith("/unbind")) {
                unbind(path, value);
            } else if (!attribute.matches()) {
                throw new AssertionError("nobody writes " + path);
            } else if (attribute.group(2).equals("sriov_numvfs")) {
                number(attribute.group(1), path, Integer.parseInt(value));
            } else if (attribute.group(2).equals("driver_override")) {
                put(path, value.isEmpty() ? "(null)" : value);
            } else if (!attribute.group(2).equals("reset")) {
                folder.write(path, value, limit);
            }
        } catch (IOException impossible) {
            if (impossible instanceof KernelRefusal said) {
                throw said;
            }
            throw new UncheckedIOException(impossible);
        }
    }

    private void number(String function, String path, int wanted) throws IOException {
        int now = Integer.parseInt(text(path).orElseThrow());
        if (wanted > TOTAL) {
            throw new KernelRefusal(KernelRefusal.Reason.INVALID, path, "write " + wanted + ": ERANGE");
        }
        if (now == wanted) {
            return;
        }
        if (now > 0 && wanted > 0) {
            throw new KernelRefusal(KernelRefusal.Reason.BUSY, path, "write " + wanted + ": EBUSY");
        }
        BiConsumer<String, String> change = wanted > 0 ? this::make : this::destroy;
        for (int i = 0; i < Math.max(now, wanted); i++) {
            // The 82576 leaves every second address out.
            change.accept(DEVICES + function + "/virtfn" + i, "0000:02:1" + i / 4 + "." + i % 4 * 2);
        }
        put(path, Integer.toString(wanted));
    }

    private void make(String link, String address) {
        try {
            String place = ABOVE + "/" + address;
            function(address, place, "0x020000");
            link(link, place);
            if (text(DEVICES + NETWORK + "/sriov_drivers_autoprobe")
                    .orElseThrow()
                    .equals("1")) {
                link(place + "/driver", DRIVERS + "igbvf");
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private void destroy(String link, String address) {
        try {
            String place = ABOVE + "/" + address;
            Path group = file(place + "/iommu_group").toRealPath();
            Files.delete(file(link));
            Files.delete(file(DEVICES + address));
            deleteAll(file(place));
            deleteAll(group);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private void probe(String address) throws IOException {
        if (!Files.exists(file(DEVICES + address))) {
            throw new KernelRefusal(
                    KernelRefusal.Reason.ABSENT, "/sys/bus/pci/drivers_probe", "write " + address + ": ENODEV");
        }
        String driver = text(DEVICES + address + "/driver_override").orElseThrow();
        if (!Files.exists(file(DEVICES + address + "/driver")) && Files.isDirectory(file(DRIVERS + driver))) {
            link(DEVICES + address + "/driver", DRIVERS + driver);
            if (driver.equals("vfio-pci")) {
                put(vfioFile(address), "0");
            }
            if (driver.equals("nvme")) {
                put(DEVICES + address + "/nvme/nvme4/state", "connecting");
                if (!startsDrivesLater) {
                    start(address);
                    show(address);
                }
            }
        }
    }

    /** A drive begins to answer. */
    void start(String address) throws IOException {
        put(DEVICES + address + "/nvme/nvme4/firmware_rev", firmware);
        put(DEVICES + address + "/nvme/nvme4/hwmon3/name", "nvme");
        put(DEVICES + address + "/nvme/nvme4/state", "live");
    }

    /** Shows the namespaces, as a controller of a drive that may have several does. */
    void show(String address) throws IOException {
        put(DEVICES + address + "/nvme/nvme4/nvme0c4n1/nsid", "1");
    }

    private void unbind(String path, String address) throws IOException {
        Path link = file(DEVICES + address + "/driver");
        if (!Files.exists(link) || !file(path).getParent().toRealPath().equals(link.toRealPath())) {
            throw new KernelRefusal(KernelRefusal.Reason.ABSENT, path, "write " + address + ": ENODEV");
        }
        Files.delete(link);
        Files.deleteIfExists(file(vfioFile(address)));
        if (Files.exists(file(DEVICES + address + "/nvme"))) {
            deleteAll(file(DEVICES + address + "/nvme"));
        }
    }

    private String vfioFile(String address) throws IOException {
        return "/dev/vfio/"
                + file(DEVICES + address + "/iommu_group").toRealPath().getFileName();
    }

    /** The files of groups; what they say is who owns them. */
    VfioGroups groups() {
        return new VfioGroups() {
            @Override
            public OptionalInt owner(int group) throws KernelRefusal {
                Optional<String> owner = text("/dev/vfio/" + group);
                return owner.isPresent() ? OptionalInt.of(Integer.parseInt(owner.get())) : OptionalInt.empty();
            }

            @Override
            public void give(int group, int user) {
                try {
                    put("/dev/vfio/" + group, Integer.toString(user));
                } catch (IOException impossible) {
                    throw new UncheckedIOException(impossible);
                }
            }

            @Override
            public boolean isOpen(int group) {
                return somebodyHasItOpen;
            }
        };
    }

    /** Configuration spaces as Linux showed them in QEMU: a port with ACS, below it functions with neither ACS nor ATS. */
    byte[] space(PciAddress function) {
        byte[] space = new byte[4096];
        if (function.toString().equals(ROOT_PORT)) {
            ByteBuffer.wrap(space)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(0x100, 0x14820001)
                    .putInt(0x148, 0x0001000d)
                    .putInt(0x14c, 0x005f | acsControl << 16);
        }
        return space;
    }

    void put(String path, String text) throws IOException {
        Path file = file(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    void link(String path, String target) throws IOException {
        Path link = file(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, file(target));
    }

    Path file(String path) {
        return root.resolve(path.substring(1));
    }

    private static void deleteAll(Path from) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public Optional<String> text(String path) throws KernelRefusal {
        requireReadable(path);
        return folder.text(path);
    }

    @Override
    public List<String> names(String path, Pattern wanted) throws KernelRefusal {
        requireReadable(path);
        return folder.names(path, wanted);
    }

    @Override
    public Optional<String> place(String path) throws KernelRefusal {
        requireReadable(path);
        return folder.place(path);
    }

    private void requireReadable(String path) throws KernelRefusal {
        if (!written.isEmpty() && path.equals(lostByAWrite)) {
            throw new KernelRefusal(KernelRefusal.Reason.FAULT, path, "read: EIO");
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}
