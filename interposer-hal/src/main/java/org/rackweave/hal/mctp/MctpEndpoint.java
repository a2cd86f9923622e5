package org.rackweave.hal.mctp;

import java.util.Optional;
import java.util.UUID;

/**
 * The answering side of MCTP's own control messages (DSP0236, type 0), as much of it as fabric managers ask for:
 *
 * <pre>
 * 0    bit 7 request, bit 6 datagram, bits 4:0 instance   1 command   2- data; an answer's starts with its completion code
 * 01h  Set Endpoint ID: operation, id          answer: assignment, id, pool size
 * 02h  Get Endpoint ID                         answer: id, endpoint type, medium
 * 03h  Get Endpoint UUID                       answer: 16 bytes
 * 04h  Get MCTP Version Support: message type  answer: number of versions, 4 bytes each
 * 05h  Get Message Type Support                answer: number of types, 1 byte each
 * </pre>
 *
 * For one thread.
 */
public final class MctpEndpoint {
    private static final int REQUEST_BIT = 0x80;
    private static final int DATAGRAM_BIT = 0x40;
    private static final int INSTANCE_BITS = 0x1F;
    private static final int INVALID_DATA = 0x02;
    private static final int UNSUPPORTED_COMMAND = 0x05;
    private static final int TYPE_NOT_SUPPORTED = 0x80;
    private static final int SET_ID = 0x00;
    private static final int FORCE_ID = 0x01;
    private static final int BROADCAST_ID = 0xFF;
    /** Below are the null id and those that DSP0236 reserves. */
    private static final int FIRST_ID = 0x08;
    /** Version 1.1, without an update number, as DSP0236 writes it. */
    private static final Octets VERSION = Octets.ofHex("f2f1ff00");

    private final UUID uuid;
    private int id;

    /** @param id the first endpoint id, 0 to 254 */
    public MctpEndpoint(int id, UUID uuid) {
        if (id < 0 || id >= BROADCAST_ID) {
            throw new IllegalArgumentException("endpoint id " + id + " is not from 0 to 254");
        }
        this.id = id;
        this.uuid = uuid;
    }

    /** The endpoint id now. */
    public int id() {
        return id;
    }

    /** The answer to a control message, from the id that this endpoint had when it came; none when it asks nothing. */
    public Optional<MctpMessage> answer(MctpMessage carrier) {
        Octets body = carrier.body();
        if (carrier.role() != MctpMessage.Role.REQUEST
                || carrier.type() != MctpMessage.TYPE_CONTROL
                || body.length() < 2
                || (body.at(0) & (REQUEST_BIT | DATAGRAM_BIT)) != REQUEST_BIT) {
            return Optional.empty();
        }
        int from = id;
        byte[] data = dataFor(body);
        byte[] answer = new byte[2 + data.length];
        answer[0] = (byte) (body.at(0) & INSTANCE_BITS);
        answer[1] = (byte) body.at(1);
        System.arraycopy(data, 0, answer, 2, data.length);
        return Optional.of(carrier.answeredBy(from, Octets.adopt(answer)));
    }

    private byte[] dataFor(Octets body) {
        return switch (body.at(1)) {
            case 0x01 -> body.length() < 4 ? bytes(INVALID_DATA) : assigned(body.at(2), body.at(3));
            case 0x02 -> bytes(0, id, 0, 0);
            case 0x03 -> identity();
            case 0x04 -> body.length() < 3 ? bytes(INVALID_DATA) : versions(body.at(2));
            case 0x05 -> bytes(0, 2, MctpMessage.TYPE_FM_API, MctpMessage.TYPE_CCI);
            default -> bytes(UNSUPPORTED_COMMAND);
        };
    }

    private byte[] assigned(int operation, int wanted) {
        if ((operation != SET_ID && operation != FORCE_ID) || wanted < FIRST_ID || wanted == BROADCAST_ID) {
            return bytes(INVALID_DATA);
        }
        id = wanted;
        return bytes(0, 0, id, 0);
    }

    private byte[] identity() {
        byte[] data = new byte[17];
        for (int index = 0; index < 8; index++) {
            data[1 + index] = (byte) (uuid.getMostSignificantBits() >> (56 - 8 * index));
            data[9 + index] = (byte) (uuid.getLeastSignificantBits() >> (56 - 8 * index));
        }
        return data;
    }

    private static byte[] versions(int type) {
        if (type != MctpMessage.TYPE_FM_API && type != MctpMessage.TYPE_CCI && type != MctpMessage.TYPE_CONTROL) {
            return bytes(TYPE_NOT_SUPPORTED);
        }
        byte[] data = new byte[2 + VERSION.length()];
        data[1] = 1;
        VERSION.copyTo(data, 2);
        return data;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int index = 0; index < values.length; index++) {
            bytes[index] = (byte) values[index];
        }
        return bytes;
    }
}
