package org.rackweave.hal.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An inventory as plain maps and lists, for whoever prints it as JSON, YAML or a table. Values are {@link String}, {@link
 * Long}, {@link Boolean}, {@link Map} and {@link List}, nothing else. Names are in camel case with the unit last, in a
 * stable order; they are an interface to other people's scripts, so one is never renamed, only added. A fact that is not
 * known is a name that is not there. What a machine has several of is a list, also when there is none.
 *
 * <p>At the top: {@code machine, cpus, numaNodes, memory, pciFunctions, cxl, switchtecDevices, fpgaManagers, partitions,
 * ntbDevices, runningHost, problems}.
 */
public final class InventoryDocument {
    private InventoryDocument() {}

    public static Map<String, Object> of(Inventory inventory) {
        Fields document = new Fields();
        document.put("machine", machine(inventory.machine()));
        document.put("cpus", cpus(inventory.cpus()));
        document.put("numaNodes", list(inventory.numaNodes(), InventoryDocument::numaNode));
        document.put("memory", memory(inventory.memory()));
        document.put("pciFunctions", list(inventory.pciFunctions(), PciDocument::function));
        document.put("cxl", CxlDocument.bus(inventory.cxl()));
        document.put("switchtecDevices", list(inventory.switchtecDevices(), InventoryDocument::switchtec));
        document.put("fpgaManagers", list(inventory.fpgaManagers(), InventoryDocument::fpga));
        document.put("partitions", PartitionDocument.partitions(inventory.partitions()));
        document.put("ntbDevices", list(inventory.ntbDevices(), PartitionDocument::ntb));
        document.putIfKnown("runningHost", inventory.runningHost().map(InventoryDocument::runningHost));
        document.put("problems", list(inventory.problems(), InventoryDocument::problem));
        return document.map();
    }

    private static Map<String, Object> machine(MachineIdentity machine) {
        Fields fields = new Fields();
        fields.put("source", Fields.word(machine.source()));
        fields.put("product", make(machine.product()));
        fields.put("board", make(machine.board()));
        fields.put("firmware", make(machine.firmware()));
        fields.putIfKnown("serial", machine.numbers().serial());
        fields.putIfKnown("uuid", machine.numbers().uuid());
        fields.putIfKnown("assetTag", machine.numbers().assetTag());
        fields.put("compatible", machine.compatible());
        fields.putIfKnown("kernelRelease", machine.kernelRelease());
        fields.putIfKnown("architecture", machine.architecture());
        return fields.map();
    }

    private static Map<String, Object> make(Make make) {
        Fields fields = new Fields();
        fields.putIfKnown("vendor", make.vendor());
        fields.putIfKnown("name", make.name());
        fields.putIfKnown("version", make.version());
        return fields.map();
    }

    private static Map<String, Object> cpus(CpuTopology cpus) {
        Fields fields = new Fields();
        fields.put("online", cpus.online().toString());
        fields.put("present", cpus.present().toString());
        fields.put("possible", cpus.possible().toString());
        fields.put("isolated", cpus.isolated().toString());
        fields.put("coreCount", (long) cpus.coreCount());
        fields.put("packages", list(cpus.packages(), InventoryDocument::cpuPackage));
        fields.put("caches", list(cpus.caches(), InventoryDocument::cache));
        fields.put("models", list(cpus.models(), InventoryDocument::model));
        return fields.map();
    }

    private static Map<String, Object> cpuPackage(CpuPackage each) {
        Fields fields = new Fields();
        fields.putIfKnown("id", each.id());
        fields.put("cores", list(each.cores(), InventoryDocument::core));
        return fields.map();
    }

    private static Map<String, Object> core(CpuCore core) {
        Fields fields = new Fields();
        fields.putIfKnown("id", core.id());
        fields.putIfKnown("die", core.die());
        fields.put("threads", core.threads().toString());
        return fields.map();
    }

    private static Map<String, Object> cache(CpuCache cache) {
        Fields fields = new Fields();
        fields.put("level", (long) cache.level());
        fields.put("holds", Fields.word(cache.holds()));
        fields.putIfKnown("sizeBytes", cache.sizeBytes());
        fields.putIfKnown("ways", cache.ways());
        fields.putIfKnown("lineBytes", cache.lineBytes());
        fields.putIfKnown("sets", cache.sets());
        fields.put("sharedBy", cache.sharedBy().toString());
        return fields.map();
    }

    private static Map<String, Object> model(CpuModel model) {
        Fields fields = new Fields();
        fields.put("cpus", model.cpus().toString());
        fields.putIfKnown("vendor", model.vendor());
        fields.putIfKnown("name", model.name());
        fields.putIfKnown("family", model.family());
        fields.putIfKnown("model", model.model());
        fields.putIfKnown("stepping", model.stepping());
        return fields.map();
    }

    private static Map<String, Object> numaNode(NumaNode node) {
        Fields fields = new Fields();
        fields.put("id", (long) node.id());
        fields.put("cpus", node.cpus().toString());
        fields.putIfKnown("memoryBytes", node.memoryBytes());
        Fields distances = new Fields();
        node.distances().forEach((to, distance) -> distances.put(Integer.toString(to), distance.longValue()));
        fields.put("distances", distances.map());
        return fields.map();
    }

    private static Map<String, Object> memory(MemoryLayout memory) {
        Fields fields = new Fields();
        fields.putIfKnown("totalBytes", memory.totalBytes());
        fields.putIfKnown("blockSizeBytes", memory.blockSizeBytes());
        fields.put("blocksOnline", memory.blocksIn(MemoryBlock.State.ONLINE));
        fields.put("blocksOffline", memory.blocksIn(MemoryBlock.State.OFFLINE));
        fields.put("blocks", list(memory.blocks(), InventoryDocument::block));
        return fields.map();
    }

    private static Map<String, Object> block(MemoryBlock block) {
        Fields fields = new Fields();
        fields.put("index", (long) block.index());
        fields.putIfKnown("state", block.state().map(Fields::word));
        fields.putIfKnown("removable", block.removal().map(MemoryBlock.Removal.REMOVABLE::equals));
        fields.putIfKnown("numaNode", block.numaNode());
        return fields.map();
    }

    private static Map<String, Object> switchtec(SwitchtecDevice device) {
        Fields fields = new Fields();
        fields.put("name", device.name());
        fields.putIfKnown("function", device.function().map(PciAddress::toString));
        fields.put("product", make(device.product()));
        fields.putIfKnown("firmware", device.firmware());
        fields.putIfKnown("partition", device.partition());
        fields.putIfKnown("partitionCount", device.partitionCount());
        return fields.map();
    }

    private static Map<String, Object> fpga(FpgaManager manager) {
        Fields fields = new Fields();
        fields.put("name", manager.name());
        fields.putIfKnown("label", manager.label());
        fields.putIfKnown("state", manager.state());
        fields.putIfKnown("function", manager.function().map(PciAddress::toString));
        return fields.map();
    }

    private static Map<String, Object> runningHost(RunningHost host) {
        Fields fields = new Fields();
        fields.put("kernelName", host.kernelName());
        fields.put("kernelRelease", host.kernelRelease());
        fields.put("machine", host.machine());
        fields.put("pageSizeBytes", host.pageSizeBytes());
        fields.putIfKnown("hugePageSizeBytes", host.hugePageSizeBytes());
        fields.put("usableCpus", host.usableCpus().toString());
        return fields.map();
    }

    private static Map<String, Object> problem(DiscoveryProblem problem) {
        Fields fields = new Fields();
        fields.put("kind", Fields.word(problem.kind()));
        fields.put("path", problem.path());
        fields.put("meaning", problem.meaning());
        return fields.map();
    }

    static <T> List<Object> list(Collection<T> values, Function<T, Map<String, Object>> form) {
        List<Object> list = new ArrayList<>();
        values.forEach(value -> list.add(form.apply(value)));
        return list;
    }
}
