package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.mctp.MctpMessage;

/**
 * Tunnel Management Command, 5300h: carries a message to a device behind a port; a pooled device that gets one itself carries it to
 * one of its logical devices. Request:
 *
 * <pre>
 * 0    port, or logical device   1 target: 0 the device, 1 its pool of logical devices   2-3 bytes of what follows
 * 4    message type, 8; in the dialect {@code jrl} only
 * then the message, header and payload
 * </pre>
 *
 * Response:
 *
 * <pre>
 * 0-1  bytes of what follows   2-3 reserved
 * 4    message type, 8; in the dialect {@code jrl} only
 * then the message
 * </pre>
 */
public final class Tunnel {
    private Tunnel() {}

    /** Who gets the message. */
    public enum Target implements Coded {
        DEVICE(0),
        LD_POOL(1);

        private final int code;

        Target(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** @param port of a switch, or the logical device where a pooled device is asked */
    public record Request(int port, Target target, CciMessage message) implements FmRequest<Response> {
        public Request {
            Field.byteValue("port", port);
            Objects.requireNonNull(target);
            isOf(CciMessage.Category.REQUEST, message);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int port = in.u8("port");
            Target target = Coded.of(Target.values(), in.u8("target type"), "target type");
            int size = in.u16("size of the message");
            return new Request(port, target, inner(in, dialect, size, CciMessage.Category.REQUEST));
        }

        @Override
        public Opcode opcode() {
            return Opcode.TUNNEL;
        }

        @Override
        public Opcode.Effect effect() {
            return Opcode.of(message.opcode()).map(Opcode::effect).orElse(Opcode.Effect.CHANGES);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(port).u8(target.code()).u16(sizeOf(message, dialect));
            writeInner(out, dialect, message);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int size = in.u16("size of the message");
            in.skip(2);
            CciMessage answer = inner(in, dialect, size, CciMessage.Category.RESPONSE);
            if (answer.tag() != message.tag()) {
                throw new MalformedException(
                        CciFault.TAG, "tunnelled tag " + answer.tag() + " is not " + message.tag());
            }
            return new Response(answer);
        }
    }

    public record Response(CciMessage message) implements FmResponse {
        public Response {
            isOf(CciMessage.Category.RESPONSE, message);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(sizeOf(message, dialect)).zeros(2);
            writeInner(out, dialect, message);
        }
    }

    private static void isOf(CciMessage.Category due, CciMessage message) {
        if (message.category() != due) {
            throw new IllegalArgumentException("a tunnelled " + message.category() + ", not a " + due);
        }
    }

    private static int sizeOf(CciMessage message, Dialect dialect) {
        int whole = CxlLimits.HEADER_BYTES + message.payload().length();
        return dialect == Dialect.JRL ? 1 + whole : whole;
    }

    private static void writeInner(PayloadWriter out, Dialect dialect, CciMessage message) {
        if (dialect == Dialect.JRL) {
            out.u8(MctpMessage.TYPE_CCI);
        }
        out.bytes(CciCodec.encode(dialect, message));
    }

    private static CciMessage inner(PayloadReader in, Dialect dialect, int size, CciMessage.Category due)
            throws MalformedException {
        int left = size;
        if (dialect == Dialect.JRL) {
            int type = in.u8("message type");
            if (type != MctpMessage.TYPE_CCI) {
                throw new MalformedException(CciFault.MESSAGE_TYPE, "tunnelled message type " + type);
            }
            left--;
        }
        if (left < CxlLimits.HEADER_BYTES) {
            throw new MalformedException(CciFault.TRUNCATED, "a tunnelled message of " + size + " bytes");
        }
        CciMessage message = CciCodec.read(dialect, in.bytes(left, "tunnelled message"));
        if (message.category() != due) {
            throw new MalformedException(CciFault.CATEGORY, "a tunnelled " + message.category());
        }
        return message;
    }
}
