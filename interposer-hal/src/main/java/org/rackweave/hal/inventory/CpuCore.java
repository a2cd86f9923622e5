package org.rackweave.hal.inventory;

import java.util.OptionalInt;

/**
 * One core.
 *
 * @param id the kernel's number, unique within its package at most
 * @param die the die that it sits on
 * @param threads its logical CPUs
 */
public record CpuCore(OptionalInt id, OptionalInt die, IdSet threads) {
    public CpuCore {
        Require.that(threads.size() > 0, "a core has at least one thread");
    }
}
