package org.rackweave.hal.health;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciFunction;
import org.rackweave.hal.inventory.PciLink;

/**
 * A PCIe link beside what it could be. The link is that between a function and the bridge above it, so it can be no more than the
 * lesser of the two ends.
 *
 * @param address the function at its lower end, or the bridge itself where the kernel has nothing below it
 * @param link as the function shows it
 * @param possibleSpeedMegatransfers the most that both ends can do, in million transfers a second and lane
 * @param possibleWidthLanes the most lanes that both ends have
 */
public record LinkHealth(
        PciAddress address,
        State state,
        PciLink link,
        OptionalInt possibleSpeedMegatransfers,
        OptionalInt possibleWidthLanes) {
    public LinkHealth {
        Objects.requireNonNull(address);
        Objects.requireNonNull(state);
        Objects.requireNonNull(link);
        Objects.requireNonNull(possibleSpeedMegatransfers);
        Objects.requireNonNull(possibleWidthLanes);
    }

    /** The class and subclass of a bridge from PCI to PCI, which each port of PCI Express is. */
    private static final int BRIDGE = 0x0604;

    /** How a link is. */
    public enum State {
        /** As wide and as fast as both ends can do. */
        FULL,
        /** Fewer lanes than both ends have: a contact, a lane that failed, or a card in a slot wired for less. */
        NARROW,
        /** All its lanes, at a lower speed; some devices do that while they idle. */
        SLOW,
        /** No lane is up: nothing is plugged in, or what is does not answer. */
        DOWN,
        /** The kernel does not say enough, or knows nothing at the lower end. */
        UNKNOWN
    }

    /**
     * The links of a machine, each by the functions at its lower end. A port that has something below it shows the same link once more, and less
     * of it, so it is left out; so are virtual functions, which have no link of their own.
     */
    public static List<LinkHealth> of(List<PciFunction> functions) {
        Map<PciAddress, PciFunction> byAddress = new HashMap<>();
        functions.forEach(function -> byAddress.put(function.address(), function));
        Set<PciAddress> withLinkBelow = functions.stream()
                .filter(function -> function.link().isPresent())
                .flatMap(function -> function.placement().parent().stream())
                .collect(Collectors.toSet());
        List<LinkHealth> links = new ArrayList<>();
        for (PciFunction function : functions) {
            boolean isItsOwn =
                    function.link().isPresent() && function.physicalFunction().isEmpty();
            Optional<PciFunction> above = function.placement().parent().flatMap(parent -> known(byAddress, parent));
            boolean isAtUpperEnd =
                    function.classCode().baseAndSub() == BRIDGE && portsAbove(function, byAddress) % 2 == 0;
            if (isItsOwn && !isAtUpperEnd) {
                links.add(of(function, above.flatMap(PciFunction::link)));
            } else if (isItsOwn && !withLinkBelow.contains(function.address())) {
                links.add(empty(function));
            }
        }
        return links;
    }

    /**
     * How many bridges are above a function. The first is a root port, at the upper end of a link; the next a switch's upstream port at the lower
     * end of that; then its downstream port, at the upper end of the next one.
     */
    private static int portsAbove(PciFunction function, Map<PciAddress, PciFunction> byAddress) {
        int ports = 0;
        Optional<PciAddress> at = function.placement().parent();
        // A way up has no more steps than there are functions; a tree that says otherwise has a circle.
        while (at.isPresent() && ports < byAddress.size()) {
            ports++;
            at = at.flatMap(address -> known(byAddress, address))
                    .flatMap(each -> each.placement().parent());
        }
        return ports;
    }

    private static Optional<PciFunction> known(Map<PciAddress, PciFunction> byAddress, PciAddress address) {
        return Optional.ofNullable(byAddress.get(address));
    }

    /** A port with nothing below it: what its link could be depends on what is put there. */
    private static LinkHealth empty(PciFunction port) {
        PciLink link = port.link().orElseThrow();
        boolean isDown = link.widthLanes().isPresent() && link.widthLanes().getAsInt() == 0;
        return new LinkHealth(
                port.address(),
                isDown ? State.DOWN : State.UNKNOWN,
                link,
                link.maxSpeedMegatransfers(),
                link.maxWidthLanes());
    }

    private static LinkHealth of(PciFunction function, Optional<PciLink> above) {
        PciLink link = function.link().orElseThrow();
        OptionalInt speed = lesser(
                link.maxSpeedMegatransfers(),
                above.map(PciLink::maxSpeedMegatransfers).orElse(OptionalInt.empty()));
        OptionalInt width =
                lesser(link.maxWidthLanes(), above.map(PciLink::maxWidthLanes).orElse(OptionalInt.empty()));
        return new LinkHealth(function.address(), state(link, speed, width), link, speed, width);
    }

    private static State state(PciLink link, OptionalInt possibleSpeed, OptionalInt possibleWidth) {
        if (link.widthLanes().isPresent() && link.widthLanes().getAsInt() == 0) {
            return State.DOWN;
        }
        if (isBelow(link.widthLanes(), possibleWidth)) {
            return State.NARROW;
        }
        if (isBelow(link.speedMegatransfers(), possibleSpeed)) {
            return State.SLOW;
        }
        return link.widthLanes().isPresent() && link.speedMegatransfers().isPresent() ? State.FULL : State.UNKNOWN;
    }

    private static boolean isBelow(OptionalInt now, OptionalInt possible) {
        return now.isPresent() && possible.isPresent() && now.getAsInt() < possible.getAsInt();
    }

    private static OptionalInt lesser(OptionalInt one, OptionalInt other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isPresent() ? one : other;
        }
        return OptionalInt.of(Math.min(one.getAsInt(), other.getAsInt()));
    }
}
