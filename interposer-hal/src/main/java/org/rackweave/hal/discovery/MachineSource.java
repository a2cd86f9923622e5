package org.rackweave.hal.discovery;

import java.util.List;
import java.util.Optional;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.MachineIdentity;
import org.rackweave.hal.inventory.Make;
import org.rackweave.hal.text.FirmwareText;

/** Which machine this is: from DMI, or from the device tree where there is no DMI. */
final class MachineSource {
    private static final String DMI = "/sys/class/dmi/id/";
    private static final String DEVICE_TREE = "/sys/firmware/devicetree/base/";
    private static final String KERNEL = "/proc/sys/kernel/";

    private final TreeReader tree;

    MachineSource(TreeReader tree) {
        this.tree = tree;
    }

    MachineIdentity read() {
        if (tree.holds(DMI + "sys_vendor") || tree.holds(DMI + "product_name")) {
            return fromDmi();
        }
        if (tree.holds(DEVICE_TREE + "compatible")) {
            return fromDeviceTree();
        }
        tree.note(
                DiscoveryProblem.Kind.NOT_PRESENT,
                "/sys/class/dmi/id",
                "neither DMI nor a device tree: the machine's maker, model and serial number are not known");
        return identity(
                MachineIdentity.Source.NONE,
                Make.UNTOLD,
                Make.UNTOLD,
                Make.UNTOLD,
                MachineIdentity.Numbers.UNTOLD,
                List.of());
    }

    private MachineIdentity fromDmi() {
        return identity(
                MachineIdentity.Source.DMI,
                new Make(dmi("sys_vendor"), dmi("product_name"), dmi("product_version")),
                new Make(dmi("board_vendor"), dmi("board_name"), dmi("board_version")),
                new Make(dmi("bios_vendor"), dmi("bios_date"), dmi("bios_version")),
                new MachineIdentity.Numbers(dmi("product_serial"), dmi("product_uuid"), dmi("chassis_asset_tag")),
                List.of());
    }

    private MachineIdentity fromDeviceTree() {
        List<String> compatible = property("compatible");
        Make product = new Make(Optional.empty(), first("model"), Optional.empty());
        return identity(
                MachineIdentity.Source.DEVICE_TREE,
                product,
                Make.UNTOLD,
                Make.UNTOLD,
                new MachineIdentity.Numbers(first("serial-number"), Optional.empty(), Optional.empty()),
                compatible);
    }

    private MachineIdentity identity(
            MachineIdentity.Source source,
            Make product,
            Make board,
            Make firmware,
            MachineIdentity.Numbers numbers,
            List<String> compatible) {
        return new MachineIdentity(
                source,
                product,
                board,
                firmware,
                numbers,
                compatible,
                tree.text(KERNEL + "osrelease"),
                tree.text(KERNEL + "arch"));
    }

    private Optional<String> dmi(String field) {
        String path = DMI + field;
        return tree.text(path).filter(text -> {
            boolean template = FirmwareText.isTemplate(text);
            if (template) {
                tree.note(
                        DiscoveryProblem.Kind.PLACEHOLDER,
                        path,
                        (text.isEmpty() ? "firmware left it empty" : "firmware left its template \"" + text + "\"")
                                + ", so the value is not known");
            }
            return !template;
        });
    }

    private Optional<String> first(String property) {
        return property(property).stream().findFirst();
    }

    private List<String> property(String name) {
        return tree.bytes(DEVICE_TREE + name).map(FirmwareText::strings).orElse(List.of());
    }
}
