package org.rackweave.hal.nativelinux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * Messages of rtnetlink about one network interface, which is known by its name, and one of its virtual functions. Integers are the
 * machine's own, which is little-endian:
 *
 * <pre>
 * 0  4 length of all          4  2 type (RTM_…)    6 2 flags      8 4 sequence    12 4 port, 0
 * 16 1 family, 0  18 2 type, 0  20 4 index, 0 or ignored  24 4 flags, 0  28 4 change, 0
 * 32 attributes: 2 length with these four, 2 type, what it says, filled up to a multiple of four
 *
 * IFLA_VFINFO_LIST of IFLA_VF_INFO of IFLA_VF_RATE: 4 number of the function, 4 least and 4 most Mbit/s, 0 for no limit
 * </pre>
 */
final class LinkMessage {
    /** An answer about 256 virtual functions is a third of it; a list of them cannot be longer than 64 KiB. */
    static final int MOST_BYTES = 128 << 10;

    private static final int HEADER_BYTES = NativeLayout.NLMSGHDR_BYTES + NativeLayout.IFINFOMSG_BYTES;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;
    private static final int ATTRIBUTE_TYPE_MASK = 0x3FFF;

    private LinkMessage() {}

    /** Asks that a virtual function sends at most so much; answered by an error that may be 0. */
    static byte[] setRate(int sequence, String interfaceName, int function, int megabitsPerSecond) {
        byte[] rate = new byte[NativeLayout.IFLA_VF_RATE_BYTES];
        wrap(rate).putInt(function).putInt(0).putInt(megabitsPerSecond);
        byte[] list = attribute(
                NativeLayout.IFLA_VFINFO_LIST,
                attribute(NativeLayout.IFLA_VF_INFO, attribute(NativeLayout.IFLA_VF_RATE, rate)));
        return message(
                NativeLayout.RTM_SETLINK,
                NativeLayout.NLM_F_REQUEST | NativeLayout.NLM_F_ACK,
                sequence,
                name(interfaceName),
                list);
    }

    /** Asks for all that is to be said of an interface, with its virtual functions; answered by a link, or an error. */
    static byte[] get(int sequence, String interfaceName) {
        byte[] mask = new byte[Integer.BYTES];
        wrap(mask).putInt(NativeLayout.RTEXT_FILTER_VF);
        return message(
                NativeLayout.RTM_GETLINK,
                NativeLayout.NLM_F_REQUEST,
                sequence,
                name(interfaceName),
                attribute(NativeLayout.IFLA_EXT_MASK, mask));
    }

    /** The number of the error that a message is, 0 for none; empty when it is no error. */
    static OptionalInt error(byte[] message) {
        return isWhole(message, NativeLayout.NLMSGHDR_BYTES + Integer.BYTES)
                        && type(message) == NativeLayout.NLMSG_ERROR
                ? OptionalInt.of(-wrap(message).getInt(NativeLayout.NLMSGHDR_BYTES))
                : OptionalInt.empty();
    }

    static boolean answers(byte[] message, int sequence) {
        return isWhole(message, NativeLayout.NLMSGHDR_BYTES)
                && wrap(message).getInt(NativeLayout.NLMSGHDR_SEQ_AT) == sequence;
    }

    /** What a virtual function may send at most, Mbit/s, 0 for no limit; empty when the message does not say. */
    static OptionalInt rate(byte[] message, int function) {
        if (!isWhole(message, HEADER_BYTES) || type(message) != NativeLayout.RTM_NEWLINK) {
            return OptionalInt.empty();
        }
        ByteBuffer attributes = wrap(message).position(HEADER_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer functions = within(attributes, NativeLayout.IFLA_VFINFO_LIST);
        while (functions.hasRemaining()) {
            ByteBuffer one = next(functions, NativeLayout.IFLA_VF_INFO);
            ByteBuffer rate = within(one, NativeLayout.IFLA_VF_RATE);
            if (rate.remaining() >= NativeLayout.IFLA_VF_RATE_BYTES && rate.getInt(0) == function) {
                return OptionalInt.of(rate.getInt(NativeLayout.IFLA_VF_RATE_MOST_AT));
            }
        }
        return OptionalInt.empty();
    }

    /** What the first attribute of this type says; nothing where there is none. */
    private static ByteBuffer within(ByteBuffer attributes, int type) {
        ByteBuffer rest = attributes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer found = nothing();
        while (rest.hasRemaining() && !found.hasRemaining()) {
            found = next(rest, type);
        }
        return found;
    }

    /** Passes one attribute, and all the rest when that is not whole: what it says if it is of this type, else nothing. */
    private static ByteBuffer next(ByteBuffer attributes, int wanted) {
        if (attributes.remaining() < ATTRIBUTE_HEADER_BYTES) {
            return end(attributes);
        }
        int at = attributes.position();
        int length = Short.toUnsignedInt(attributes.getShort(at));
        int type = attributes.getShort(at + Short.BYTES) & ATTRIBUTE_TYPE_MASK;
        if (length < ATTRIBUTE_HEADER_BYTES || length > attributes.remaining()) {
            return end(attributes);
        }
        ByteBuffer said = attributes.slice(at + ATTRIBUTE_HEADER_BYTES, length - ATTRIBUTE_HEADER_BYTES);
        attributes.position(Math.min(attributes.limit(), at + aligned(length)));
        return type == wanted ? said.order(ByteOrder.LITTLE_ENDIAN) : nothing();
    }

    private static ByteBuffer end(ByteBuffer attributes) {
        attributes.position(attributes.limit());
        return nothing();
    }

    private static byte[] message(int type, int flags, int sequence, byte[]... attributes) {
        int bytes = HEADER_BYTES;
        for (byte[] attribute : attributes) {
            bytes += attribute.length;
        }
        byte[] message = new byte[bytes];
        ByteBuffer written = wrap(message)
                .putInt(bytes)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(sequence)
                .position(HEADER_BYTES);
        for (byte[] attribute : attributes) {
            written.put(attribute);
        }
        return message;
    }

    private static byte[] name(String interfaceName) {
        return attribute(NativeLayout.IFLA_IFNAME, (interfaceName + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] attribute(int type, byte[] said) {
        int length = ATTRIBUTE_HEADER_BYTES + said.length;
        byte[] attribute = new byte[aligned(length)];
        wrap(attribute).putShort((short) length).putShort((short) type).put(said);
        return attribute;
    }

    private static int aligned(int bytes) {
        return bytes + 3 & ~3;
    }

    private static boolean isWhole(byte[] message, int leastBytes) {
        return message.length >= leastBytes && wrap(message).getInt(0) == message.length;
    }

    private static int type(byte[] message) {
        return Short.toUnsignedInt(wrap(message).getShort(NativeLayout.NLMSGHDR_TYPE_AT));
    }

    private static ByteBuffer wrap(byte[] message) {
        return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer nothing() {
        return ByteBuffer.allocate(0);
    }
}
