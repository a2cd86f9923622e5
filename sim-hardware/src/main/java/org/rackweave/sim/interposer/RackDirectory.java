package org.rackweave.sim.interposer;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a simulated rack keeps what real hardware would keep by itself.
 *
 * <pre>
 * ROOT/NODE/slices/KEY.mem      the memory of a slice, a sparse file
 * ROOT/NODE/slices/KEY.route    where it is routed and which epoch the hardware holds
 * ROOT/NODE/faults              what shall go wrong, see {@link FaultScript}
 * ROOT/NODE/interposer.lock     held by the process that drives this node's hardware
 * ROOT/hosts/HOST/OWNER-KEY.mem the window of a host, there only while the slice is bound to it
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
        return slices(node).resolve(key + ".mem");
    }

    /** The route that the hardware holds for a slice. */
    public Path route(String node, String key) {
        return slices(node).resolve(key + ".route");
    }

    /** Where a host finds a slice while it is bound to it. */
    public Path window(String host, String owner, String key) {
        return root.resolve("hosts").resolve(host).resolve(owner + "-" + key + ".mem");
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
