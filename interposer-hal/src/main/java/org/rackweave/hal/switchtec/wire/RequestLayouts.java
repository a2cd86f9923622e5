package org.rackweave.hal.switchtec.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and writes the data of commands. The layouts stand with the commands. */
final class RequestLayouts {
    private static final int ALL_PORTS = 0xFF;
    private static final int FUNCTION_BYTES = 4;

    private RequestLayouts() {}

    static void write(MrpcCommand<?> command, ByteBuffer out) {
        command.kind().subcommand().ifPresent(subcommand -> out.put((byte) subcommand));
        switch (command.kind()) {
            case DIE_TEMPERATURE -> reserved(3, out);
            case BANDWIDTH -> bandwidth((MrpcCommand.Bandwidth) command, out);
            case READ_BIFURCATION -> {
                out.put((byte) ((MrpcCommand.ReadBifurcation) command).stack());
                reserved(6, out);
            }
            case BIFURCATE -> {
                MrpcCommand.Bifurcate bifurcate = (MrpcCommand.Bifurcate) command;
                out.put((byte) bifurcate.stack());
                reserved(2, out);
                out.putInt(bifurcate.lanes().code());
            }
            case BIND -> {
                MrpcCommand.Bind bind = (MrpcCommand.Bind) command;
                place(bind.place(), out);
                out.put((byte) bind.port().id());
            }
            case UNBIND -> {
                MrpcCommand.Unbind unbind = (MrpcCommand.Unbind) command;
                place(unbind.place(), out);
                out.put((byte) unbind.option());
            }
            case BIND_INFO -> {
                Optional<PhysicalPort> port = ((MrpcCommand.BindInfo) command).port();
                out.put((byte) (int) port.map(PhysicalPort::id).orElse(ALL_PORTS));
                reserved(2, out);
            }
            case LINK_STATUS -> out.putLong(((MrpcCommand.LinkStatus) command).bitmap());
            case READ_PAX_ID -> {}
            case ECHO -> out.putInt(((MrpcCommand.Echo) command).word());
            case PING -> out.putInt(((MrpcCommand.Ping) command).word());
            case FABRIC_BIND -> fabricBind((MrpcCommand.FabricBind) command, out);
            case FABRIC_UNBIND -> {
                MrpcCommand.FabricUnbind unbind = (MrpcCommand.FabricUnbind) command;
                fabricPlace(unbind.place(), out);
                out.putShort((short) unbind.function()).put((byte) unbind.option());
                reserved(1, out);
            }
            case CONFIGURE_PORT -> {
                MrpcCommand.ConfigurePort configure = (MrpcCommand.ConfigurePort) command;
                out.put((byte) configure.port().id());
                configure.configuration().write(out);
                reserved(2, out);
            }
            case READ_PORT_CONFIGURATION -> {
                out.put((byte)
                        ((MrpcCommand.ReadPortConfiguration) command).port().id());
                reserved(2, out);
            }
            case CONTROL_PORT -> {
                MrpcCommand.ControlPort control = (MrpcCommand.ControlPort) command;
                out.put((byte) control.action().code())
                        .put((byte) control.port().id());
                out.put((byte) control.flag());
                reserved(1, out);
            }
        }
    }

    /** Reads the data of a command, its subcommand included. */
    static MrpcCommand<?> read(MrpcKind kind, FieldReader in) throws MalformedBytesException {
        return switch (kind) {
            case DIE_TEMPERATURE -> dieTemperature(in);
            case BANDWIDTH -> bandwidth(in);
            case READ_BIFURCATION -> readBifurcation(in);
            case BIFURCATE -> bifurcate(in);
            case BIND -> bind(in);
            case UNBIND -> unbind(in);
            case BIND_INFO -> bindInfo(in);
            case LINK_STATUS -> linkStatus(in);
            case ECHO -> echo(in);
            case READ_PAX_ID -> new MrpcCommand.ReadPaxId();
            case FABRIC_BIND -> fabricBind(in);
            case FABRIC_UNBIND -> fabricUnbind(in);
            case CONFIGURE_PORT -> configurePort(in);
            case READ_PORT_CONFIGURATION -> readPortConfiguration(in);
            case CONTROL_PORT -> controlPort(in);
            case PING -> ping(in);
        };
    }

    private static MrpcCommand<?> dieTemperature(FieldReader in) throws MalformedBytesException {
        in.skip(4, "subcommand");
        return new MrpcCommand.DieTemperature();
    }

    private static MrpcCommand<?> bandwidth(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        int count = in.u8("count");
        if (count == 0 || count > MrpcCommand.Bandwidth.MAX_PORTS) {
            throw new MalformedBytesException(
                    Problem.COUNT_BEYOND_LIMIT, "1 to " + MrpcCommand.Bandwidth.MAX_PORTS + " ports, not " + count);
        }
        List<MrpcCommand.Bandwidth.Counted> ports = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            ports.add(new MrpcCommand.Bandwidth.Counted(
                    in.physicalPort(), in.coded(MrpcCommand.Bandwidth.Afterwards.values(), "clear")));
        }
        return new MrpcCommand.Bandwidth(ports);
    }

    private static MrpcCommand<?> readBifurcation(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        int stack = in.u8(StackLanes.MAX_STACK, "stack");
        in.skip(6, "reserved");
        return new MrpcCommand.ReadBifurcation(stack);
    }

    private static MrpcCommand<?> bifurcate(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        int stack = in.u8(StackLanes.MAX_STACK, "stack");
        in.skip(2, "reserved");
        return new MrpcCommand.Bifurcate(stack, StackLanes.read(in));
    }

    private static MrpcCommand<?> bind(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        return new MrpcCommand.Bind(in.place(), in.physicalPort());
    }

    private static MrpcCommand<?> unbind(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        return new MrpcCommand.Unbind(in.place(), in.u8("option"));
    }

    private static MrpcCommand<?> bindInfo(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        int port = in.u8("physical port");
        if (port > PhysicalPort.MAX_ID && port != ALL_PORTS) {
            throw in.outOfRange("physical port", port);
        }
        in.skip(2, "reserved");
        return port == ALL_PORTS
                ? MrpcCommand.BindInfo.ALL
                : new MrpcCommand.BindInfo(Optional.of(new PhysicalPort(port)));
    }

    private static MrpcCommand<?> linkStatus(FieldReader in) throws MalformedBytesException {
        return new MrpcCommand.LinkStatus(in.longWord("bitmap"));
    }

    private static MrpcCommand<?> echo(FieldReader in) throws MalformedBytesException {
        return new MrpcCommand.Echo(in.word("word"));
    }

    private static MrpcCommand<?> ping(FieldReader in) throws MalformedBytesException {
        return new MrpcCommand.Ping(in.word("word"));
    }

    private static MrpcCommand<?> fabricBind(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        MrpcCommand.FabricPlace place = fabricPlace(in);
        List<Integer> functions = new ArrayList<>();
        int next = 1;
        for (int index = 0; index < MrpcCommand.FabricBind.MAX_FUNCTIONS; index++) {
            if (next == 0) {
                // What follows the last function is whatever lay on the sender's stack.
                in.skip(FUNCTION_BYTES, "function");
                continue;
            }
            int function = in.u16("PDFID");
            if (functions.contains(function)) {
                throw new MalformedBytesException(Problem.DUPLICATE_PORT, "PDFID " + function + " is named twice");
            }
            functions.add(function);
            next = in.u8(1, "next valid");
            in.skip(1, "reserved");
        }
        if (next != 0) {
            throw new MalformedBytesException(Problem.COUNT_BEYOND_LIMIT, "a ninth function is announced");
        }
        return new MrpcCommand.FabricBind(place, functions);
    }

    private static MrpcCommand<?> fabricUnbind(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        MrpcCommand.FabricPlace place = fabricPlace(in);
        int function = in.u16("PDFID");
        int option = in.u8("option");
        in.skip(1, "reserved");
        return new MrpcCommand.FabricUnbind(place, function, option);
    }

    private static MrpcCommand<?> configurePort(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        PhysicalPort port = in.physicalPort();
        PortConfiguration configuration = PortConfiguration.read(in);
        in.skip(2, "reserved");
        return new MrpcCommand.ConfigurePort(port, configuration);
    }

    private static MrpcCommand<?> readPortConfiguration(FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        PhysicalPort port = in.physicalPort();
        in.skip(2, "reserved");
        return new MrpcCommand.ReadPortConfiguration(port);
    }

    private static MrpcCommand<?> controlPort(FieldReader in) throws MalformedBytesException {
        MrpcCommand.ControlPort.Action action = in.coded(MrpcCommand.ControlPort.Action.values(), "action");
        PhysicalPort port = in.physicalPort();
        int flag = in.u8(1, "flag");
        in.skip(1, "reserved");
        return new MrpcCommand.ControlPort(action, port, flag);
    }

    private static void bandwidth(MrpcCommand.Bandwidth command, ByteBuffer out) {
        out.put((byte) command.ports().size());
        for (MrpcCommand.Bandwidth.Counted each : command.ports()) {
            out.put((byte) each.port().id()).put((byte) each.afterwards().code());
        }
    }

    private static void fabricBind(MrpcCommand.FabricBind command, ByteBuffer out) {
        fabricPlace(command.place(), out);
        int count = command.functions().size();
        for (int index = 0; index < count; index++) {
            out.putShort((short) (int) command.functions().get(index));
            out.put((byte) (index + 1 < count ? 1 : 0));
            reserved(1, out);
        }
        reserved((MrpcCommand.FabricBind.MAX_FUNCTIONS - count) * FUNCTION_BYTES, out);
    }

    private static void place(LogicalPlace place, ByteBuffer out) {
        out.put((byte) place.partition()).put((byte) place.logicalPort());
    }

    private static void fabricPlace(MrpcCommand.FabricPlace place, ByteBuffer out) {
        out.put((byte) place.switchIndex()).put((byte) place.physicalPort()).put((byte) place.logicalPort());
    }

    private static MrpcCommand.FabricPlace fabricPlace(FieldReader in) throws MalformedBytesException {
        return new MrpcCommand.FabricPlace(in.u8("switch index"), in.u8("physical port"), in.u8("logical port"));
    }

    private static void reserved(int count, ByteBuffer out) {
        out.put(new byte[count]);
    }
}
