package org.rackweave.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.rackweave.hal.cxl.pool.HeldCapacity;
import org.rackweave.protocol.message.SliceView;

/** Draws a switch: its hosts with what is bound to them, its ports with what is behind them, and who has that. */
final class SwitchTree {
    private final SwitchView view;
    private final SwitchLoans loans;

    SwitchTree(SwitchView view, SwitchLoans loans) {
        this.view = view;
        this.loans = loans;
    }

    Shown shown() {
        return new Shown(tree(), List.of(view.title()), text());
    }

    /** A line with what hangs from it. */
    private record Branch(String line, List<Branch> inner) {
        Branch(String line) {
            this(line, List.of());
        }
    }

    private String text() {
        List<Branch> branches = new ArrayList<>();
        view.hosts().forEach(host -> branches.add(branch(host)));
        view.ports().stream()
                .filter(port -> view.hosts().stream()
                        .noneMatch(host -> host.upstreamPort().equals(OptionalInt.of(port.id()))))
                .forEach(port -> branches.add(branch(port)));
        StringBuilder text = new StringBuilder(Printable.line(view.title())).append('\n');
        draw(text, branches, "");
        if (loans.owner() != SwitchLoans.Owner.ANSWERED) {
            text.append("Who holds what is not known: ")
                    .append(Printable.line(loans.silence()))
                    .append(".\n");
        }
        return text.toString();
    }

    private static void draw(StringBuilder text, List<Branch> branches, String margin) {
        for (int index = 0; index < branches.size(); index++) {
            boolean isLast = index == branches.size() - 1;
            Branch branch = branches.get(index);
            text.append(margin).append(isLast ? "└─ " : "├─ ");
            text.append(Printable.line(branch.line())).append('\n');
            draw(text, branch.inner(), margin + (isLast ? "   " : "│  "));
        }
    }

    private Branch branch(SwitchView.Host host) {
        String upstream = host.upstreamPort().isEmpty()
                ? ""
                : ", behind port " + host.upstreamPort().getAsInt()
                        + view.port(host.upstreamPort().getAsInt())
                                .map(port -> ", " + port.link())
                                .orElse("");
        List<Branch> slots = new ArrayList<>();
        List<SwitchView.Slot> unbound = new ArrayList<>();
        for (SwitchView.Slot slot : host.slots()) {
            if (slot.state().equals("unbound")) {
                unbound.add(slot);
            } else {
                String what = slot.target().map(SwitchView.Target::toString).orElse(slot.state());
                slots.add(new Branch(view.words().slot() + " " + slot.id() + ": " + what));
            }
        }
        if (!unbound.isEmpty()) {
            slots.add(new Branch(unbound.size() + " " + view.words().slot() + (unbound.size() == 1 ? "" : "s")
                    + " unbound, the first is " + unbound.get(0).id()));
        }
        return new Branch(view.words().host() + " " + host.id() + upstream, slots);
    }

    private Branch branch(SwitchView.Port port) {
        String line = "port " + port.id() + ", " + port.side() + ", "
                + (port.device().isEmpty() ? "" : port.device() + ", ") + port.link();
        if (port.parts().size() == 1
                && port.parts().get(0).target().logicalDevice().isEmpty()) {
            return new Branch(line + ": " + said(port.parts().get(0)));
        }
        List<Branch> parts = port.parts().stream()
                .map(part -> new Branch(
                        "ld " + part.target().logicalDevice().orElse(0)
                                + (part.bytes().isPresent()
                                        ? ", " + Phrases.size(part.bytes().getAsLong())
                                        : "")
                                + ": " + said(part),
                        part.pieces().stream().map(this::branch).toList()))
                .toList();
        return new Branch(line, parts);
    }

    private Branch branch(HeldCapacity.Piece piece) {
        String who = piece.sliceKey()
                .flatMap(loans::slice)
                .map(loans::said)
                .or(piece::sliceKey)
                .orElse(piece.tag().isEmpty() ? "no tag" : "tag " + piece.tag());
        return new Branch(
                "holds " + Phrases.size(piece.bytes()) + " from 0x" + Long.toHexString(piece.dpa()) + " (" + who + ")");
    }

    private Map<String, Object> tree(HeldCapacity.Piece piece) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("dpa", piece.dpa());
        tree.put("bytes", piece.bytes());
        tree.put("tag", piece.tag());
        piece.sliceKey().ifPresent(key -> tree.put("slice", key));
        piece.sliceKey().flatMap(loans::slice).ifPresent(found -> {
            tree.put("state", found.state().word());
            found.holder().ifPresent(holder -> tree.put("holder", holder.toString()));
        });
        return tree;
    }

    private String said(SwitchView.Part part) {
        String slice =
                loans.sliceOf(part).map(found -> " (" + loans.said(found) + ")").orElse("");
        return view.placeOf(part.target()).orElse("unbound") + slice;
    }

    private Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("title", view.title());
        tree.put("hostWord", view.words().host());
        tree.put("slotWord", view.words().slot());
        List<Object> hosts = new ArrayList<>();
        view.hosts().forEach(host -> hosts.add(tree(host)));
        tree.put("hosts", hosts);
        List<Object> ports = new ArrayList<>();
        view.ports().forEach(port -> ports.add(tree(port)));
        tree.put("ports", ports);
        tree.put("holdersKnown", loans.owner() == SwitchLoans.Owner.ANSWERED);
        if (loans.owner() != SwitchLoans.Owner.ANSWERED) {
            tree.put("holdersUnknownReason", loans.silence());
        }
        return tree;
    }

    private static Map<String, Object> tree(SwitchView.Host host) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("host", host.id());
        host.upstreamPort().ifPresent(port -> tree.put("upstreamPort", port));
        List<Object> slots = new ArrayList<>();
        for (SwitchView.Slot slot : host.slots()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("slot", slot.id());
            one.put("state", slot.state());
            slot.target().ifPresent(target -> put(one, target));
            slots.add(one);
        }
        tree.put("slots", slots);
        return tree;
    }

    private Map<String, Object> tree(SwitchView.Port port) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("port", port.id());
        tree.put("side", port.side());
        tree.put("device", port.device());
        tree.put("link", port.link());
        port.stack().ifPresent(stack -> tree.put("stack", stack));
        List<Object> parts = new ArrayList<>();
        port.parts().forEach(part -> parts.add(tree(part)));
        tree.put("parts", parts);
        return tree;
    }

    private Map<String, Object> tree(SwitchView.Part part) {
        Map<String, Object> tree = new LinkedHashMap<>();
        put(tree, part.target());
        part.bytes().ifPresent(bytes -> tree.put("bytes", bytes));
        view.placeOf(part.target()).ifPresent(place -> tree.put("boundTo", place));
        Optional<SliceView> slice = loans.sliceOf(part);
        slice.ifPresent(found -> {
            tree.put("slice", found.id().key());
            tree.put("state", found.state().word());
            found.holder().ifPresent(holder -> tree.put("holder", holder.toString()));
        });
        if (!part.pieces().isEmpty()) {
            tree.put("capacity", part.pieces().stream().map(this::tree).toList());
        }
        return tree;
    }

    private static void put(Map<String, Object> tree, SwitchView.Target target) {
        tree.put("port", target.port());
        target.logicalDevice().ifPresent(ld -> tree.put("ld", ld));
    }
}
