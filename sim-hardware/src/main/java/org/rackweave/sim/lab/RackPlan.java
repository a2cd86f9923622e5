package org.rackweave.sim.lab;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * What rack is to be rehearsed.
 *
 * @param names of the nodes, in order; 1 to {@value #MAX_NODES}
 * @param slices of memory that each node owns
 * @param sliceBytes how long each is
 * @param termFloor the shortest term that is granted
 * @param hardware what the slices are made of
 */
public record RackPlan(List<String> names, int slices, long sliceBytes, Duration termFloor, Hardware hardware) {
    /** Which simulated interposer the nodes have. */
    public enum Hardware {
        /**
         * A CXL switch for each node, spoken to over TCP; its memory is files that a host can map. Runs for as long as the program that
         * made the rack.
         */
        CXL_SWITCHES,
        /** Files that a host can map, synced at each step as a register of a switch would be. */
        FILE_WINDOWS,
        /** In the daemon's own memory, of fixed length and at no cost: for measurements of the daemon itself. */
        IN_PROCESS
    }

    /** One letter each, and a laptop that runs so many daemons is busy enough. */
    public static final int MAX_NODES = 26;

    public RackPlan {
        names = List.copyOf(names);
        Objects.requireNonNull(termFloor);
        if (names.isEmpty() || names.size() > MAX_NODES) {
            throw new IllegalArgumentException("a rehearsal rack has 1 to " + MAX_NODES + " nodes");
        }
        Objects.requireNonNull(hardware);
        int maxSlices = hardware == Hardware.IN_PROCESS ? 4_096 : 64;
        if (slices < 0 || slices > maxSlices) {
            throw new IllegalArgumentException("a node has 0 to " + maxSlices + " slices, not " + slices);
        }
        if (hardware == Hardware.CXL_SWITCHES && (slices == 0 || sliceBytes % CxlHardware.UNIT_BYTES != 0)) {
            throw new IllegalArgumentException(
                    "behind a CXL switch there is at least one slice, and each is a multiple of "
                            + (CxlHardware.UNIT_BYTES >> 20) + "MiB");
        }
        if (termFloor.toMillis() < 1_000) {
            throw new IllegalArgumentException("the shortest term is at least 1s, not " + termFloor.toMillis() + "ms");
        }
    }

    /** A rack whose nodes are called a, b, c and so on. */
    public static RackPlan of(int nodes, int slices, long sliceBytes, Duration termFloor) {
        if (nodes < 1 || nodes > MAX_NODES) {
            throw new IllegalArgumentException("a rehearsal rack has 1 to " + MAX_NODES + " nodes, not " + nodes);
        }
        List<String> names = IntStream.range(0, nodes)
                .mapToObj(i -> String.valueOf((char) ('a' + i)))
                .toList();
        return new RackPlan(names, slices, sliceBytes, termFloor, Hardware.FILE_WINDOWS);
    }

    /** The same rack with other hardware. */
    public RackPlan with(Hardware other, int otherSlices) {
        return new RackPlan(names, otherSlices, sliceBytes, termFloor, other);
    }
}
