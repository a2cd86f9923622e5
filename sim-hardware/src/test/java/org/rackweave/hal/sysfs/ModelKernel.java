package org.rackweave.hal.sysfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A kernel's {@code /sys} in a folder, with two memory devices of 256 MiB behind one window, and blocks of 128 MiB. Reading is the product's
 * own; each write changes the folder as Linux 6.12 was seen to change its own, or is refused. What it is stricter about than Linux: a
 * region with a driver can be neither reset nor deleted, and taking memory from {@code kmem} that is on line fails the test, where
 * Linux loses it until the next boot. It has no addresses, no caches and no data.
 */
final class ModelKernel extends FolderKernel {
    static final long SLICE_BYTES = 256L << 20;
    private static final long BLOCK_BYTES = 128L << 20;
    private static final long WINDOW_START = 0x3d0000000L;
    private static final String ROOT = "/sys/devices/platform/ACPI0017:00/root0";
    private static final String WINDOW = ROOT + "/decoder0.0";
    private static final String MEMORY = "/sys/devices/system/memory/";

    /** What somebody makes of a new block: {@code offline}, {@code online}, {@code online_movable}; nothing when empty. */
    String newBlocks = "";

    private final Map<String, KernelRefusal.Reason> refused = new HashMap<>();
    private int nextRegion;
    private int diesAfter = Integer.MAX_VALUE;

    /** The process that writes is gone. */
    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    ModelKernel(Path root) throws Exception {
        super(root);
        link("/sys/bus/cxl/devices/root0", ROOT);
        link(ROOT + "/dport12", "/sys/devices/pci0000:0c");
        link(ROOT + "/port1/uport", "/sys/devices/pci0000:0c");
        put(WINDOW + "/size", "0x100000000");
        put(WINDOW + "/target_list", "12");
        put(WINDOW + "/interleave_granularity", "256");
        put(WINDOW + "/create_ram_region", "region0");
        put(WINDOW + "/delete_region", "");
        link("/sys/bus/cxl/devices/decoder0.0", WINDOW);
        // The kernel's numbers are not in the order of the serial numbers.
        device(2, "mem1", "0xaaaa0001");
        device(3, "mem0", "0xaaaa0002");
        for (String driver : List.of("cxl/drivers/cxl_region", "cxl/drivers/cxl_dax_region", "dax/drivers/kmem")) {
            Files.createDirectories(file("/sys/bus/" + driver));
        }
        Files.createDirectories(file("/sys/bus/dax/drivers/device_dax"));
        Files.createDirectories(file("/sys/bus/dax/devices"));
        put("/sys/bus/dax/drivers_autoprobe", "1");
        put(MEMORY + "block_size_bytes", "8000000");
        put(MEMORY + "auto_online_blocks", "online");
    }

    private void device(int endpoint, String memory, String serial) {
        String place = ROOT + "/port1/endpoint" + endpoint;
        String decoder = place + "/decoder" + endpoint + ".0";
        put("/sys/devices/pci0000:0c/" + memory + "/serial", serial);
        link(place + "/uport", "/sys/devices/pci0000:0c/" + memory);
        put(decoder + "/mode", "none");
        put(decoder + "/dpa_size", "0x0000000000000000");
        put(decoder + "/region", "");
        link("/sys/bus/cxl/devices/endpoint" + endpoint, place);
        link("/sys/bus/cxl/devices/decoder" + endpoint + ".0", decoder);
    }

    // ---- what tests do to it ----------------------------------------------------------------------------------------

    void refuse(String attribute, KernelRefusal.Reason reason) {
        refused.put(attribute, reason);
    }

    void refuseNothing() {
        refused.clear();
    }

    /** The writer dies after so many more writes, with the last of them done. */
    void dieAfter(int writes) {
        diesAfter = written.size() + writes;
    }

    void outlive() {
        diesAfter = Integer.MAX_VALUE;
    }

    /** All that the folder says, without what only ever counts up. */
    List<String> state() {
        try (Stream<Path> all = Files.walk(root)) {
            List<String> lines = new ArrayList<>();
            for (Path path : all.sorted().toList()) {
                boolean counts = path.endsWith("create_ram_region") || path.endsWith("mode");
                lines.add(path + (Files.isRegularFile(path) && !counts ? "=" + Files.readString(path) : ""));
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long bytesOnline() {
        return blocks().stream()
                        .filter(block -> says(block + "/state", "online"))
                        .count()
                * BLOCK_BYTES;
    }

    String driverOf(String dax) {
        try {
            String place = place("/sys/bus/dax/devices/" + dax + "/driver").orElse("none");
            return place.substring(place.lastIndexOf('/') + 1);
        } catch (KernelRefusal e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> blocks() {
        try {
            return names("/sys/devices/system/memory", Pattern.compile("memory[0-9]+")).stream()
                    .map(name -> MEMORY + name)
                    .toList();
        } catch (KernelRefusal e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean says(String path, String value) {
        try {
            return text(path).filter(value::equals).isPresent();
        } catch (KernelRefusal e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the product's side -----------------------------------------------------------------------------------------

    @Override
    public void write(String path, String value, Duration limit) throws KernelRefusal {
        if (written.size() >= diesAfter) {
            throw new Died();
        }
        written.add(path + "=" + value);
        String attribute = path.substring(path.lastIndexOf('/') + 1);
        for (String name : List.of(attribute, attribute + "=" + value, path + "=" + value)) {
            if (refused.containsKey(name)) {
                throw new KernelRefusal(refused.get(name), path, "write " + value + ": as told");
            }
        }
        obey(path, attribute, value);
        if (written.size() >= diesAfter) {
            throw new Died();
        }
    }

    private void obey(String path, String attribute, String value) throws KernelRefusal {
        String holder = place(path.substring(0, path.lastIndexOf('/')))
                .orElseThrow(() -> new KernelRefusal(KernelRefusal.Reason.ABSENT, path, "ENOENT"));
        switch (attribute) {
            case "create_ram_region" -> createRegion(value);
            case "delete_region" -> deleteRegion(value);
            case "mode" -> decoderIsFree(holder, () -> put(path, value));
            case "dpa_size" -> decoderIsFree(holder, () -> put(path, String.format("0x%016x", Long.decode(value))));
            case "interleave_ways", "interleave_granularity" ->
                require(says(holder + "/size", "0x0"), path, () -> put(path, value));
            case "size" ->
                require(says(holder + "/target0", "") && says(holder + "/interleave_ways", "1"), path, () -> {
                    put(path, "0x" + Long.toHexString(Long.decode(value)));
                    put(holder + "/resource", "0x" + Long.toHexString(address(holder)));
                });
            case "target0" -> attach(holder, path, value);
            case "commit" ->
                require(
                        !says(holder + "/target0", "")
                                && place(holder + "/driver").isEmpty(),
                        path,
                        () -> put(path, value));
            case "bind", "unbind", "new_id", "remove_id" -> driver(holder, attribute, path, value);
            case "state" -> block(holder, value);
            default -> put(path, value);
        }
    }

    private void require(boolean holds, String path, Runnable then) throws KernelRefusal {
        if (!holds) {
            throw new KernelRefusal(KernelRefusal.Reason.BUSY, path, "EBUSY: " + state());
        }
        then.run();
    }

    private void decoderIsFree(String decoder, Runnable then) throws KernelRefusal {
        require(says(decoder + "/region", ""), decoder, then);
    }

    private static long address(String region) {
        return WINDOW_START + Long.parseLong(region.replaceAll(".*region", "")) % 8 * SLICE_BYTES;
    }

    private void createRegion(String name) {
        String region = WINDOW + "/" + name;
        Map.of("mode", "ram", "commit", "0", "size", "0x0", "resource", "0xffffffffffffffff", "target0", "")
                .forEach((attribute, value) -> put(region + "/" + attribute, value));
        put(region + "/interleave_ways", "0");
        put(region + "/interleave_granularity", "0");
        link("/sys/bus/cxl/devices/" + name, region);
        put(WINDOW + "/create_ram_region", "region" + ++nextRegion);
    }

    private void deleteRegion(String name) throws KernelRefusal {
        String region = WINDOW + "/" + name;
        require(says(region + "/commit", "0") && place(region + "/driver").isEmpty(), region, () -> {
            decoder(region).ifPresent(decoder -> put(decoder + "/region", ""));
            remove("/sys/bus/cxl/devices/" + name);
            remove(region);
        });
    }

    private Optional<String> decoder(String region) {
        try {
            return text(region + "/target0")
                    .filter(target -> !target.isEmpty())
                    .map(target -> "/sys/bus/cxl/devices/" + target);
        } catch (KernelRefusal e) {
            throw new UncheckedIOException(e);
        }
    }

    private void attach(String region, String path, String target) throws KernelRefusal {
        String decoder = "/sys/bus/cxl/devices/" + target;
        long taken = Long.decode(text(decoder + "/dpa_size").orElse("0"));
        boolean fits = says(decoder + "/mode", "ram")
                && taken == Long.decode(text(region + "/size").orElse("0"))
                && says(decoder + "/region", "");
        require(fits, path, () -> {
            put(path, target);
            put(decoder + "/region", region.substring(region.lastIndexOf('/') + 1));
        });
    }

    private void driver(String driver, String verb, String path, String device) throws KernelRefusal {
        String word = driver.substring(driver.lastIndexOf('/') + 1);
        String place = (word.equals("cxl_region") ? "/sys/bus/cxl/devices/" : "/sys/bus/dax/devices/") + device;
        boolean isBound = place(place + "/driver").isPresent();
        switch (verb) {
            case "bind", "new_id" -> require(!isBound, path, () -> link(place + "/driver", driver));
            case "unbind" -> require(isBound, path, () -> remove(place + "/driver"));
            default -> {}
        }
        switch (word + " " + verb) {
            case "cxl_region bind" -> {
                require(says(place + "/commit", "1"), path, () -> {});
                String dax = WINDOW + "/" + device + "/" + device.replace("region", "dax_region") + "/"
                        + device.replace("region", "dax") + ".0";
                put(dax + "/size", Long.toString(SLICE_BYTES));
                link("/sys/bus/dax/devices/" + device.replace("region", "dax") + ".0", dax);
            }
            case "cxl_region unbind" -> {
                leaveNothingOnline(device);
                blocksOf(device).forEach(this::remove);
                remove("/sys/bus/dax/devices/" + device.replace("region", "dax") + ".0");
                remove(WINDOW + "/" + device + "/" + device.replace("region", "dax_region"));
            }
            case "kmem bind" -> addBlocks(device.replaceAll("dax([0-9]+).*", "region$1"));
            case "kmem unbind" -> {
                String region = device.replaceAll("dax([0-9]+).*", "region$1");
                leaveNothingOnline(region);
                blocksOf(region).forEach(this::remove);
            }
            default -> {}
        }
    }

    private List<String> blocksOf(String region) {
        long first = address(region) / BLOCK_BYTES;
        return blocks().stream()
                .filter(block -> {
                    long number = Long.parseLong(block.substring((MEMORY + "memory").length()));
                    return number >= first && number < first + SLICE_BYTES / BLOCK_BYTES;
                })
                .toList();
    }

    private void leaveNothingOnline(String region) {
        for (String block : blocksOf(region)) {
            if (!says(block + "/state", "offline")) {
                throw new AssertionError(block + " is lost until the next boot");
            }
        }
    }

    private String autoOnline() {
        try {
            return text(MEMORY + "auto_online_blocks").orElseThrow();
        } catch (KernelRefusal e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addBlocks(String region) {
        for (long at = address(region); at < address(region) + SLICE_BYTES; at += BLOCK_BYTES) {
            put(MEMORY + "memory" + at / BLOCK_BYTES + "/state", "offline");
            block(MEMORY + "memory" + at / BLOCK_BYTES, newBlocks.isEmpty() ? autoOnline() : newBlocks);
        }
    }

    private void block(String block, String value) {
        put(block + "/state", value.startsWith("online") ? "online" : value);
        put(
                block + "/valid_zones",
                switch (value) {
                    case "online_movable" -> "Movable";
                    case "offline" -> "Normal Movable";
                    default -> "Normal";
                });
    }

    // ---- the folder -------------------------------------------------------------------------------------------------

    private Path file(String path) {
        return root.resolve(path.substring(1));
    }

    private void link(String path, String to) {
        try {
            Files.createDirectories(file(path).getParent());
            Files.createDirectories(file(to));
            Files.createSymbolicLink(file(path), file(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void remove(String path) {
        try (Stream<Path> all = Files.walk(file(path))) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
