package org.rackweave.sim.interposer;

import java.nio.file.Path;
import java.util.Objects;
import org.rackweave.hal.SliceKind;

/**
 * Where a simulated rack keeps what real hardware would keep by itself.
 *
 * <pre>
 * ROOT/NODE/slices/KEY.mem      the memory of a slice, a sparse file; of other kinds a page, named by the kind
 * ROOT/NODE/slices/KEY.loaded   which configuration is loaded, for a slice that has any
 * ROOT/NODE/slices/KEY.route    where it is routed and which epoch the hardware holds
 * ROOT/NODE/faults              what shall go wrong, see {@link FaultScript}
 * ROOT/NODE/interposer.lock     held by the process that drives this node's hardware
 * ROOT/hosts/HOST/OWNER-KEY.mem the window of a host, there only while the slice is bound to it; of other kinds
 *                               .device, .function, .lanes, .accelerator or .cores
 * </pre>
 *
 * @param root the directory of the whole rack
 */
public record RackDirectory(Path root) {
    public RackDirectory {
        Objects.requireNonNull(root);
        root = root.toAbsolutePath().normalize();
    }

    /** The memory of a slice as its owner sees it. */
    public Path memory(String node, String key) {
        return content(node, key, SliceKind.MEMORY);
    }

    /** What a host of a slice sees, as its owner sees it. */
    public Path content(String node, String key, SliceKind kind) {
        return slices(node).resolve(key + suffix(kind));
    }

    /** What is loaded in a slice. */
    public Path loaded(String node, String key) {
        return slices(node).resolve(key + ".loaded");
    }

    /** The route that the hardware holds for a slice. */
    public Path route(String node, String key) {
        return slices(node).resolve(key + ".route");
    }

    /** Where a host finds a slice while it is bound to it. */
    public Path window(String host, String owner, String key) {
        return window(host, owner, key, SliceKind.MEMORY);
    }

    /** Where a host finds a slice of some kind while it is bound to it. */
    public Path window(String host, String owner, String key, SliceKind kind) {
        return root.resolve("hosts").resolve(host).resolve(owner + "-" + key + suffix(kind));
    }

    private static String suffix(SliceKind kind) {
        return switch (kind) {
            case MEMORY -> ".mem";
            case PCIE_DEVICE -> ".device";
            case FUNCTION -> ".function";
            case LANES -> ".lanes";
            case ACCELERATOR -> ".accelerator";
            case CORES -> ".cores";
        };
    }

    /** Where faults are told. */
    public Path faults(String node) {
        return root.resolve(node).resolve("faults");
    }

    Path slices(String node) {
        return root.resolve(node).resolve("slices");
    }

    Path lock(String node) {
        return root.resolve(node).resolve("interposer.lock");
    }
}
