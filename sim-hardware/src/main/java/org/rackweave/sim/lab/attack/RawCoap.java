package org.rackweave.sim.lab.attack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Bytes of CoAP (RFC 7252, 3), right or wrong: nothing here refuses to be sent. */
final class RawCoap {
    static final int GET = 1;
    static final int POST = 2;
    static final int DELETE = 4;
    static final int FETCH = 5;

    private static final int URI_PATH = 11;
    private static final int CONFIRMABLE_WITH_TOKEN = 0x41;
    private static final int EXTENDED_BY_ONE = 13;
    private static final int EXTENDED_BY_TWO = 14;
    private static final int TWO_FROM = 269;
    private static final int PAYLOAD_MARKER = 0xff;
    private static final int CLASS_SHIFT = 5;
    private static final int DETAIL_MASK = 31;

    private final int code;
    private final SortedMap<Integer, List<byte[]>> options = new TreeMap<>();
    private byte[] payload = {};

    RawCoap(int code, String path) {
        this.code = code;
        for (String segment : path.split("/", -1)) {
            option(URI_PATH, segment.getBytes(StandardCharsets.UTF_8));
        }
    }

    RawCoap option(int number, byte... value) {
        options.computeIfAbsent(number, unused -> new ArrayList<>()).add(value);
        return this;
    }

    RawCoap payload(byte[] bytes) {
        payload = bytes;
        return this;
    }

    /** @param messageId also its token */
    byte[] bytes(int messageId) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {
            CONFIRMABLE_WITH_TOKEN, (byte) code, (byte) (messageId >> 8), (byte) messageId, (byte) messageId
        });
        int last = 0;
        for (Map.Entry<Integer, List<byte[]>> option : options.entrySet()) {
            for (byte[] value : option.getValue()) {
                write(out, option.getKey() - last, value);
                last = option.getKey();
            }
        }
        if (payload.length > 0) {
            out.write(PAYLOAD_MARKER);
            out.writeBytes(payload);
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int delta, byte[] value) {
        out.write((nibble(delta) << 4) | nibble(value.length));
        extend(out, delta);
        extend(out, value.length);
        out.writeBytes(value);
    }

    private static int nibble(int number) {
        if (number < EXTENDED_BY_ONE) {
            return number;
        }
        return number < TWO_FROM ? EXTENDED_BY_ONE : EXTENDED_BY_TWO;
    }

    private static void extend(ByteArrayOutputStream out, int number) {
        if (number >= TWO_FROM) {
            out.write((number - TWO_FROM) >> 8);
            out.write(number - TWO_FROM);
        } else if (number >= EXTENDED_BY_ONE) {
            out.write(number - EXTENDED_BY_ONE);
        }
    }

    /** The code of an answer as people write it, such as 4.05. */
    static String codeOf(byte[] answer) {
        int code = answer.length > 1 ? answer[1] & 0xff : 0;
        return String.format(Locale.ROOT, "%d.%02d", code >> CLASS_SHIFT, code & DETAIL_MASK);
    }
}
