package org.rackweave.hal.inventory;

import java.util.Locale;
import java.util.Map;

/** The part of an {@link InventoryDocument} about PCI. Numbers that people know in hexadecimal are text. */
final class PciDocument {
    private PciDocument() {}

    static Map<String, Object> function(PciFunction function) {
        Fields fields = new Fields();
        fields.put("address", function.address().toString());
        fields.put("classCode", function.classCode().toString());
        fields.putIfKnown("className", function.names().className());
        fields.put("vendorId", hexadecimal(function.id().vendor(), 4));
        fields.put("deviceId", hexadecimal(function.id().device(), 4));
        fields.putIfKnown("vendorName", function.names().vendor());
        fields.putIfKnown("deviceName", function.names().device());
        function.subsystem().ifPresent(board -> {
            fields.put("subsystemVendorId", hexadecimal(board.vendor(), 4));
            fields.put("subsystemDeviceId", hexadecimal(board.device(), 4));
        });
        fields.putIfKnown("subsystemVendorName", function.names().subsystemVendor());
        fields.putIfKnown("subsystemDeviceName", function.names().subsystem());
        function.revision().ifPresent(revision -> fields.put("revision", hexadecimal(revision, 2)));
        fields.putIfKnown("driver", function.driver());
        fields.putIfKnown("link", function.link().map(PciDocument::link));
        fields.putIfKnown("slot", function.slot());
        fields.putIfKnown("parent", function.placement().parent().map(PciAddress::toString));
        fields.putIfKnown("numaNode", function.placement().numaNode());
        fields.putIfKnown("iommuGroup", function.placement().iommuGroup());
        fields.putIfKnown("sriov", function.sriov().map(PciDocument::sriov));
        fields.putIfKnown("physicalFunction", function.physicalFunction().map(PciAddress::toString));
        return fields.map();
    }

    private static Map<String, Object> link(PciLink link) {
        Fields fields = new Fields();
        fields.putIfKnown("widthLanes", link.widthLanes());
        fields.putIfKnown("maxWidthLanes", link.maxWidthLanes());
        fields.putIfKnown("speedMegatransfers", link.speedMegatransfers());
        fields.putIfKnown("maxSpeedMegatransfers", link.maxSpeedMegatransfers());
        return fields.map();
    }

    private static Map<String, Object> sriov(Sriov sriov) {
        Fields fields = new Fields();
        fields.put("totalFunctions", (long) sriov.totalFunctions());
        fields.put("usedFunctions", (long) sriov.usedFunctions());
        return fields.map();
    }

    private static String hexadecimal(int value, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "x", value);
    }
}
