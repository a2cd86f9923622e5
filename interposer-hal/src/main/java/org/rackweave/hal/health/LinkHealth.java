package org.rackweave.hal.health;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
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

    /** How a link is. */
    public enum State {
        /** As wide and as fast as both ends can do. */
        FULL,
        /** Fewer lanes than both ends have: a contact, a lane that failed, or a card in a slot wired for less. */
        NARROW,
        /** All its lanes, at a lower speed; some devices do that while they idle. */
        SLOW,
        /** No lane is up. */
        DOWN,
        /** The kernel does not say enough. */
        UNKNOWN
    }

    /** The links of a machine, each by the function at its lower end. */
    public static List<LinkHealth> of(List<PciFunction> functions) {
        Map<PciAddress, PciFunction> byAddress = new HashMap<>();
        functions.forEach(function -> byAddress.put(function.address(), function));
        return functions.stream()
                .filter(function -> function.link().isPresent())
                .map(function -> of(
                        function,
                        function.placement()
                                .parent()
                                .flatMap(parent -> Optional.ofNullable(byAddress.get(parent)))
                                .flatMap(PciFunction::link)))
                .toList();
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
