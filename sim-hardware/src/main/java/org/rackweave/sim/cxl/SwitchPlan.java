package org.rackweave.sim.cxl;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rackweave.hal.cxl.DcdInfo;

/**
 * What a simulated switch has when it starts.
 *
 * @param tcpPort where it listens, 0 to 65535; 0: one that is free
 * @param backgroundMillis how long a bind or an unbind takes, 0 to 60,000
 * @param serial its serial number
 * @param hosts those whose manner is another than {@link HostManner#TAKES}
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
        List<PlannedFault> faults,
        List<Host> hosts,
        Optional<Storm> storm) {
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
         * The first head of a device with several; its logical devices are divided among them.
         *
         * @param heads 2 to 8
         */
        record Headed(long bytes, int logicalDevices, int heads, Optional<Long> serial) implements Behind {
            private static final int MOST_HEADS = 8;

            public Headed {
                // A device with one head has the same limits.
                new Multi(bytes, logicalDevices, serial);
                if (heads < 2 || heads > MOST_HEADS || logicalDevices % heads != 0) {
                    throw new IllegalArgumentException("a multi-headed device has 2 to " + MOST_HEADS
                            + " heads, each with as many of its " + logicalDevices + " logical devices, not " + heads);
                }
            }
        }

        /**
         * Another head of a device.
         *
         * @param first the port of its first head
         * @param number from 1 on
         */
        record Head(int number, int first) implements Behind {}

        /**
         * A device whose memory is given out in pieces, see {@link DynamicDevice}.
         *
         * @param bytes a multiple of 256 MiB
         * @param logicalDevices how many hosts can have some, 1 to 16
         * @param blockBytes a power of two, 64 or more
         * @param regions 1 to 8
         * @param serial its serial number; one is made up when it is empty
         */
        record Dynamic(long bytes, int logicalDevices, long blockBytes, int regions, Optional<Long> serial)
                implements Behind {
            private static final int LEAST_BLOCK_BYTES = 64;
            /** So that a table of them stays small. */
            private static final int MOST_BLOCKS = 1 << 20;

            public Dynamic {
                if (logicalDevices < 1 || logicalDevices > Multi.MOST_LDS) {
                    throw new IllegalArgumentException(
                            "a dynamic device has 1 to " + Multi.MOST_LDS + " logical devices, not " + logicalDevices);
                }
                if (bytes <= 0 || bytes % PooledDevice.UNIT.bytes() != 0) {
                    throw new IllegalArgumentException(bytes + " bytes are no whole units of 256 MiB");
                }
                if (Long.bitCount(blockBytes) != 1
                        || blockBytes < LEAST_BLOCK_BYTES
                        || blockBytes > bytes
                        || bytes / blockBytes > MOST_BLOCKS) {
                    throw new IllegalArgumentException("a block has 2^n bytes, 64 or more, and there are at most "
                            + MOST_BLOCKS + "; not " + blockBytes);
                }
                if (regions < 1 || regions > DcdInfo.MOST_REGIONS) {
                    throw new IllegalArgumentException(
                            "a dynamic device has 1 to " + DcdInfo.MOST_REGIONS + " regions, not " + regions);
                }
            }
        }

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

    /**
     * Which logical device of a pooled device is at which port.
     *
     * @param ports of the heads that are at this switch, by their numbers
     */
    record Heads(int logicalDevices, int count, Map<Integer, Integer> ports) {
        Heads {
            ports = Map.copyOf(ports);
        }

        int headOf(int logicalDevice) {
            return logicalDevice * count / logicalDevices;
        }

        Optional<Integer> portOf(int logicalDevice) {
            return Optional.ofNullable(ports.get(headOf(logicalDevice)));
        }
    }

    /** How the host behind a virtual switch answers when it is offered dynamic capacity, or asked for it back. */
    public enum HostManner {
        /** Takes it, and gives it back. */
        TAKES,
        /** Takes none. */
        REFUSES,
        /** Takes it, and gives none back. */
        KEEPS,
        /** Does not answer. */
        SILENT
    }

    /** @param virtualSwitch of the host */
    public record Host(int virtualSwitch, HostManner manner) {}

    /** A link that goes up and down all the time. */
    public record Storm(int port, int perSecond) {
        private static final int MOST_PER_SECOND = 10_000_000;

        public Storm {
            inRange("events a second", perSecond, MOST_PER_SECOND);
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
        hosts = List.copyOf(hosts);
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
        distinct("host", hosts.stream().map(Host::virtualSwitch).toList());
        for (Port port : ports) {
            if (port.behind() instanceof Behind.Head head && !isHeadOfOne(head, ports)) {
                throw new IllegalArgumentException("port " + port.id() + " is head " + head.number() + " of port "
                        + head.first() + ", where no multi-headed device with so many heads is, or it is there twice");
            }
        }
        for (VirtualSwitch each : virtualSwitches) {
            if (!ports.contains(new Port(each.upstreamPort(), new Behind.Host()))) {
                throw new IllegalArgumentException(
                        "port " + each.upstreamPort() + " of virtual switch " + each.id() + " is no upstream port");
            }
        }
    }

    private static boolean isHeadOfOne(Behind.Head head, List<Port> ports) {
        boolean isThere = ports.stream()
                .anyMatch(port -> port.id() == head.first()
                        && port.behind() instanceof Behind.Headed device
                        && head.number() > 0
                        && head.number() < device.heads());
        return isThere
                && ports.stream().filter(port -> port.behind().equals(head)).count() == 1;
    }

    /** How the logical devices of a pooled device are divided among ports; empty where none is. */
    Optional<Heads> headsAt(Port port) {
        if (port.behind() instanceof Behind.Multi multi) {
            return Optional.of(new Heads(multi.logicalDevices(), 1, Map.of(0, port.id())));
        }
        if (!(port.behind() instanceof Behind.Headed headed)) {
            return Optional.empty();
        }
        Map<Integer, Integer> at = new HashMap<>(Map.of(0, port.id()));
        for (Port other : ports) {
            if (other.behind() instanceof Behind.Head head && head.first() == port.id()) {
                at.put(head.number(), other.id());
            }
        }
        return Optional.of(new Heads(headed.logicalDevices(), headed.heads(), at));
    }

    HostManner mannerOf(int virtualSwitch) {
        return hosts.stream()
                .filter(host -> host.virtualSwitch() == virtualSwitch)
                .map(Host::manner)
                .findAny()
                .orElse(HostManner.TAKES);
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
