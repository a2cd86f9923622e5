package org.rackweave.hal.inventory;

import java.util.Map;
import java.util.OptionalLong;

/** The part of an {@link InventoryDocument} about CXL. Addresses and serial numbers are text in hexadecimal. */
final class CxlDocument {
    private CxlDocument() {}

    static Map<String, Object> bus(CxlBus bus) {
        Fields fields = new Fields();
        fields.put("memoryDevices", InventoryDocument.list(bus.devices(), device -> device(bus, device)));
        fields.put("ports", InventoryDocument.list(bus.ports(), CxlDocument::port));
        fields.put("decoders", InventoryDocument.list(bus.decoders(), decoder -> decoder(bus, decoder)));
        fields.put("regions", InventoryDocument.list(bus.regions(), CxlDocument::region));
        return fields.map();
    }

    private static Map<String, Object> device(CxlBus bus, CxlMemoryDevice device) {
        Fields fields = new Fields();
        fields.put("name", device.name());
        putHexadecimal(fields, "serial", device.serial());
        fields.putIfKnown("function", device.function().map(PciAddress::toString));
        fields.putIfKnown("firmware", device.firmware());
        fields.putIfKnown("volatileBytes", device.volatileBytes());
        fields.putIfKnown("persistentBytes", device.persistentBytes());
        fields.putIfKnown("freeVolatileBytes", bus.freeVolatileBytes(device));
        fields.putIfKnown("numaNode", device.numaNode());
        return fields.map();
    }

    private static Map<String, Object> port(CxlPort port) {
        Fields fields = new Fields();
        fields.put("name", port.name());
        fields.put("role", Fields.word(port.role()));
        fields.putIfKnown("parent", port.parent());
        fields.putIfKnown("upstream", port.upstream());
        fields.put("downstream", port.downstream());
        return fields.map();
    }

    private static Map<String, Object> decoder(CxlBus bus, CxlDecoder decoder) {
        Fields fields = new Fields();
        fields.put("name", decoder.name());
        fields.put("role", Fields.word(decoder.role()));
        fields.putIfKnown("port", decoder.port());
        putHexadecimal(fields, "start", decoder.startBytes());
        fields.putIfKnown("sizeBytes", decoder.sizeBytes());
        fields.putIfKnown("freeBytes", bus.freeWindowBytes(decoder));
        fields.putIfKnown("mode", decoder.mode());
        fields.putIfKnown("deviceBytes", decoder.deviceBytes());
        fields.putIfKnown("ways", decoder.ways());
        fields.putIfKnown("granularityBytes", decoder.granularityBytes());
        fields.putIfKnown("region", decoder.region());
        return fields.map();
    }

    private static Map<String, Object> region(CxlRegion region) {
        Fields fields = new Fields();
        fields.put("name", region.name());
        fields.putIfKnown("mode", region.mode());
        putHexadecimal(fields, "start", region.startBytes());
        fields.putIfKnown("sizeBytes", region.sizeBytes());
        fields.putIfKnown("ways", region.ways());
        fields.putIfKnown("granularityBytes", region.granularityBytes());
        fields.putIfKnown("commitment", region.commitment().map(Fields::word));
        fields.putIfKnown("window", region.window());
        fields.put("targets", region.targets());
        return fields.map();
    }

    private static void putHexadecimal(Fields fields, String name, OptionalLong value) {
        value.ifPresent(known -> fields.put(name, "0x" + Long.toHexString(known)));
    }
}
