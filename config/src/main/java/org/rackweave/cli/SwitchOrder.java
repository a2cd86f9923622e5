package org.rackweave.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a person may tell a switch to change. */
sealed interface SwitchOrder {
    /** Which of them it is. */
    enum Kind {
        BIND,
        UNBIND,
        ON_PORT,
        BIFURCATE,
        SANITISE
    }

    Kind kind();

    /**
     * Gives a port, or a logical device behind it, to a host.
     *
     * @param host the virtual switch or the partition
     * @param slot the vPPB or the logical port
     * @param logicalDevice empty for the whole port
     */
    record Bind(int host, int slot, int port, OptionalInt logicalDevice) implements SwitchOrder {
        @Override
        public Kind kind() {
            return Kind.BIND;
        }
    }

    /** @param how a word of the switch's family; empty for its usual one */
    record Unbind(int host, int slot, Optional<String> how) implements SwitchOrder {
        @Override
        public Kind kind() {
            return Kind.UNBIND;
        }
    }

    /** @param action a word of the switch's family */
    record OnPort(int port, String action) implements SwitchOrder {
        @Override
        public Kind kind() {
            return Kind.ON_PORT;
        }
    }

    /** @param widths lanes of the stack's ports, the first one first */
    record Bifurcate(int stack, List<Integer> widths) implements SwitchOrder {
        public Bifurcate {
            widths = List.copyOf(widths);
        }

        @Override
        public Kind kind() {
            return Kind.BIFURCATE;
        }
    }

    /** Has a device wipe all of a logical device. */
    record Sanitise(int port, int logicalDevice) implements SwitchOrder {
        @Override
        public Kind kind() {
            return Kind.SANITISE;
        }
    }
}
