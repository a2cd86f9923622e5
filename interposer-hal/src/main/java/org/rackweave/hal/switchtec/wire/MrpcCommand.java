package org.rackweave.hal.switchtec.wire;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One MRPC command. The layout in each one's text is that of the data after the command word, then that of the answer after its return
 * code; numbers in front are bytes.
 *
 * @param <A> what the switch answers to it
 */
public sealed interface MrpcCommand<A extends MrpcAnswer> {
    MrpcKind kind();

    Class<A> answerType();

    /** How many bytes the answer has, after its return code. */
    int answerBytes();

    /**
     * Asks for the complement of a word: is anybody there?
     *
     * <pre>
     * 0x41   0 word u32   →   0 ~word u32
     * </pre>
     */
    record Echo(int word) implements MrpcCommand<MrpcAnswer.Inverted> {
        @Override
        public MrpcKind kind() {
            return MrpcKind.ECHO;
        }

        @Override
        public Class<MrpcAnswer.Inverted> answerType() {
            return MrpcAnswer.Inverted.class;
        }

        @Override
        public int answerBytes() {
            return Integer.BYTES;
        }
    }

    /**
     * Asks a switch of a fabric for its own number there. Switches outside a fabric (PSX) do not know it.
     *
     * <pre>
     * 0x81   nothing   →   0 PAX id u8
     * </pre>
     */
    record ReadPaxId() implements MrpcCommand<MrpcAnswer.OwnPaxId> {
        @Override
        public MrpcKind kind() {
            return MrpcKind.READ_PAX_ID;
        }

        @Override
        public Class<MrpcAnswer.OwnPaxId> answerType() {
            return MrpcAnswer.OwnPaxId.class;
        }

        @Override
        public int answerBytes() {
            return 1;
        }
    }

    /**
     * As echo, and says what runs on the switch. Switches of the third generation do not know it.
     *
     * <pre>
     * 0x100   0 word u32   →   0 device u32 (7:0 phase, 11:8 revision, 15:12 generation)   4 ~word u32
     * </pre>
     */
    record Ping(int word) implements MrpcCommand<MrpcAnswer.Pinged> {
        @Override
        public MrpcKind kind() {
            return MrpcKind.PING;
        }

        @Override
        public Class<MrpcAnswer.Pinged> answerType() {
            return MrpcAnswer.Pinged.class;
        }

        @Override
        public int answerBytes() {
            return 2 * Integer.BYTES;
        }
    }

    /**
     * Measures the die, from the fourth generation on.
     *
     * <pre>
     * 0x04   0 subcommand 2   1 reserved ×3   →   0 hundredths of a degree Celsius u32
     * </pre>
     */
    record DieTemperature() implements MrpcCommand<MrpcAnswer.Temperature> {
        @Override
        public MrpcKind kind() {
            return MrpcKind.DIE_TEMPERATURE;
        }

        @Override
        public Class<MrpcAnswer.Temperature> answerType() {
            return MrpcAnswer.Temperature.class;
        }

        @Override
        public int answerBytes() {
            return Integer.BYTES;
        }
    }

    /**
     * Reads the bytes that went through ports.
     *
     * <pre>
     * 0x07   0 subcommand 1   1 count   2 count × { port, clear 0 or 1 }
     *   →   count × { microseconds u64, out: posted, completion, non-posted u64, in: the same three }
     * </pre>
     *
     * @param ports 1 to {@value #MAX_PORTS}, so that the answer fits
     */
    record Bandwidth(List<Counted> ports) implements MrpcCommand<MrpcAnswer.Bandwidths> {
        public static final int MAX_PORTS = Limits.MAX_DATA_BYTES / MrpcAnswer.PortBandwidth.BYTES;

        public Bandwidth {
            ports = List.copyOf(ports);
            Limits.check(ports.size(), 1, MAX_PORTS, "number of ports");
        }

        /** What becomes of a counter once it is read. */
        public enum Afterwards implements Coded {
            GOES_ON(0),
            STARTS_AT_ZERO(1);

            private final int code;

            Afterwards(int code) {
                this.code = code;
            }

            @Override
            public int code() {
                return code;
            }
        }

        public record Counted(PhysicalPort port, Afterwards afterwards) {}

        @Override
        public MrpcKind kind() {
            return MrpcKind.BANDWIDTH;
        }

        @Override
        public Class<MrpcAnswer.Bandwidths> answerType() {
            return MrpcAnswer.Bandwidths.class;
        }

        @Override
        public int answerBytes() {
            return ports.size() * MrpcAnswer.PortBandwidth.BYTES;
        }
    }

    /**
     * Reads how a stack's lanes are split.
     *
     * <pre>
     * 0x0B   0 subcommand 0   1 stack   2 reserved ×2   4 code u32 (not used)   →   the same with the code
     * </pre>
     *
     * @param stack 0 to {@value StackLanes#MAX_STACK}
     */
    record ReadBifurcation(int stack) implements MrpcCommand<MrpcAnswer.Bifurcation> {
        public ReadBifurcation {
            Limits.check(stack, 0, StackLanes.MAX_STACK, "stack");
        }

        @Override
        public MrpcKind kind() {
            return MrpcKind.READ_BIFURCATION;
        }

        @Override
        public Class<MrpcAnswer.Bifurcation> answerType() {
            return MrpcAnswer.Bifurcation.class;
        }

        @Override
        public int answerBytes() {
            return MrpcAnswer.Bifurcation.BYTES;
        }
    }

    /**
     * Splits a stack's lanes anew. It disturbs every port of the stack, and is refused while one of them is bound.
     *
     * <pre>
     * 0x0B   0 subcommand 1   1 stack   2 reserved ×2   4 code u32 (see {@link StackLanes})   →   the same
     * </pre>
     */
    record Bifurcate(int stack, StackLanes lanes) implements MrpcCommand<MrpcAnswer.Bifurcation> {
        public Bifurcate {
            Limits.check(stack, 0, StackLanes.MAX_STACK, "stack");
        }

        @Override
        public MrpcKind kind() {
            return MrpcKind.BIFURCATE;
        }

        @Override
        public Class<MrpcAnswer.Bifurcation> answerType() {
            return MrpcAnswer.Bifurcation.class;
        }

        @Override
        public int answerBytes() {
            return MrpcAnswer.Bifurcation.BYTES;
        }
    }

    /**
     * Gives a physical port of a fan-out switch to a logical port. The answer says that it began; {@link BindInfo} says when it ended,
     * which has been seen to take up to fifteen seconds.
     *
     * <pre>
     * 0x0C   0 subcommand 0   1 partition   2 logical port   3 physical port   →   0 u32, its meaning unknown
     * </pre>
     */
    record Bind(LogicalPlace place, PhysicalPort port) implements MrpcCommand<MrpcAnswer.Begun> {
        @Override
        public MrpcKind kind() {
            return MrpcKind.BIND;
        }

        @Override
        public Class<MrpcAnswer.Begun> answerType() {
            return MrpcAnswer.Begun.class;
        }

        @Override
        public int answerBytes() {
            return Integer.BYTES;
        }
    }

    /**
     * Takes whatever is bound to a logical port from it.
     *
     * <pre>
     * 0x0C   0 subcommand 1   1 partition   2 logical port   3 option   →   0 u32, its meaning unknown
     * </pre>
     *
     * @param option 0 to 255; Microchip's own program sends {@link #USUAL_OPTION}
     */
    record Unbind(LogicalPlace place, int option) implements MrpcCommand<MrpcAnswer.Begun> {
        public static final int USUAL_OPTION = 2;

        public Unbind {
            Limits.check(option, 0, Limits.MAX_BYTE, "option");
        }

        public Unbind(LogicalPlace place) {
            this(place, USUAL_OPTION);
        }

        @Override
        public MrpcKind kind() {
            return MrpcKind.UNBIND;
        }

        @Override
        public Class<MrpcAnswer.Begun> answerType() {
            return MrpcAnswer.Begun.class;
        }

        @Override
        public int answerBytes() {
            return Integer.BYTES;
        }
    }

    /**
     * Reads where physical ports are bound.
     *
     * <pre>
     * 0x0C   0 subcommand 2   1 physical port, 0xFF for all   2 reserved ×2
     *   →   0 count   1 reserved ×3   4 48 × { physical port, partition, logical port, state }
     *       state: 3:0 of the last bind: 0 done, 1 failed, 2 under way; 7:4 1 when it is bound
     * </pre>
     *
     * @param port empty for all
     */
    record BindInfo(Optional<PhysicalPort> port) implements MrpcCommand<MrpcAnswer.Binds> {
        public static final BindInfo ALL = new BindInfo(Optional.empty());

        @Override
        public MrpcKind kind() {
            return MrpcKind.BIND_INFO;
        }

        @Override
        public Class<MrpcAnswer.Binds> answerType() {
            return MrpcAnswer.Binds.class;
        }

        @Override
        public int answerBytes() {
            return MrpcAnswer.Binds.BYTES;
        }
    }

    /**
     * Reads the ports' links, in the form of the generations before the sixth.
     *
     * <pre>
     * 0x1C   0 bitmap of physical ports u64, 0 for all
     *   →   60 × { 0 physical port   1 partition, 0xFF for none   2 logical port   3 stack 7:4, port of the stack 3:0
     *              4 configured lanes   5 negotiated lanes   6 upstream 0 or 1   7 up bit 7, PCIe generation 6:0
     *              8 LTSSM u16   10 lane reversal   11 first lane }
     *       a place whose stack is above {@value StackLanes#MAX_STACK} is empty
     * </pre>
     *
     * @param bitmap bit n asks for physical port n
     */
    record LinkStatus(long bitmap) implements MrpcCommand<MrpcAnswer.Links> {
        public static final LinkStatus ALL = new LinkStatus(0);

        @Override
        public MrpcKind kind() {
            return MrpcKind.LINK_STATUS;
        }

        @Override
        public Class<MrpcAnswer.Links> answerType() {
            return MrpcAnswer.Links.class;
        }

        @Override
        public int answerBytes() {
            return MrpcAnswer.Links.BYTES;
        }
    }

    /**
     * Where a host of a PAX fabric sees an endpoint.
     *
     * @param switchIndex 0 to 255: the switch that the host is at
     * @param physicalPort 0 to 255: the host's port there
     * @param logicalPort 0 to 255: under that host
     */
    record FabricPlace(int switchIndex, int physicalPort, int logicalPort) {
        public FabricPlace {
            Limits.check(switchIndex, 0, Limits.MAX_BYTE, "switch index");
            Limits.check(physicalPort, 0, Limits.MAX_BYTE, "physical port");
            Limits.check(logicalPort, 0, Limits.MAX_BYTE, "logical port");
        }
    }

    /**
     * Gives functions of an endpoint to a host of a PAX fabric.
     *
     * <pre>
     * 0x84   0 subcommand 1   1 switch   2 physical port   3 logical port   4 8 × { PDFID u16, next valid 0 or 1, reserved }
     *   →   0 status, 0 for done   1 reserved ×3
     * </pre>
     *
     * After the first function whose "next valid" is 0 the places hold whatever was on the sender's stack.
     *
     * @param functions 1 to {@value #MAX_FUNCTIONS} fabric ids (PDFID) of 0 to 0xFFFF, none twice
     */
    record FabricBind(FabricPlace place, List<Integer> functions) implements MrpcCommand<MrpcAnswer.FabricDone> {
        public static final int MAX_FUNCTIONS = 8;

        public FabricBind {
            functions = List.copyOf(functions);
            Limits.check(functions.size(), 1, MAX_FUNCTIONS, "number of functions");
            functions.forEach(function -> Limits.check(function, 0, Limits.MAX_SHORT, "PDFID"));
            Set<Integer> once = new HashSet<>(functions);
            if (once.size() < functions.size()) {
                throw new IllegalArgumentException("a function is named twice: " + functions);
            }
        }

        @Override
        public MrpcKind kind() {
            return MrpcKind.FABRIC_BIND;
        }

        @Override
        public Class<MrpcAnswer.FabricDone> answerType() {
            return MrpcAnswer.FabricDone.class;
        }

        @Override
        public int answerBytes() {
            return Integer.BYTES;
        }
    }

    /**
     * Takes a function from a host of a PAX fabric.
     *
     * <pre>
     * 0x84   0 subcommand 2   1 switch   2 physical port   3 logical port   4 PDFID u16   6 option   7 reserved   →   0 status
     * </pre>
     *
     * @param function its fabric id (PDFID), 0 to 0xFFFF
     * @param option 0 to 255
     */
    record FabricUnbind(FabricPlace place, int function, int option) implements MrpcCommand<MrpcAnswer.FabricDone> {
        /** As the function: the maker's program sends this and names the place alone. */
        public static final int WHATEVER_IS_THERE = 0;

        public FabricUnbind {
            Limits.check(function, 0, Limits.MAX_SHORT, "PDFID");
            Limits.check(option, 0, Limits.MAX_BYTE, "option");
        }

        @Override
        public MrpcKind kind() {
            return MrpcKind.FABRIC_UNBIND;
        }

        @Override
        public Class<MrpcAnswer.FabricDone> answerType() {
            return MrpcAnswer.FabricDone.class;
        }

        @Override
        public int answerBytes() {
            return 1;
        }
    }

    /**
     * Sets up a port of a PAX.
     *
     * <pre>
     * 0x88   0 subcommand 0   1 physical port   2 type   3 clock source   4 SRIS   5 host domain   6 reserved ×2
     *   →   0 type   1 clock source   2 SRIS   3 host domain
     * </pre>
     */
    record ConfigurePort(PhysicalPort port, PortConfiguration configuration)
            implements MrpcCommand<MrpcAnswer.Configured> {
        @Override
        public MrpcKind kind() {
            return MrpcKind.CONFIGURE_PORT;
        }

        @Override
        public Class<MrpcAnswer.Configured> answerType() {
            return MrpcAnswer.Configured.class;
        }

        @Override
        public int answerBytes() {
            return PortConfiguration.BYTES;
        }
    }

    /**
     * Reads how a port of a PAX is set up.
     *
     * <pre>
     * 0x88   0 subcommand 1   1 physical port   2 reserved ×2   →   as {@link ConfigurePort}
     * </pre>
     */
    record ReadPortConfiguration(PhysicalPort port) implements MrpcCommand<MrpcAnswer.Configured> {
        @Override
        public MrpcKind kind() {
            return MrpcKind.READ_PORT_CONFIGURATION;
        }

        @Override
        public Class<MrpcAnswer.Configured> answerType() {
            return MrpcAnswer.Configured.class;
        }

        @Override
        public int answerBytes() {
            return PortConfiguration.BYTES;
        }
    }

    /**
     * Acts on a port and its link.
     *
     * <pre>
     * 0x8D   0 action   1 physical port   2 flag of a hot reset   3 reserved   →   nothing
     * </pre>
     *
     * @param flag 0 or 1: end or begin a hot reset; 0 for the other actions
     */
    record ControlPort(Action action, PhysicalPort port, int flag) implements MrpcCommand<MrpcAnswer.Nothing> {
        /** What is done to the port. */
        public enum Action implements Coded {
            DISABLE(0),
            ENABLE(1),
            RETRAIN(2),
            HOT_RESET(3);

            private final int code;

            Action(int code) {
                this.code = code;
            }

            @Override
            public int code() {
                return code;
            }
        }

        public ControlPort {
            Limits.check(flag, 0, 1, "flag");
        }

        public ControlPort(Action action, PhysicalPort port) {
            this(action, port, 0);
        }

        @Override
        public MrpcKind kind() {
            return MrpcKind.CONTROL_PORT;
        }

        @Override
        public Class<MrpcAnswer.Nothing> answerType() {
            return MrpcAnswer.Nothing.class;
        }

        @Override
        public int answerBytes() {
            return 0;
        }
    }
}
