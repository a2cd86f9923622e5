package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Get Virtual CXL Switch Info, 5200h. Request:
 *
 * <pre>
 * 0    first vPPB   1 most vPPBs of each   2 number of virtual switches   3- their ids
 * </pre>
 *
 * Response:
 *
 * <pre>
 * 0    number of blocks  1-3 reserved, then for each virtual switch
 * +0   id   +1 state   +2 port of its upstream   +3 its vPPBs; then for each of those asked for
 * ++0  binding: 0 unbound, 1 busy, 2 to a port, 3 to a logical device, 4 to a PID
 * ++1  port   ++2 logical device, FFh where there is none (0 from known peers of {@code jrl})   ++3 reserved
 * </pre>
 *
 * <p>The captured conversations of {@code jrl} have entries of four bytes, although one reading of that program's source says three.
 */
public final class VcsInfo {
    /** Asks for all vPPBs. */
    public static final int ALL_VPPBS = 0xFF;

    private VcsInfo() {}

    /** Whether a virtual switch is in use. */
    public enum State implements Coded {
        DISABLED(0),
        ENABLED(1),
        NO_SUCH(0xFF);

        private final int code;

        State(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** What a vPPB is bound to. */
    public enum Binding implements Coded {
        UNBOUND(0),
        BUSY(1),
        PORT(2),
        LD(3),
        PID(4);

        private final int code;

        Binding(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /**
     * @param firstVppb 0 to 255
     * @param mostVppbs of each virtual switch, 0 to 255
     * @param virtualSwitches at most {@link CxlLimits#MOST_IDS} ids
     */
    public record Request(int firstVppb, int mostVppbs, List<Integer> virtualSwitches) implements FmRequest<Response> {
        public Request {
            Field.byteValue("first vPPB", firstVppb);
            Field.byteValue("most vPPBs", mostVppbs);
            virtualSwitches = IdList.checked("virtual switches", virtualSwitches);
        }

        /** Everything about one virtual switch. */
        public static Request allOf(int virtualSwitch) {
            return new Request(0, ALL_VPPBS, List.of(virtualSwitch));
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(in.u8("first vPPB"), in.u8("most vPPBs"), IdList.read(in, "virtual switches"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_VCS_INFO;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(firstVppb).u8(mostVppbs);
            IdList.write(out, virtualSwitches);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int count = IdList.answered(in, "virtual switches", virtualSwitches);
            List<VirtualSwitch> read = new ArrayList<>(count);
            for (int index = 0; index < count; index++) {
                VirtualSwitch one = block(in);
                IdList.isAsked("virtual switch", one.id(), virtualSwitches);
                read.add(one);
            }
            return new Response(read);
        }

        /** How many entries come back of a virtual switch with so many vPPBs. */
        public int entriesOf(int vppbs) {
            return Math.max(0, Math.min(mostVppbs, vppbs - firstVppb));
        }

        private VirtualSwitch block(PayloadReader in) throws MalformedException {
            int id = in.u8("virtual switch id");
            State state = Coded.of(State.values(), in.u8("state"), "virtual switch state");
            int upstream = in.u8("upstream port");
            int vppbs = in.u8("vPPBs");
            int entries = entriesOf(vppbs);
            List<Vppb> read = new ArrayList<>(entries);
            for (int index = 0; index < entries; index++) {
                Binding binding = Coded.of(Binding.values(), in.u8("binding"), "binding");
                Vppb vppb = new Vppb(binding, in.u8("port"), in.u8("logical device"));
                in.skip(1);
                read.add(vppb);
            }
            return new VirtualSwitch(id, state, upstream, vppbs, read);
        }
    }

    public record Response(List<VirtualSwitch> virtualSwitches) implements FmResponse {
        public Response {
            Field.atMost("virtual switches", virtualSwitches.size(), CxlLimits.MOST_IDS);
            virtualSwitches = List.copyOf(virtualSwitches);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(virtualSwitches.size()).zeros(3);
            for (VirtualSwitch each : virtualSwitches) {
                out.u8(each.id())
                        .u8(each.state().code())
                        .u8(each.upstreamPort())
                        .u8(each.vppbs());
                each.entries().forEach(vppb -> out.u8(vppb.binding().code())
                        .u8(vppb.port())
                        .u8(vppb.logicalDevice())
                        .u8(0));
            }
        }
    }

    /**
     * @param vppbs how many it has, 0 to 255
     * @param entries those that were asked for, the first one asked for first
     */
    public record VirtualSwitch(int id, State state, int upstreamPort, int vppbs, List<Vppb> entries) {
        public VirtualSwitch {
            Field.byteValue("virtual switch", id);
            Objects.requireNonNull(state);
            Field.byteValue("upstream port", upstreamPort);
            Field.byteValue("vPPBs", vppbs);
            Field.atMost("vPPB entries", entries.size(), vppbs);
            entries = List.copyOf(entries);
        }
    }

    /**
     * One virtual PCI-to-PCI bridge.
     *
     * @param port means something when bound to a port or logical device
     * @param logicalDevice means something when bound to a logical device
     */
    public record Vppb(Binding binding, int port, int logicalDevice) {
        public Vppb {
            Objects.requireNonNull(binding);
            Field.byteValue("port", port);
            Field.byteValue("logical device", logicalDevice);
        }
    }
}
