package org.rackweave.hal.policy;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.inventory.CpuCore;
import org.rackweave.hal.inventory.CxlRegion;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.MemoryBlock;
import org.rackweave.hal.inventory.NumaNode;

/** Cores and DRAM, NUMA node by NUMA node, in ascending order. */
final class NodePolicy {
    private final KeepRules keep;
    private final Findings findings;

    NodePolicy(KeepRules keep, Findings findings) {
        this.keep = keep;
        this.findings = findings;
    }

    void decide(Inventory inventory) {
        long coresToKeep = keep.cores();
        long bytesToKeep = keep.memoryBytes();
        for (NumaNode node : inventory.numaNodes()) {
            if (node.cpus().size() == 0) {
                HardwareIdentity memory = HardwareIdentity.ofMemory(node.id());
                if (!findings.withheldAsBorrowed(memory, SliceKind.MEMORY)) {
                    findings.withhold(
                            memory,
                            SliceKind.MEMORY,
                            WithheldSlice.Reason.INFRASTRUCTURE,
                            "a node without CPUs is a window to a device's memory, which is the device's to lend");
                }
                continue;
            }
            coresToKeep -= decideCores(inventory, node, coresToKeep);
            bytesToKeep -= decideMemory(inventory, node, bytesToKeep);
        }
    }

    /** Decides about a node's cores, and says how many of them serve what is to be kept. */
    private long decideCores(Inventory inventory, NumaNode node, long toKeep) {
        HardwareIdentity identity = HardwareIdentity.ofCores(node.id());
        long there = allCores(inventory)
                .filter(core -> isWholly(core, inventory.cpus().online(), node))
                .count();
        if (findings.withheldAsBorrowed(identity, SliceKind.CORES)) {
            return 0;
        }
        long kept = Math.min(toKeep, there);
        if (!findings.withheldAsUnclaimed(identity, SliceKind.CORES)) {
            if (there > kept) {
                findings.offer(new OfferableSlice(identity, SliceKind.CORES, there - kept, capabilities(inventory)));
            } else {
                findings.withhold(
                        identity,
                        SliceKind.CORES,
                        WithheldSlice.Reason.KEPT,
                        "the machine keeps all " + there + " cores of this node for itself");
            }
        }
        return kept;
    }

    /** Decides about a node's DRAM, and says how much of it serves what is to be kept. */
    private long decideMemory(Inventory inventory, NumaNode node, long toKeep) {
        HardwareIdentity identity = HardwareIdentity.ofMemory(node.id());
        OptionalLong known = ownBytes(inventory, node);
        if (findings.withheldAsBorrowed(identity, SliceKind.MEMORY)) {
            return 0;
        }
        long there = known.orElse(0);
        long kept = Math.min(toKeep, there);
        if (findings.withheldAsUnclaimed(identity, SliceKind.MEMORY)) {
            return kept;
        }
        if (known.isEmpty()) {
            findings.withhold(
                    identity,
                    SliceKind.MEMORY,
                    WithheldSlice.Reason.AMOUNT_UNKNOWN,
                    "how much memory of this node is the machine's own is not known");
        } else if (there > kept) {
            findings.offer(new OfferableSlice(identity, SliceKind.MEMORY, there - kept, Set.of()));
        } else {
            findings.withhold(
                    identity,
                    SliceKind.MEMORY,
                    WithheldSlice.Reason.KEPT,
                    "the machine keeps all " + there + " bytes of this node for itself");
        }
        return kept;
    }

    /**
     * A node's memory without what CXL regions back. Linux may put a region on a node that has CPUs, when firmware gave
     * its window no node of its own; a borrower must not count that as its DRAM.
     */
    private static OptionalLong ownBytes(Inventory inventory, NumaNode node) {
        List<CxlRegion> regions = inventory.cxl().regions().stream()
                .filter(region -> region.commitment()
                        .filter(CxlRegion.Commitment.UNCOMMITTED::equals)
                        .isEmpty())
                .toList();
        OptionalLong blockSize = inventory.memory().blockSizeBytes();
        boolean regionsKnown = regions.stream()
                .allMatch(region ->
                        region.startBytes().isPresent() && region.sizeBytes().isPresent());
        if (node.memoryBytes().isEmpty() || !(regions.isEmpty() || (regionsKnown && blockSize.isPresent()))) {
            return OptionalLong.empty();
        }
        long foreignBytes = 0;
        for (MemoryBlock block : inventory.memory().blocks()) {
            boolean onNode = block.numaNode().isPresent() && block.numaNode().getAsInt() == node.id();
            boolean online =
                    block.state().filter(MemoryBlock.State.OFFLINE::equals).isEmpty();
            if (onNode && online && !regions.isEmpty()) {
                long start = block.index() * blockSize.getAsLong();
                foreignBytes += regions.stream().anyMatch(region -> overlaps(region, start, blockSize.getAsLong()))
                        ? blockSize.getAsLong()
                        : 0;
            }
        }
        return OptionalLong.of(Math.max(0, node.memoryBytes().getAsLong() - foreignBytes));
    }

    private static boolean overlaps(CxlRegion region, long start, long bytes) {
        long regionStart = region.startBytes().orElseThrow();
        long regionBytes = region.sizeBytes().orElseThrow();
        return start < regionStart + regionBytes && regionStart < start + bytes;
    }

    private static Stream<CpuCore> allCores(Inventory inventory) {
        return inventory.cpus().packages().stream().flatMap(each -> each.cores().stream());
    }

    /** Whether all threads of a core run, and on this node: half a core cannot be lent. */
    private static boolean isWholly(CpuCore core, IdSet online, NumaNode node) {
        return core.threads().ids().stream()
                .allMatch(thread -> online.contains(thread) && node.cpus().contains(thread));
    }

    private static Set<String> capabilities(Inventory inventory) {
        return inventory
                .machine()
                .architecture()
                .map(architecture -> Set.of("cpu/" + architecture))
                .orElse(Set.of());
    }
}
