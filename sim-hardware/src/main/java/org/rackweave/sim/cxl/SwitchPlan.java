package org.rackweave.sim.cxl;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a simulated switch has when it starts.
 *
 * @param tcpPort where it listens, 0 to 65535; 0: one that is free
 * @param backgroundMillis how long a bind or an unbind takes, 0 to 60,000
 * @param serial its serial number
 * @param memory the directory in which the memory behind it is kept as files; without one there is none to look at
 */
public record SwitchPlan(
        int tcpPort,
        long backgroundMillis,
        long serial,
        Optional<Path> memory,
        List<Port> ports,
        List<VirtualSwitch> virtualSwitches,
        List<Bound> bound,
        List<PlannedFault> faults) {
    /** The most vPPBs of one virtual switch: their count has one byte. */
    static final int MOST_VPPBS = 255;

    private static final long MOST_BACKGROUND_MILLIS = 60_000;
    private static final int MOST_PORTS = 255;

    /** What is behind a port. */
    public sealed interface Behind {
        /** A host. */
        record Host() implements Behind {}

        /** Nothing. */
        record Nothing() implements Behind {}

        /** A device that is one logical device. */
        record Single(long bytes) implements Behind {}

        /**
         * A device of several logical devices, at first of equal size.
         *
         * @param serial its serial number; one is made up when it is empty
         */
        record Multi(long bytes, int logicalDevices, Optional<Long> serial) implements Behind {
            private static final int MOST_LDS = 16;

            public Multi {
                if (logicalDevices < 1 || logicalDevices > MOST_LDS) {
                    throw new IllegalArgumentException(
                            "an MLD has 1 to " + MOST_LDS + " logical devices, not " + logicalDevices);
                }
                if (bytes <= 0 || bytes % (PooledDevice.UNIT.bytes() * logicalDevices) != 0) {
                    throw new IllegalArgumentException(
                            bytes + " bytes are no whole units of 256 MiB for each of " + logicalDevices);
                }
            }
        }
    }

    /** A physical port. */
    public record Port(int id, Behind behind) {
        public Port {
            inRange("port", id, MOST_PORTS - 1);
        }
    }

    /**
     * A virtual switch.
     *
     * @param windows where its host sees what is bound, as a file with <code>{vppb}</code> for the number of the vPPB
     */
    public record VirtualSwitch(int id, int upstreamPort, int vppbs, Optional<String> windows) {
        public VirtualSwitch {
            inRange("virtual switch", id, MOST_PORTS - 1);
            inRange("vPPBs", vppbs, MOST_VPPBS);
        }
    }

    /** A binding that is there from the start, as of a switch that was not reset. */
    public record Bound(int virtualSwitch, int vppb, int port, Optional<Integer> logicalDevice) {}

    public SwitchPlan {
        inRange("TCP port", tcpPort, 0xFFFF);
        inRange("background time in ms", backgroundMillis, MOST_BACKGROUND_MILLIS);
        ports = ports.stream().sorted(Comparator.comparingInt(Port::id)).toList();
        virtualSwitches = virtualSwitches.stream()
                .sorted(Comparator.comparingInt(VirtualSwitch::id))
                .toList();
        bound = List.copyOf(bound);
        faults = List.copyOf(faults);
        if (memory.isEmpty()
                && virtualSwitches.stream().anyMatch(each -> each.windows().isPresent())) {
            throw new IllegalArgumentException("a virtual switch has windows, and no memory DIR says what is in them");
        }
        distinct("port", ports.stream().map(Port::id).toList());
        distinct(
                "virtual switch",
                virtualSwitches.stream().map(VirtualSwitch::id).toList());
        distinct(
                "upstream port",
                virtualSwitches.stream().map(VirtualSwitch::upstreamPort).toList());
        for (VirtualSwitch each : virtualSwitches) {
            if (!ports.contains(new Port(each.upstreamPort(), new Behind.Host()))) {
                throw new IllegalArgumentException(
                        "port " + each.upstreamPort() + " of virtual switch " + each.id() + " is no upstream port");
            }
        }
    }

    /** Two hosts, one single and two pooled devices: what the program has without a configuration. */
    public static SwitchPlan usual() {
        return SwitchText.parse("""
                background 20ms
                port 0 upstream
                port 1 upstream
                port 2 sld 4GiB
                port 3 mld 16GiB lds 4
                port 4 mld 8GiB lds 2
                port 5 empty
                vcs 0 upstream 0 vppbs 8
                vcs 1 upstream 1 vppbs 8
                """);
    }

    private static void inRange(String what, long value, long most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(what + " " + value + " is not from 0 to " + most);
        }
    }

    private static void distinct(String what, List<Integer> ids) {
        Set<Integer> seen = new HashSet<>();
        for (Integer id : ids) {
            if (!seen.add(id)) {
                throw new IllegalArgumentException(what + " " + id + " is there twice");
            }
        }
    }
}
