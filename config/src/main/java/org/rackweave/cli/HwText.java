package org.rackweave.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.cxl.pool.HeldCapacity;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.PortLink;

/** Shows switches in their family's own words, and what would be sent to one. */
final class HwText {
    private HwText() {}

    /** @param holding the logical devices that hold dynamic capacity */
    static Shown of(SwitchInventory inventory, List<SwitchView.Part> holding, Table.Style style) {
        Table ports = new Table(style, ">PORT", "STATE", "DEVICE", "LINK", ">LDS", "FLAGS");
        Table vppbs = new Table(style, ">VCS", ">VPPB", "BINDING", "TO");
        List<Object> portTree = new ArrayList<>();
        List<Object> vcsTree = new ArrayList<>();
        for (PortState.Port port : inventory.ports()) {
            ports.row(
                    String.valueOf(port.id()),
                    SwitchWords.word(port.state()),
                    SwitchWords.word(port.device()),
                    "x" + port.link().lanes() + " of x" + port.link().mostLanes(),
                    String.valueOf(port.logicalDevices()),
                    flags(port));
            portTree.add(tree(port));
        }
        for (VcsInfo.VirtualSwitch each : inventory.virtualSwitches()) {
            for (int vppb = 0; vppb < each.entries().size(); vppb++) {
                VcsInfo.Vppb entry = each.entries().get(vppb);
                vppbs.row(
                        String.valueOf(each.id()),
                        String.valueOf(vppb),
                        SwitchWords.word(entry.binding()),
                        CxlAtHand.target(entry).map(SwitchView.Target::toString).orElse(""));
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
        Table capacity = new Table(style, "HELD BY", "FROM", ">SIZE", "SLICE OR TAG");
        List<Object> capacityTree = new ArrayList<>();
        for (SwitchView.Part part : holding) {
            for (HeldCapacity.Piece piece : part.pieces()) {
                capacity.row(
                        part.target().toString(),
                        "0x" + Long.toHexString(piece.dpa()),
                        Phrases.size(piece.bytes()),
                        piece.sliceKey().orElse(piece.tag().isEmpty() ? "-" : piece.tag()));
                capacityTree.add(tree(part, piece));
            }
        }
        tree.put("capacity", capacityTree);
        String head = "CXL switch " + serial(inventory) + ", dialect "
                + inventory.greeting().dialect().word() + ", "
                + inventory.identity().activeVppbs() + " of "
                + inventory.identity().vppbs() + " vPPBs bound\n\n";
        return new Shown(
                tree,
                List.of(serial(inventory)),
                head + ports + "\n" + vppbs + (capacityTree.isEmpty() ? "" : "\n" + capacity));
    }

    private static Map<String, Object> tree(SwitchView.Part part, HeldCapacity.Piece piece) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("port", part.target().port());
        tree.put("ld", piece.logicalDevice());
        tree.put("dpa", piece.dpa());
        tree.put("bytes", piece.bytes());
        tree.put("tag", piece.tag());
        piece.sliceKey().ifPresent(key -> tree.put("slice", key));
        return tree;
    }

    /** A Switchtec: its ports, and the widths of its stacks. */
    static Shown of(
            String title, String name, List<PortLink> links, Map<Integer, List<Integer>> stacks, Table.Style style) {
        Table ports = new Table(style, ">PORT", ">STACK", "SIDE", ">PARTITION", ">LOGICAL", "LINK");
        List<Object> portTree = new ArrayList<>();
        for (PortLink link : links) {
            ports.row(
                    String.valueOf(link.port().id()),
                    String.valueOf(link.stack()),
                    SwitchWords.word(link.side()),
                    link.place().map(place -> String.valueOf(place.partition())).orElse("-"),
                    link.place()
                            .map(place -> String.valueOf(place.logicalPort()))
                            .orElse("-"),
                    SwitchtecAtHand.speed(link));
            portTree.add(tree(link));
        }
        Table lanes = new Table(style, ">STACK", "LANES OF ITS PORTS");
        List<Object> stackTree = new ArrayList<>();
        stacks.forEach((stack, widths) -> {
            lanes.row(String.valueOf(stack), SwitchtecAtHand.widths(widths));
            stackTree.add(stack(stack, widths));
        });
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("switch", name);
        tree.put("title", title);
        tree.put("ports", portTree);
        tree.put("stacks", stackTree);
        return new Shown(tree, List.of(name), title + "\n\n" + ports + "\n" + lanes);
    }

    /** How a stack is split, as a tree. */
    static Map<String, Object> stack(int stack, List<Integer> widths) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("stack", stack);
        tree.put("lanes", new ArrayList<Object>(widths));
        return tree;
    }

    private static Map<String, Object> tree(PortLink link) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("port", link.port().id());
        tree.put("stack", link.stack());
        tree.put("side", SwitchWords.word(link.side()));
        link.place().ifPresent(place -> {
            tree.put("partition", place.partition());
            tree.put("logicalPort", place.logicalPort());
        });
        tree.put("configuredLanes", link.configuredLanes());
        tree.put("lanes", link.negotiatedLanes());
        link.upGeneration().ifPresent(generation -> tree.put("generation", generation));
        return tree;
    }

    /** What would be sent: a line a message, its bytes in hexadecimal. */
    static Shown dryRun(List<SwitchAtHand.Message> messages) {
        List<Object> tree = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (SwitchAtHand.Message message : messages) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("request", message.what());
            one.put("bytes", message.bytes());
            tree.add(one);
            text.append("# ")
                    .append(message.what())
                    .append('\n')
                    .append(message.bytes())
                    .append('\n');
        }
        return new Shown(
                tree, messages.stream().map(SwitchAtHand.Message::bytes).toList(), text.toString());
    }

    private static String serial(SwitchInventory inventory) {
        return String.format(
                Locale.ROOT, "%016x", inventory.greeting().identity().serial());
    }

    private static Map<String, Object> tree(PortState.Port port) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("port", port.id());
        tree.put("state", SwitchWords.word(port.state()));
        tree.put("device", SwitchWords.word(port.device()));
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
            one.put("binding", SwitchWords.word(entry.binding()));
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
        tree.put("state", SwitchWords.word(each.state()));
        tree.put("upstreamPort", each.upstreamPort());
        tree.put("vppbs", entries);
        return tree;
    }

    private static String flags(PortState.Port port) {
        return ((port.linkFlags() & PortState.Port.PRESENT) != 0 ? "present " : "")
                + ((port.linkFlags() & PortState.Port.PERST) != 0 ? "in-reset" : "");
    }
}
