package org.rackweave.hal.inventory;

import java.util.Map;

/** The part of an {@link InventoryDocument} about parts of devices and non-transparent bridges. */
final class PartitionDocument {
    private PartitionDocument() {}

    static Map<String, Object> partitions(Partitions partitions) {
        Fields fields = new Fields();
        fields.put("mediatedTypes", InventoryDocument.list(partitions.mediatedTypes(), PartitionDocument::type));
        fields.put("mediatedDevices", InventoryDocument.list(partitions.mediatedDevices(), PartitionDocument::device));
        fields.put("migInstances", InventoryDocument.list(partitions.migInstances(), PartitionDocument::mig));
        return fields.map();
    }

    private static Map<String, Object> type(Partitions.MediatedType type) {
        Fields fields = new Fields();
        fields.put("parent", type.parent());
        fields.put("type", type.type());
        fields.putIfKnown("name", type.name());
        fields.putIfKnown("interfaceName", type.interfaceName());
        fields.putIfKnown("availableInstances", type.availableInstances());
        return fields.map();
    }

    private static Map<String, Object> device(Partitions.MediatedDevice device) {
        Fields fields = new Fields();
        fields.put("uuid", device.uuid());
        fields.putIfKnown("parent", device.parent());
        fields.putIfKnown("type", device.type());
        fields.putIfKnown("iommuGroup", device.iommuGroup());
        return fields.map();
    }

    private static Map<String, Object> mig(Partitions.MigInstance instance) {
        Fields fields = new Fields();
        fields.put("gpu", (long) instance.gpu());
        fields.putIfKnown("function", instance.function().map(PciAddress::toString));
        fields.put("gpuInstance", (long) instance.gpuInstance());
        fields.putIfKnown("computeInstance", instance.computeInstance());
        fields.putIfKnown("capabilityMinor", instance.capabilityMinor());
        return fields.map();
    }

    private static Map<String, Object> window(NtbDevice.Window window) {
        Fields fields = new Fields();
        fields.put("peer", (long) window.peer());
        fields.put("number", (long) window.number());
        fields.put("bytes", window.bytes());
        fields.put("mostBytes", window.mostBytes());
        fields.put("alignmentBytes", window.alignmentBytes());
        return fields.map();
    }

    static Map<String, Object> ntb(NtbDevice device) {
        Fields fields = new Fields();
        fields.put("name", device.name());
        fields.putIfKnown("function", device.function().map(PciAddress::toString));
        fields.putIfKnown("driver", device.driver());
        fields.put("bars", InventoryDocument.list(device.bars(), bar -> {
            Fields range = new Fields();
            range.put("number", (long) bar.number());
            range.put("bytes", bar.bytes());
            return range.map();
        }));
        fields.put("windows", InventoryDocument.list(device.windows(), PartitionDocument::window));
        return fields.map();
    }
}
