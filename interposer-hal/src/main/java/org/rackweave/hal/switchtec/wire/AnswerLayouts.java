package org.rackweave.hal.switchtec.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads and writes the data of answers. The layouts stand with the commands. */
final class AnswerLayouts {
    private static final byte NONE = (byte) 0xFF;
    private static final int NIBBLE_BITS = 4;
    private static final int NIBBLE = 0xF;
    private static final int UP = 0x80;

    private AnswerLayouts() {}

    static void write(MrpcCommand<?> command, MrpcAnswer answer, ByteBuffer out) {
        switch (command.kind()) {
            case CONTROL_PORT -> {}
            case ECHO -> out.putInt(((MrpcAnswer.Inverted) answer).word());
            case PING -> {
                MrpcAnswer.Pinged pinged = (MrpcAnswer.Pinged) answer;
                out.putInt(pinged.phase() | pinged.revision() << 8 | pinged.generation() << 12);
                out.putInt(pinged.word());
            }
            case READ_PAX_ID ->
                out.put((byte) ((MrpcAnswer.OwnPaxId) answer).id().value());
            case DIE_TEMPERATURE -> out.putInt(((MrpcAnswer.Temperature) answer).centiCelsius());
            case BANDWIDTH -> ((MrpcAnswer.Bandwidths) answer).ports().forEach(port -> bandwidth(port, out));
            case READ_BIFURCATION, BIFURCATE -> {
                MrpcAnswer.Bifurcation bifurcation = (MrpcAnswer.Bifurcation) answer;
                command.kind().subcommand().ifPresent(subcommand -> out.put((byte) subcommand));
                out.put((byte) bifurcation.stack()).putShort((short) 0);
                out.putInt(bifurcation.lanes().code());
            }
            case BIND, UNBIND -> out.putInt(((MrpcAnswer.Begun) answer).word());
            case BIND_INFO -> binds((MrpcAnswer.Binds) answer, out);
            case LINK_STATUS -> links((MrpcAnswer.Links) answer, out);
            case FABRIC_BIND, FABRIC_UNBIND -> {
                out.put((byte) ((MrpcAnswer.FabricDone) answer).status());
                out.put(new byte[command.answerBytes() - 1]);
            }
            case CONFIGURE_PORT, READ_PORT_CONFIGURATION ->
                ((MrpcAnswer.Configured) answer).configuration().write(out);
        }
    }

    static MrpcAnswer read(MrpcCommand<?> command, FieldReader in) throws MalformedBytesException {
        return switch (command.kind()) {
            case CONTROL_PORT -> new MrpcAnswer.Nothing();
            case ECHO -> new MrpcAnswer.Inverted(inverted(((MrpcCommand.Echo) command).word(), in));
            case PING -> {
                int device = in.word("device");
                int word = inverted(((MrpcCommand.Ping) command).word(), in);
                yield new MrpcAnswer.Pinged(
                        word, device & Limits.MAX_BYTE, device >>> 8 & NIBBLE, device >>> 12 & NIBBLE);
            }
            case READ_PAX_ID -> new MrpcAnswer.OwnPaxId(paxId(in));
            case DIE_TEMPERATURE -> new MrpcAnswer.Temperature(in.word("temperature"));
            case BANDWIDTH ->
                bandwidths(((MrpcCommand.Bandwidth) command).ports().size(), in);
            case READ_BIFURCATION -> bifurcation(((MrpcCommand.ReadBifurcation) command).stack(), in);
            case BIFURCATE -> bifurcation(((MrpcCommand.Bifurcate) command).stack(), in);
            case BIND, UNBIND -> new MrpcAnswer.Begun(in.word("result"));
            case BIND_INFO -> binds((MrpcCommand.BindInfo) command, in);
            case LINK_STATUS -> links(in);
            case FABRIC_BIND, FABRIC_UNBIND -> {
                int status = in.u8("status");
                in.skip(command.answerBytes() - 1, "reserved");
                yield new MrpcAnswer.FabricDone(status);
            }
            case CONFIGURE_PORT, READ_PORT_CONFIGURATION -> new MrpcAnswer.Configured(PortConfiguration.read(in));
        };
    }

    private static int inverted(int sent, FieldReader in) throws MalformedBytesException {
        int word = in.word("word");
        if (word != ~sent) {
            throw new MalformedBytesException(
                    Problem.NOT_WHAT_WAS_ASKED,
                    String.format(Locale.ROOT, "0x%08x is not the complement of 0x%08x", word, sent));
        }
        return word;
    }

    private static MrpcAnswer bifurcation(int asked, FieldReader in) throws MalformedBytesException {
        in.skip(1, "subcommand");
        int stack = in.u8("stack");
        if (stack != asked) {
            throw new MalformedBytesException(
                    Problem.NOT_WHAT_WAS_ASKED, "it is of stack " + stack + ", asked was " + asked);
        }
        in.skip(2, "reserved");
        return new MrpcAnswer.Bifurcation(stack, StackLanes.read(in));
    }

    private static void binds(MrpcAnswer.Binds binds, ByteBuffer out) {
        out.put((byte) binds.ports().size()).put(new byte[3]);
        for (MrpcAnswer.PortBind port : binds.ports()) {
            out.put((byte) port.port().id());
            place(port.place(), out);
            out.put((byte) (port.last().code() | (port.place().isPresent() ? 1 : 0) << NIBBLE_BITS));
        }
        out.put(new byte[(MrpcAnswer.Binds.MAX_PORTS - binds.ports().size()) * MrpcAnswer.PortBind.BYTES]);
    }

    private static MrpcAnswer.Binds binds(MrpcCommand.BindInfo command, FieldReader in) throws MalformedBytesException {
        int count = in.u8("count");
        if (count > MrpcAnswer.Binds.MAX_PORTS) {
            throw new MalformedBytesException(Problem.COUNT_BEYOND_LIMIT, count + " ports");
        }
        in.skip(3, "reserved");
        List<MrpcAnswer.PortBind> ports = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            MrpcAnswer.PortBind next = portBind(in);
            if (ports.stream().anyMatch(port -> port.port().equals(next.port()))) {
                throw twice(next.port());
            }
            ports.add(next);
        }
        in.skip((MrpcAnswer.Binds.MAX_PORTS - count) * MrpcAnswer.PortBind.BYTES, "unused ports");
        if (command.port().isPresent()
                && !ports.stream()
                        .map(MrpcAnswer.PortBind::port)
                        .toList()
                        .equals(List.of(command.port().get()))) {
            throw new MalformedBytesException(
                    Problem.NOT_WHAT_WAS_ASKED,
                    "asked was port " + command.port().get().id() + " alone");
        }
        return new MrpcAnswer.Binds(ports);
    }

    private static MrpcAnswer.PortBind portBind(FieldReader in) throws MalformedBytesException {
        PhysicalPort port = in.physicalPort();
        int partition = in.u8("partition");
        int logicalPort = in.u8("logical port");
        int state = in.u8("state");
        if (state >>> NIBBLE_BITS > 1) {
            throw in.outOfRange("state", state);
        }
        MrpcAnswer.BindResult last = Arrays.stream(MrpcAnswer.BindResult.values())
                .filter(result -> result.code() == (state & NIBBLE))
                .findFirst()
                .orElseThrow(() -> in.outOfRange("state", state));
        if (state >>> NIBBLE_BITS == 0) {
            // What stands at partition and logical port of an unbound port means nothing.
            return new MrpcAnswer.PortBind(port, Optional.empty(), last);
        }
        if (partition > LogicalPlace.MAX_PARTITION || logicalPort > LogicalPlace.MAX_LOGICAL_PORT) {
            throw in.outOfRange("place of a bound port", (long) partition << Byte.SIZE | logicalPort);
        }
        return new MrpcAnswer.PortBind(port, Optional.of(new LogicalPlace(partition, logicalPort)), last);
    }

    private static void links(MrpcAnswer.Links links, ByteBuffer out) {
        for (MrpcAnswer.PortLink port : links.ports()) {
            out.put((byte) port.port().id());
            place(port.place(), out);
            out.put((byte) (port.stack() << NIBBLE_BITS | port.stackPort()));
            out.put((byte) port.configuredLanes()).put((byte) port.negotiatedLanes());
            out.put((byte) port.side().code());
            out.put((byte)
                    (port.upGeneration().isPresent() ? UP | port.upGeneration().getAsInt() : 0));
            out.putShort((short) port.ltssm());
            out.put((byte) port.laneReversal()).put((byte) port.firstLane());
        }
        byte[] empty = new byte[(MrpcAnswer.Links.MAX_PORTS - links.ports().size()) * MrpcAnswer.PortLink.BYTES];
        Arrays.fill(empty, NONE);
        out.put(empty);
    }

    private static MrpcAnswer links(FieldReader in) throws MalformedBytesException {
        List<MrpcAnswer.PortLink> ports = new ArrayList<>();
        for (int index = 0; index < MrpcAnswer.Links.MAX_PORTS; index++) {
            Optional<MrpcAnswer.PortLink> next = portLink(in);
            if (next.isPresent()) {
                PhysicalPort port = next.get().port();
                if (ports.stream().anyMatch(each -> each.port().equals(port))) {
                    throw twice(port);
                }
                ports.add(next.get());
            }
        }
        return new MrpcAnswer.Links(ports);
    }

    private static Optional<MrpcAnswer.PortLink> portLink(FieldReader in) throws MalformedBytesException {
        FieldReader head = in.ahead(4, "port");
        head.skip(3, "port");
        int stack = head.u8("stack");
        if (stack >>> NIBBLE_BITS > StackLanes.MAX_STACK) {
            in.skip(MrpcAnswer.PortLink.BYTES, "empty place");
            return Optional.empty();
        }
        PhysicalPort port = in.physicalPort();
        Optional<LogicalPlace> place = in.placeOrNone();
        in.skip(1, "stack");
        int configured = in.u8("configured lanes");
        int negotiated = in.u8("negotiated lanes");
        MrpcAnswer.Side side = in.coded(MrpcAnswer.Side.values(), "upstream");
        int rate = in.u8("rate");
        return Optional.of(new MrpcAnswer.PortLink(
                port,
                place,
                stack >>> NIBBLE_BITS,
                stack & NIBBLE,
                configured,
                negotiated,
                side,
                (rate & UP) == 0 ? OptionalInt.empty() : OptionalInt.of(rate & ~UP),
                in.u16("LTSSM"),
                in.u8("lane reversal"),
                in.u8("first lane")));
    }

    private static void bandwidth(MrpcAnswer.PortBandwidth port, ByteBuffer out) {
        out.putLong(port.micros());
        for (MrpcAnswer.Traffic way : List.of(port.out(), port.in())) {
            out.putLong(way.postedBytes()).putLong(way.completionBytes()).putLong(way.nonPostedBytes());
        }
    }

    private static PaxId paxId(FieldReader in) throws MalformedBytesException {
        int id = in.u8("PAX id");
        if (id > PaxId.MAX) {
            throw new MalformedBytesException(Problem.VALUE_OUT_OF_RANGE, "PAX id " + id);
        }
        return new PaxId(id);
    }

    private static MrpcAnswer bandwidths(int count, FieldReader in) throws MalformedBytesException {
        List<MrpcAnswer.PortBandwidth> ports = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            ports.add(new MrpcAnswer.PortBandwidth(in.longWord("time"), traffic(in), traffic(in)));
        }
        return new MrpcAnswer.Bandwidths(ports);
    }

    private static MrpcAnswer.Traffic traffic(FieldReader in) throws MalformedBytesException {
        return new MrpcAnswer.Traffic(in.longWord("posted"), in.longWord("completion"), in.longWord("non-posted"));
    }

    private static void place(Optional<LogicalPlace> place, ByteBuffer out) {
        if (place.isPresent()) {
            out.put((byte) place.get().partition()).put((byte) place.get().logicalPort());
        } else {
            out.put(NONE).put(NONE);
        }
    }

    private static MalformedBytesException twice(PhysicalPort port) {
        return new MalformedBytesException(Problem.DUPLICATE_PORT, "port " + port.id() + " is named twice");
    }
}
