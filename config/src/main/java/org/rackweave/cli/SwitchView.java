package org.rackweave.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.rackweave.hal.cxl.pool.HeldCapacity;

/**
 * All that a switch of any family shows, in the words that both share.
 *
 * @param title which switch it is
 * @param words what its family calls things
 */
record SwitchView(String title, Words words, List<Host> hosts, List<Port> ports) {
    /**
     * @param host {@code virtual switch} or {@code partition}
     * @param slot {@code vPPB} or {@code logical port}
     */
    record Words(String host, String slot) {}

    /**
     * Whose side things are bound to.
     *
     * @param upstreamPort the physical port that leads to the host
     * @param slots as far as the switch shows them
     */
    record Host(int id, OptionalInt upstreamPort, List<Slot> slots) {
        Host {
            slots = List.copyOf(slots);
        }
    }

    /** @param target empty while nothing is bound, or while the switch does not say what */
    record Slot(int id, String state, Optional<Target> target) {}

    /** @param logicalDevice empty for the whole port */
    record Target(int port, OptionalInt logicalDevice) {
        @Override
        public String toString() {
            return "port " + port + (logicalDevice.isPresent() ? " ld " + logicalDevice.getAsInt() : "");
        }
    }

    /**
     * A physical port.
     *
     * @param side {@code upstream}, {@code downstream} or what else the switch says
     * @param device what is behind it; empty where nothing is, or where the switch cannot say
     * @param link how wide and fast
     * @param stack whose lanes it shares; empty where the family has none
     * @param parts what of it can be bound, each by itself
     */
    record Port(int id, String side, String device, String link, OptionalInt stack, List<Part> parts) {
        Port {
            parts = List.copyOf(parts);
        }
    }

    /**
     * What can be bound by itself.
     *
     * @param sliceKeys what a daemon calls it that lends it: one of them
     * @param keyEnd how that name ends, where who the device is could not be read; empty where the names are all there can be
     * @param pieceKeys what the pieces are called that are lent of the device by way of this; empty where it has none
     * @param pieces of dynamic capacity that it holds now
     */
    record Part(
            Target target,
            OptionalLong bytes,
            List<String> sliceKeys,
            Optional<String> keyEnd,
            Optional<Pattern> pieceKeys,
            List<HeldCapacity.Piece> pieces) {
        Part {
            sliceKeys = List.copyOf(sliceKeys);
            pieces = List.copyOf(pieces);
        }

        Part(Target target, OptionalLong bytes, List<String> sliceKeys) {
            this(target, bytes, sliceKeys, Optional.empty(), Optional.empty(), List.of());
        }
    }

    SwitchView {
        hosts = List.copyOf(hosts);
        ports = List.copyOf(ports);
    }

    Optional<Port> port(int id) {
        return ports.stream().filter(port -> port.id() == id).findFirst();
    }

    /** Where something is bound, in words; empty when it is not. */
    Optional<String> placeOf(Target target) {
        for (Host host : hosts) {
            for (Slot slot : host.slots()) {
                if (slot.target().equals(Optional.of(target))) {
                    return Optional.of(place(host.id(), slot.id()));
                }
            }
        }
        return Optional.empty();
    }

    /** Why a bind cannot be, as far as is shown; a switch that is asked anyway says no more than that it declines. */
    Optional<String> obstacle(SwitchOrder.Bind bind) {
        Target target = new Target(bind.port(), bind.logicalDevice());
        Optional<String> inSlot = hosts.stream()
                .filter(host -> host.id() == bind.host())
                .flatMap(host -> host.slots().stream())
                .filter(slot -> slot.id() == bind.slot())
                .flatMap(slot -> slot.target().stream())
                .map(there -> place(bind.host(), bind.slot()) + " has " + there)
                .findFirst();
        return inSlot.or(() -> placeOf(target).map(place -> target + " is bound to " + place));
    }

    String place(int host, int slot) {
        return words.host() + " " + host + " " + words.slot() + " " + slot;
    }

    /** What of that which is shown an order would take from under whoever uses it; a family that has stacks knows what is in them. */
    List<Part> touched(SwitchOrder order) {
        return switch (order.kind()) {
            case BIND -> {
                SwitchOrder.Bind bind = (SwitchOrder.Bind) order;
                yield parts(new Target(bind.port(), bind.logicalDevice()));
            }
            case UNBIND -> {
                SwitchOrder.Unbind unbind = (SwitchOrder.Unbind) order;
                yield boundAt(unbind.host(), unbind.slot());
            }
            case ON_PORT -> touchedWith(((SwitchOrder.OnPort) order).port());
            case BIFURCATE -> List.of();
            case SANITISE -> {
                SwitchOrder.Sanitise sanitise = (SwitchOrder.Sanitise) order;
                yield parts(new Target(sanitise.port(), OptionalInt.of(sanitise.logicalDevice())));
            }
        };
    }

    /** What is behind a port; of an upstream one, all that its host has. */
    private List<Part> touchedWith(int port) {
        List<Part> parts = new ArrayList<>(parts(new Target(port, OptionalInt.empty())));
        for (Host host : hosts) {
            if (host.upstreamPort().equals(OptionalInt.of(port))) {
                host.slots().forEach(slot -> parts.addAll(boundAt(host.id(), slot.id())));
            }
        }
        return parts;
    }

    private List<Part> boundAt(int host, int slot) {
        return hosts.stream()
                .filter(each -> each.id() == host)
                .flatMap(each -> each.slots().stream())
                .filter(each -> each.id() == slot)
                .flatMap(each -> each.target().stream())
                .flatMap(target -> parts(target).stream())
                .toList();
    }

    /** All logical devices of a port that is meant whole. */
    private List<Part> parts(Target target) {
        return port(target.port()).map(Port::parts).orElse(List.of()).stream()
                .filter(part ->
                        target.logicalDevice().isEmpty() || part.target().equals(target))
                .toList();
    }

    /** Every single fact, by what it is about: two views differ where these do. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        for (Port port : ports) {
            facts.put("port " + port.id(), said(port));
            for (Part part : port.parts()) {
                for (HeldCapacity.Piece piece : part.pieces()) {
                    facts.put(
                            part.target() + " capacity from 0x" + Long.toHexString(piece.dpa()),
                            Phrases.size(piece.bytes()) + " " + piece.sliceKey().orElse(piece.tag()));
                }
            }
        }
        for (Host host : hosts) {
            for (Slot slot : host.slots()) {
                facts.put(
                        place(host.id(), slot.id()),
                        slot.target().map(Target::toString).orElse(slot.state()));
            }
        }
        return facts;
    }

    private static String said(Port port) {
        String lds = port.parts().size() > 1 ? ", " + port.parts().size() + " logical devices" : "";
        return port.side() + ", " + (port.device().isEmpty() ? "" : port.device() + ", ") + port.link() + lds;
    }
}
