package org.rackweave.hal.discovery;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.CpuTopology;
import org.rackweave.hal.inventory.CxlBus;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.FpgaManager;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.MachineIdentity;
import org.rackweave.hal.inventory.MemoryLayout;
import org.rackweave.hal.inventory.NtbDevice;
import org.rackweave.hal.inventory.NumaNode;
import org.rackweave.hal.inventory.Partitions;
import org.rackweave.hal.inventory.PciFunction;
import org.rackweave.hal.inventory.RunningHost;
import org.rackweave.hal.inventory.SwitchtecDevice;
import org.rackweave.hal.nativelinux.KernelView;

/**
 * Reads a tree once and says what machine it shows. It needs no right that an ordinary user lacks; what is kept from an
 * ordinary user is a named problem.
 */
public final class Discovery {
    private final HostTree tree;

    private Discovery(HostTree tree) {
        this.tree = tree;
    }

    /**
     * Discovers the machine that this process runs on: its tree, and what only calls of its kernel tell. A call that
     * fails is a problem of the inventory, and so is a file that does not answer, as an attribute of a device that hangs.
     */
    public static Inventory ofThisMachine() {
        Inventory fromTree;
        try (TimeLimitedTree tree = new TimeLimitedTree(new DirectoryTree(Path.of("/")), DiscoveryLimits.FILE_LIMIT)) {
            fromTree = of(tree).inventory();
        }
        try {
            return fromTree.withRunningHost(KernelView.open().runningHost());
        } catch (HalException failed) {
            return fromTree.withProblem(new DiscoveryProblem(
                    DiscoveryProblem.Kind.NATIVE_FAILED, failed.operation(), String.valueOf(failed.getMessage())));
        }
    }

    /** Discovery of any tree: a recording, or a machine's file system mounted elsewhere. */
    public static Discovery of(HostTree tree) {
        return new Discovery(tree);
    }

    /** Discovery of the tree below a folder. */
    public static Discovery ofDirectory(Path root) {
        return of(new DirectoryTree(root));
    }

    /** Reads the tree now. */
    public Inventory inventory() {
        Problems problems = new Problems();
        TreeReader reader = new TreeReader(tree, problems);
        MachineIdentity machine = new MachineSource(reader).read();
        CpuTopology cpus = new CpuSource(reader).read();
        MemorySource memorySource = new MemorySource(reader);
        List<NumaNode> nodes = memorySource.nodes();
        MemoryLayout memory = memorySource.layout();
        memorySource.compare(nodes, memory);
        List<PciFunction> functions = new PciSource(reader).read();
        CxlBus cxl = new CxlSource(reader).read();
        SwitchSource switches = new SwitchSource(reader);
        List<SwitchtecDevice> switchtec = switches.switchtecDevices();
        List<FpgaManager> fpgas = switches.fpgaManagers();
        PartitionSource parts = new PartitionSource(reader);
        Partitions partitions = parts.partitions();
        List<NtbDevice> bridges = parts.ntbDevices();
        Optional<RunningHost> notAsked = Optional.empty();
        return new Inventory(
                machine,
                cpus,
                nodes,
                memory,
                functions,
                cxl,
                switchtec,
                fpgas,
                partitions,
                bridges,
                notAsked,
                problems.asMet());
    }
}
