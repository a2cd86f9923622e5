package org.rackweave.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.UnusedView;

/** A host, its VMs and what was asked for them, in every form. */
final class HostText {
    private HostText() {}

    static Shown host(Answer.Host host, List<AskView> asks, Table.Style style) {
        Table vms = new Table(style, "VM", ">PRIORITY", "KIND", ">GUARANTEED", ">NORMAL", ">HAS", ">USED");
        for (HostReport.Vm vm : host.report().vms()) {
            for (HostReport.Share share : vm.shares()) {
                vms.row(
                        vm.name(),
                        Integer.toString(vm.priority()),
                        share.kind().word(),
                        Phrases.amount(share.kind(), share.guaranteed()),
                        Phrases.amount(share.kind(), share.normal()),
                        Phrases.amount(share.kind(), share.held()),
                        share.usedPercent() + "%");
            }
        }
        StringBuilder text = new StringBuilder(new Details(style)
                .add("reported", Phrases.rough(host.ageMillis()) + " ago")
                .add("orders waiting", Integer.toString(host.ordersWaiting()))
                .toString());
        text.append('\n').append(vms);
        if (!host.unused().isEmpty()) {
            text.append('\n').append(unused(host.unused(), style));
        }
        if (!asks.isEmpty()) {
            text.append('\n').append(asks(asks, style));
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("ageMillis", host.ageMillis());
        tree.put("ordersWaiting", host.ordersWaiting());
        tree.put("capacities", ViewTree.list(host.report().capacities(), HostText::tree));
        tree.put("vms", ViewTree.list(host.report().vms(), HostText::tree));
        tree.put("unused", ViewTree.list(host.unused(), HostText::tree));
        tree.put("asks", ViewTree.list(asks, HostText::tree));
        return new Shown(
                tree, host.report().vms().stream().map(HostReport.Vm::name).toList(), text.toString());
    }

    /** What could go back: by hand with 'resize' or 'release', or by itself where the configuration says so. */
    private static Table unused(List<UnusedView> unused, Table.Style style) {
        Table table = new Table(style, "UNUSED LOAN", "KIND", ">HOLDS", ">USED AT MOST", ">COULD GO BACK");
        for (UnusedView one : unused) {
            table.row(
                    one.loan().brief(),
                    one.kind().word(),
                    Phrases.amount(one.kind(), one.held()),
                    one.usedPercent() + "%",
                    Phrases.amount(one.kind(), one.spare()));
        }
        return table;
    }

    private static Table asks(List<AskView> asks, Table.Style style) {
        Table table = new Table(style, "ASK", "VM", "STATE", "KIND", ">AMOUNT", ">HOST", ">BORROWED", ">PRIORITY");
        for (AskView ask : asks) {
            table.row(
                    ask.id().brief(),
                    ask.vm(),
                    ask.state().word(),
                    ask.kind().word(),
                    Phrases.amount(ask.kind(), ask.amount()),
                    Phrases.amount(ask.kind(), ask.fromHost()),
                    Phrases.amount(ask.kind(), ask.borrowed()),
                    Integer.toString(ask.priority()));
        }
        return table;
    }

    static Shown ask(AskView ask, Table.Style style) {
        Details details = new Details(style)
                .add("ask", ask.id().toString())
                .add("vm", ask.vm())
                .add("state", ask.state().word())
                .add("asked for", amount(ask, ask.amount()))
                .add("priority", Integer.toString(ask.priority()))
                .add("from the host", amount(ask, ask.fromHost()))
                .add("borrowed", amount(ask, ask.borrowed()))
                .add("because", ask.explanation());
        return new Shown(tree(ask), List.of(ask.id().toString()), details.toString());
    }

    private static String amount(AskView ask, long amount) {
        String number = Phrases.amount(ask.kind(), amount);
        return ask.kind() == ResourceKind.MEMORY
                ? number + " of memory"
                : number + " " + ask.kind().unit();
    }

    private static Map<String, Object> tree(HostReport.Capacity capacity) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", capacity.kind().word());
        tree.put("amount", capacity.amount());
        tree.put("unit", capacity.kind().unit());
        return tree;
    }

    private static Map<String, Object> tree(HostReport.Vm vm) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", vm.name());
        tree.put("priority", vm.priority());
        tree.put("shares", ViewTree.list(vm.shares(), HostText::tree));
        return tree;
    }

    private static Map<String, Object> tree(HostReport.Share share) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", share.kind().word());
        tree.put("guaranteed", share.guaranteed());
        tree.put("normal", share.normal());
        tree.put("held", share.held());
        tree.put("usedPercent", share.usedPercent());
        tree.put("unit", share.kind().unit());
        return tree;
    }

    private static Map<String, Object> tree(UnusedView unused) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("loan", unused.loan().toString());
        tree.put("kind", unused.kind().word());
        tree.put("held", unused.held());
        tree.put("usedPercent", unused.usedPercent());
        tree.put("spare", unused.spare());
        tree.put("unit", unused.kind().unit());
        return tree;
    }

    private static Map<String, Object> tree(AskView ask) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", ask.id().toString());
        tree.put("vm", ask.vm());
        tree.put("state", ask.state().word());
        tree.put("kind", ask.kind().word());
        tree.put("amount", ask.amount());
        tree.put("unit", ask.kind().unit());
        tree.put("priority", ask.priority());
        tree.put("termMillis", ask.termMillis());
        tree.put("fromHost", ask.fromHost());
        tree.put("borrowed", ask.borrowed());
        tree.put("explanation", ask.explanation());
        return tree;
    }
}
