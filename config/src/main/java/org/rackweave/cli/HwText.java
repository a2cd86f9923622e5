package org.rackweave.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.mctp.Octets;

/** Shows a CXL switch. */
final class HwText {
    private HwText() {}

    static Shown of(SwitchInventory inventory, Table.Style style) {
        Table ports = new Table(style, ">PORT", "STATE", "DEVICE", "LINK", ">LDS", "FLAGS");
        Table vppbs = new Table(style, ">VCS", ">VPPB", "BINDING", "TO");
        List<Object> portTree = new ArrayList<>();
        List<Object> vcsTree = new ArrayList<>();
        for (PortState.Port port : inventory.ports()) {
            ports.row(
                    String.valueOf(port.id()),
                    word(port.state()),
                    word(port.device()),
                    "x" + port.link().lanes() + " of x" + port.link().mostLanes(),
                    String.valueOf(port.logicalDevices()),
                    flags(port));
            portTree.add(tree(port));
        }
        for (VcsInfo.VirtualSwitch each : inventory.virtualSwitches()) {
            for (int vppb = 0; vppb < each.entries().size(); vppb++) {
                VcsInfo.Vppb entry = each.entries().get(vppb);
                vppbs.row(String.valueOf(each.id()), String.valueOf(vppb), word(entry.binding()), target(entry));
            }
            vcsTree.add(tree(each));
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("dialect", inventory.greeting().dialect().word());
        tree.put("serial", serial(inventory));
        tree.put("vppbs", inventory.identity().vppbs());
        tree.put("boundVppbs", inventory.identity().activeVppbs());
        tree.put("ports", portTree);
        tree.put("virtualSwitches", vcsTree);
        String head = "CXL switch " + serial(inventory) + ", dialect "
                + inventory.greeting().dialect().word() + ", "
                + inventory.identity().activeVppbs() + " of "
                + inventory.identity().vppbs() + " vPPBs bound\n\n";
        return new Shown(tree, List.of(serial(inventory)), head + ports + "\n" + vppbs);
    }

    /** What would be sent: a line a request, its bytes in hexadecimal. */
    static Shown dryRun(List<FmRequest<?>> requests, List<Octets> bytes) {
        List<Object> tree = new ArrayList<>();
        List<String> hex = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int own = bytes.size() - requests.size();
        for (int index = 0; index < bytes.size(); index++) {
            String what = index < own
                    ? "Identify"
                    : requests.get(index - own).opcode().title();
            tree.add(Map.of("request", what, "bytes", bytes.get(index).toString()));
            hex.add(bytes.get(index).toString());
            text.append("# ").append(what).append('\n').append(bytes.get(index)).append('\n');
        }
        return new Shown(tree, hex, text.toString());
    }

    static String target(VcsInfo.Vppb entry) {
        return switch (entry.binding()) {
            case UNBOUND, BUSY, PID -> "";
            case PORT -> "port " + entry.port();
            case LD -> "port " + entry.port() + " ld " + entry.logicalDevice();
        };
    }

    private static String serial(SwitchInventory inventory) {
        return String.format(
                Locale.ROOT, "%016x", inventory.greeting().identity().serial());
    }

    private static Map<String, Object> tree(PortState.Port port) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("port", port.id());
        tree.put("state", word(port.state()));
        tree.put("device", word(port.device()));
        tree.put("lanes", port.link().lanes());
        tree.put("mostLanes", port.link().mostLanes());
        tree.put("logicalDevices", port.logicalDevices());
        tree.put("perst", (port.linkFlags() & PortState.Port.PERST) != 0);
        return tree;
    }

    private static Map<String, Object> tree(VcsInfo.VirtualSwitch each) {
        List<Object> entries = new ArrayList<>();
        for (int vppb = 0; vppb < each.entries().size(); vppb++) {
            VcsInfo.Vppb entry = each.entries().get(vppb);
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("vppb", vppb);
            one.put("binding", word(entry.binding()));
            if (entry.binding() == VcsInfo.Binding.PORT || entry.binding() == VcsInfo.Binding.LD) {
                one.put("port", entry.port());
            }
            if (entry.binding() == VcsInfo.Binding.LD) {
                one.put("ld", entry.logicalDevice());
            }
            entries.add(one);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("vcs", each.id());
        tree.put("state", word(each.state()));
        tree.put("upstreamPort", each.upstreamPort());
        tree.put("vppbs", entries);
        return tree;
    }

    private static String flags(PortState.Port port) {
        return ((port.linkFlags() & PortState.Port.PRESENT) != 0 ? "present " : "")
                + ((port.linkFlags() & PortState.Port.PERST) != 0 ? "in-reset" : "");
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
