package org.rackweave.hal.inventory;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One hot-plug block of memory: the unit in which the kernel takes memory on and off line.
 *
 * @param index its number; its physical address is the number times the block size
 * @param state whether the kernel uses it
 * @param removal whether the kernel thinks that it could be taken off line
 * @param numaNode the node that it belongs to
 */
public record MemoryBlock(int index, Optional<State> state, Optional<Removal> removal, OptionalInt numaNode) {
    public MemoryBlock {
        Require.atLeastZero(index, "index");
    }

    /** Whether the kernel uses a block. */
    public enum State {
        ONLINE,
        OFFLINE,
        GOING_OFFLINE
    }

    /** Whether a block could be taken off line. A hint of the kernel: only trying tells. */
    public enum Removal {
        REMOVABLE,
        FIXED
    }
}
