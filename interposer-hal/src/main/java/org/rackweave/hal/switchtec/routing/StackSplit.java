package org.rackweave.hal.switchtec.routing;

import java.util.List;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.StackLanes;

/**
 * The two ways in which an owner lets a stack's lanes be split. Both are the operator's words: which codes a chip takes, and which ports a
 * code makes, is not published.
 *
 * @param stack 0 to {@value StackLanes#MAX_STACK}
 * @param whole while nobody uses it
 * @param split while a part of it is lent
 */
record StackSplit(int stack, StackLanes whole, StackLanes split) {
    StackSplit {
        if (stack < 0 || stack > StackLanes.MAX_STACK) {
            throw new IllegalArgumentException("a stack is 0 to " + StackLanes.MAX_STACK + ", not " + stack);
        }
        if (whole.equals(split)) {
            throw new IllegalArgumentException("stack " + stack + " is the same whole and split");
        }
    }

    static int stackOf(PhysicalPort port) {
        return port.id() / StackLanes.PORTS;
    }

    boolean has(PhysicalPort port) {
        return stackOf(port) == stack;
    }

    int lanesWhole(PhysicalPort port) {
        return lanes(whole, port);
    }

    int lanesSplit(PhysicalPort port) {
        return lanes(split, port);
    }

    private static int lanes(StackLanes lanes, PhysicalPort port) {
        List<Integer> widths = lanes.widths();
        return widths.get(port.id() % StackLanes.PORTS);
    }
}
