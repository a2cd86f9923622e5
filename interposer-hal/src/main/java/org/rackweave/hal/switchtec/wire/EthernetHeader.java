package org.rackweave.hal.switchtec.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * The 16 bytes in front of everything on a connection. Numbers are big-endian here, and here alone.
 *
 * <pre>
 *  0 signature 0x6d6c7373 "mlss"   4 version 1   5 reserved   6 function   7 type
 *  8 service instance   9 service type (1 commands, 2 events)   10 bytes that follow u16
 * 12 of a command: bytes wanted u16; of an answer to an open: return code u16   14 reserved u16
 * </pre>
 *
 * @param packet what it is
 * @param instance 0 to 255: which management endpoint
 * @param service 0 to 255: {@link #COMMANDS} or {@link #EVENTS}, in an open; whatever it likes elsewhere
 * @param bodyBytes 0 to {@value #MAX_BODY_BYTES}
 * @param wantedOrCode 0 to 0xFFFF
 */
public record EthernetHeader(Packet packet, int instance, int service, int bodyBytes, int wantedOrCode) {
    /** The port that every switch listens on. */
    public static final int TCP_PORT = 54_545;

    public static final int BYTES = 16;

    /** A word and the largest data. */
    public static final int MAX_BODY_BYTES = Integer.BYTES + Limits.MAX_DATA_BYTES;

    /** Kind of service: commands. */
    public static final int COMMANDS = 1;

    /** Kind of service: events. */
    public static final int EVENTS = 2;

    private static final int SIGNATURE = 0x6d6c7373;
    private static final int VERSION = 1;

    /** Type and function together. */
    public enum Packet {
        OPEN(0xB1, 1),
        ACCEPT(0xB1, 2),
        REJECT(0xB1, 3),
        CLOSE(0xB1, 4),
        MRPC(0xB2, 1),
        GAS(0xB2, 2),
        MRPC_ANSWER(0xB2, 3),
        EVENT(0xB2, 4),
        GAS_ANSWER(0xB2, 5);

        private final int type;
        private final int function;

        Packet(int type, int function) {
            this.type = type;
            this.function = function;
        }

        private static Optional<Packet> of(int type, int function) {
            return Arrays.stream(values())
                    .filter(packet -> packet.type == type && packet.function == function)
                    .findFirst();
        }
    }

    public EthernetHeader {
        Limits.check(instance, 0, Limits.MAX_BYTE, "instance");
        Limits.check(service, 0, Limits.MAX_BYTE, "service");
        Limits.check(bodyBytes, 0, MAX_BODY_BYTES, "bytes that follow");
        Limits.check(wantedOrCode, 0, Limits.MAX_SHORT, "bytes wanted or return code");
    }

    /** Header and body in one piece: known clients read each with one call, so both go out in one write. */
    public static byte[] frame(Packet packet, int instance, int service, byte[] body, int wantedOrCode) {
        EthernetHeader header = new EthernetHeader(packet, instance, service, body.length, wantedOrCode);
        return ByteBuffer.allocate(BYTES + body.length)
                .putInt(SIGNATURE)
                .put((byte) VERSION)
                .put((byte) 0)
                .put((byte) packet.function)
                .put((byte) packet.type)
                .put((byte) header.instance)
                .put((byte) header.service)
                .putShort((short) header.bodyBytes)
                .putShort((short) header.wantedOrCode)
                .putShort((short) 0)
                .put(body)
                .array();
    }

    /** @param bytes exactly {@value #BYTES} */
    public static Decoded<EthernetHeader> decode(byte[] bytes) {
        try {
            return new Decoded.Accepted<>(read(bytes));
        } catch (MalformedBytesException malformed) {
            return malformed.rejected();
        }
    }

    private static EthernetHeader read(byte[] bytes) throws MalformedBytesException {
        if (bytes.length != BYTES) {
            Problem problem = bytes.length < BYTES ? Problem.TRUNCATED : Problem.EXTRA_BYTES;
            throw new MalformedBytesException(problem, bytes.length + " bytes of header");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
        int signature = in.getInt(0);
        if (signature != SIGNATURE) {
            throw new MalformedBytesException(Problem.BAD_SIGNATURE, "0x" + Integer.toHexString(signature));
        }
        if (in.get(4) != VERSION) {
            throw new MalformedBytesException(Problem.UNKNOWN_VERSION, "version " + Byte.toUnsignedInt(in.get(4)));
        }
        int type = Byte.toUnsignedInt(in.get(7));
        int function = Byte.toUnsignedInt(in.get(6));
        Packet packet = Packet.of(type, function)
                .orElseThrow(() -> new MalformedBytesException(
                        Problem.UNKNOWN_PACKET, "type 0x" + Integer.toHexString(type) + ", function " + function));
        int body = Short.toUnsignedInt(in.getShort(10));
        if (body > MAX_BODY_BYTES) {
            throw new MalformedBytesException(Problem.COUNT_BEYOND_LIMIT, body + " bytes announced");
        }
        return new EthernetHeader(
                packet,
                Byte.toUnsignedInt(in.get(8)),
                Byte.toUnsignedInt(in.get(9)),
                body,
                Short.toUnsignedInt(in.getShort(12)));
    }
}
