package org.rackweave.hal.switchtec.wire;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a switch says to a command that it carried out. The layouts stand with the commands. */
public sealed interface MrpcAnswer {
    /** Nothing beyond the return code. */
    record Nothing() implements MrpcAnswer {}

    /** @param word the complement of what was sent */
    record Inverted(int word) implements MrpcAnswer {}

    /**
     * @param word the complement of what was sent
     * @param phase 0 to 255: what runs; 3 is the main firmware
     * @param revision of the chip, 0 to 15
     * @param generation a number of 0 to 15 that stands for the PCIe generation
     */
    record Pinged(int word, int phase, int revision, int generation) implements MrpcAnswer {
        /** The main firmware runs. */
        public static final int PHASE_FIRMWARE = 3;

        private static final int NIBBLE = 0xF;

        public Pinged {
            Limits.check(phase, 0, Limits.MAX_BYTE, "phase");
            Limits.check(revision, 0, NIBBLE, "revision");
            Limits.check(generation, 0, NIBBLE, "generation");
        }
    }

    /** The number of the switch in its fabric. */
    record OwnPaxId(PaxId id) implements MrpcAnswer {}

    /** @param centiCelsius hundredths of a degree */
    record Temperature(int centiCelsius) implements MrpcAnswer {}

    /**
     * The command began.
     *
     * @param word of a meaning that nobody documented; Microchip's own program ignores it
     */
    record Begun(int word) implements MrpcAnswer {}

    /** @param stack 0 to {@value StackLanes#MAX_STACK} */
    record Bifurcation(int stack, StackLanes lanes) implements MrpcAnswer {
        static final int BYTES = 8;

        public Bifurcation {
            Limits.check(stack, 0, StackLanes.MAX_STACK, "stack");
        }
    }

    /** @param status 0 when it is done; the other values are not documented, so they say nothing of what was changed */
    record FabricDone(int status) implements MrpcAnswer {
        public FabricDone {
            Limits.check(status, 0, Limits.MAX_BYTE, "status");
        }
    }

    record Configured(PortConfiguration configuration) implements MrpcAnswer {}

    /** What became of the last bind or unbind of a port. */
    enum BindResult implements Coded {
        DONE(0),
        FAILED(1),
        IN_PROGRESS(2);

        private final int code;

        BindResult(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /**
     * @param place where the port is bound; empty when it is not
     * @param last while {@link BindResult#IN_PROGRESS}, the place is not to be believed
     */
    record PortBind(PhysicalPort port, Optional<LogicalPlace> place, BindResult last) {
        static final int BYTES = 4;
    }

    /** @param ports at most {@value #MAX_PORTS}, none twice */
    record Binds(List<PortBind> ports) implements MrpcAnswer {
        public static final int MAX_PORTS = 48;

        static final int BYTES = Integer.BYTES + MAX_PORTS * PortBind.BYTES;

        public Binds {
            ports = List.copyOf(ports);
            Limits.check(ports.size(), 0, MAX_PORTS, "number of ports");
            Limits.check(ports.stream().map(PortBind::port).distinct().count(), ports.size(), ports.size(), "ports");
        }
    }

    /** Which way a port looks. */
    enum Side implements Coded {
        DOWNSTREAM(0),
        UPSTREAM(1);

        private final int code;

        Side(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /**
     * @param place where the port is; empty when it belongs to no partition
     * @param stack 0 to {@value StackLanes#MAX_STACK}
     * @param stackPort 0 to 15: which port of the stack
     * @param configuredLanes 0 to 255, as for the next
     * @param upGeneration the PCIe generation, 0 to 127, while the link is up; else empty
     * @param ltssm state of the link's training machine, as the switch numbers it
     * @param laneReversal as the switch numbers it, 0 to 255
     * @param firstLane 0 to 255
     */
    record PortLink(
            PhysicalPort port,
            Optional<LogicalPlace> place,
            int stack,
            int stackPort,
            int configuredLanes,
            int negotiatedLanes,
            Side side,
            OptionalInt upGeneration,
            int ltssm,
            int laneReversal,
            int firstLane) {
        static final int BYTES = 12;
        static final int MAX_GENERATION = 0x7F;
        private static final int NIBBLE = 0xF;

        public PortLink {
            Limits.check(stack, 0, StackLanes.MAX_STACK, "stack");
            Limits.check(stackPort, 0, NIBBLE, "port of the stack");
            Limits.check(configuredLanes, 0, Limits.MAX_BYTE, "configured lanes");
            Limits.check(negotiatedLanes, 0, Limits.MAX_BYTE, "negotiated lanes");
            Limits.check(upGeneration.orElse(0), 0, MAX_GENERATION, "generation");
            Limits.check(ltssm, 0, Limits.MAX_SHORT, "LTSSM");
            Limits.check(laneReversal, 0, Limits.MAX_BYTE, "lane reversal");
            Limits.check(firstLane, 0, Limits.MAX_BYTE, "first lane");
        }
    }

    /** @param ports at most {@value #MAX_PORTS}, none twice */
    record Links(List<PortLink> ports) implements MrpcAnswer {
        public static final int MAX_PORTS = 60;

        static final int BYTES = MAX_PORTS * PortLink.BYTES;

        public Links {
            ports = List.copyOf(ports);
            Limits.check(ports.size(), 0, MAX_PORTS, "number of ports");
            Limits.check(ports.stream().map(PortLink::port).distinct().count(), ports.size(), ports.size(), "ports");
        }
    }

    /** Bytes of one direction, by the kind of the packets that carried them; unsigned. */
    record Traffic(long postedBytes, long completionBytes, long nonPostedBytes) {}

    /** @param micros when it was counted, by the switch's clock; unsigned */
    record PortBandwidth(long micros, Traffic out, Traffic in) {
        static final int BYTES = 7 * Long.BYTES;
    }

    /** @param ports in the order of the command */
    record Bandwidths(List<PortBandwidth> ports) implements MrpcAnswer {
        public Bandwidths {
            ports = List.copyOf(ports);
        }
    }
}
