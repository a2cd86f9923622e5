package org.rackweave.hal.discovery;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.FpgaManager;
import org.rackweave.hal.inventory.Make;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.SwitchtecDevice;

/** What can be programmed to route or to accelerate: Switchtec switches and FPGA managers, from {@code /sys/class}. */
final class SwitchSource {
    private static final String SWITCHTEC = "/sys/class/switchtec";
    private static final String FPGA = "/sys/class/fpga_manager";
    private static final Pattern SWITCHTEC_NAME = Pattern.compile("switchtec[0-9]{1,9}");
    private static final Pattern FPGA_NAME = Pattern.compile("fpga[0-9]{1,9}");

    private final TreeReader tree;

    SwitchSource(TreeReader tree) {
        this.tree = tree;
    }

    List<SwitchtecDevice> switchtecDevices() {
        if (!tree.holds(SWITCHTEC)) {
            tree.note(
                    DiscoveryProblem.Kind.NOT_PRESENT,
                    SWITCHTEC,
                    "no Switchtec management endpoint, or its driver (switchtec) is not loaded");
        }
        return tree.names(SWITCHTEC, SWITCHTEC_NAME).stream()
                .map(this::switchtec)
                .toList();
    }

    List<FpgaManager> fpgaManagers() {
        if (!tree.holds(FPGA)) {
            tree.note(DiscoveryProblem.Kind.NOT_PRESENT, FPGA, "no FPGA manager, or its driver is not loaded");
        }
        return tree.names(FPGA, FPGA_NAME).stream().map(this::fpga).toList();
    }

    private SwitchtecDevice switchtec(String name) {
        String folder = SWITCHTEC + "/" + name + "/";
        return new SwitchtecDevice(
                name,
                function(folder),
                new Make(said(folder + "vendor_id"), said(folder + "product_id"), said(folder + "product_revision")),
                said(folder + "fw_version"),
                tree.ordinal(folder + "partition"),
                tree.ordinal(folder + "partition_count"));
    }

    private FpgaManager fpga(String name) {
        String folder = FPGA + "/" + name + "/";
        return new FpgaManager(name, said(folder + "name"), said(folder + "state"), function(folder));
    }

    private Optional<String> said(String path) {
        return tree.text(path).filter(text -> !text.isEmpty());
    }

    private Optional<PciAddress> function(String folder) {
        return tree.linkName(folder + "device").flatMap(PciAddress::parse);
    }
}
