package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Get Physical Port State, 5101h. Request:
 *
 * <pre>
 * 0    number of ports   1- their ids, a byte each
 * </pre>
 *
 * Response:
 *
 * <pre>
 * 0    number of blocks  1-3 reserved, then for each port
 * +0   port id           +1 bits 3:0 state    +2 bits 3:0 version of the connected device   +3 reserved
 * +4   connected device  +5 mask of its CXL versions
 * +6   widest link       +7 negotiated width  +8 mask of speeds   +9 highest speed   +10 speed now
 * +11  link state (LTSSM) +12 first lane
 * +13  link flags, 2 bytes: bit 0 lanes reversed, 1 PERST# asserted, 2 present, 3 power controlled
 * +15  logical devices of the connected device
 * </pre>
 *
 * Fewer blocks than ports may come back: known switches leave out ids that they do not have.
 */
public final class PortState {
    private PortState() {}

    /** What a port is. */
    public enum State implements Coded {
        DISABLED(0),
        BINDING(1),
        UNBINDING(2),
        DOWNSTREAM(3),
        UPSTREAM(4),
        FABRIC(5);

        private final int code;

        State(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** What is connected to a port. */
    public enum Device implements Coded {
        NONE(0),
        PCIE(1),
        TYPE_1(2),
        TYPE_2(3),
        TYPE_3_SLD(4),
        TYPE_3_MLD(5),
        SWITCH(6);

        private final int code;

        Device(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** @param ports at most {@link CxlLimits#MOST_IDS} ids of 0 to 255 */
    public record Request(List<Integer> ports) implements FmRequest<Response> {
        public Request {
            ports = IdList.checked("ports", ports);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(IdList.read(in, "ports"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_PORT_STATE;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            IdList.write(out, ports);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int count = IdList.answered(in, "ports", ports);
            List<Port> read = new ArrayList<>(count);
            for (int index = 0; index < count; index++) {
                Port port = Port.read(in);
                IdList.isAsked("port", port.id(), ports);
                read.add(port);
            }
            return new Response(read);
        }
    }

    /** @param ports those of the ports asked for that the switch has */
    public record Response(List<Port> ports) implements FmResponse {
        public Response {
            Field.atMost("ports", ports.size(), CxlLimits.MOST_IDS);
            ports = List.copyOf(ports);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(ports.size()).zeros(3);
            ports.forEach(port -> port.write(out));
        }
    }

    /**
     * One physical port. All numbers are those of the wire, 0 to 255, flags 0 to 65535; widths count lanes, speeds are PCIe
     * generations.
     */
    public record Port(
            int id,
            State state,
            int deviceVersion,
            Device device,
            int cxlVersions,
            Link link,
            int ltssm,
            int firstLane,
            int linkFlags,
            int logicalDevices) {
        /** Link flag: PERST# is asserted. */
        public static final int PERST = 0x02;

        /** Link flag: something is plugged in. */
        public static final int PRESENT = 0x04;

        public Port {
            Field.byteValue("port", id);
            Objects.requireNonNull(state);
            Field.inRange("device version", deviceVersion, 0x0F);
            Objects.requireNonNull(device);
            Field.byteValue("CXL versions", cxlVersions);
            Objects.requireNonNull(link);
            Field.byteValue("link state", ltssm);
            Field.byteValue("first lane", firstLane);
            Field.wordValue("link flags", linkFlags);
            Field.byteValue("logical devices", logicalDevices);
        }

        static Port read(PayloadReader in) throws MalformedException {
            int id = in.u8("port id");
            Port port = readFields(id, in, 0);
            return new Port(
                    id,
                    port.state,
                    port.deviceVersion,
                    port.device,
                    port.cxlVersions,
                    port.link,
                    port.ltssm,
                    port.firstLane,
                    port.linkFlags,
                    in.u8("logical devices"));
        }

        /** What is between the id and the number of logical devices, which records of events have too. */
        static Port readFields(int id, PayloadReader in, int logicalDevices) throws MalformedException {
            State state = Coded.of(State.values(), in.u8("port state") & 0x0F, "port state");
            int version = in.u8("device version") & 0x0F;
            in.skip(1);
            return new Port(
                    id,
                    state,
                    version,
                    Coded.of(Device.values(), in.u8("device type"), "device type"),
                    in.u8("CXL versions"),
                    Link.read(in),
                    in.u8("link state"),
                    in.u8("first lane"),
                    in.u16("link flags"),
                    logicalDevices);
        }

        void write(PayloadWriter out) {
            out.u8(id);
            writeFields(out);
            out.u8(logicalDevices);
        }

        void writeFields(PayloadWriter out) {
            out.u8(state.code()).u8(deviceVersion).u8(0).u8(device.code()).u8(cxlVersions);
            link.write(out);
            out.u8(ltssm).u8(firstLane).u16(linkFlags);
        }
    }

    /**
     * What a port's link can do and does.
     *
     * @param mostLanes as on the wire: 1 to 16
     * @param lanes negotiated, as on the wire
     * @param speeds bit n is generation n + 1
     */
    public record Link(int mostLanes, int lanes, int speeds, int mostSpeed, int speed) {
        public Link {
            Field.byteValue("widest link", mostLanes);
            Field.byteValue("width", lanes);
            Field.byteValue("speeds", speeds);
            Field.byteValue("highest speed", mostSpeed);
            Field.byteValue("speed", speed);
        }

        static Link read(PayloadReader in) throws MalformedException {
            return new Link(
                    in.u8("widest link"), in.u8("width"), in.u8("speeds"), in.u8("highest speed"), in.u8("speed"));
        }

        void write(PayloadWriter out) {
            out.u8(mostLanes).u8(lanes).u8(speeds).u8(mostSpeed).u8(speed);
        }
    }
}
