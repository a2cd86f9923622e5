package org.rackweave.sim.lab.attack;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Payloads that a decoder should not survive, or should take for something: none is well-formed, deterministic and a payload. */
final class CborBombs {
    private static final int DEPTH = 500;
    private static final byte ARRAY_OF_ONE = (byte) 0x81;
    private static final byte MAP_OF_ONE = (byte) 0xa1;

    private CborBombs() {}

    static List<byte[]> all() {
        return List.of(
                new byte[0],
                deep(ARRAY_OF_ONE),
                deep(MAP_OF_ONE),
                hex("bb ffffffffffffffff 01 01"),
                hex("9b 7fffffffffffffff 01"),
                hex("5b 7fffffffffffffff 00"),
                hex("a1 01 5a 40000000 00"),
                hex("a2 01 01 01 01"),
                hex("a2 02 01 01 01"),
                hex("bf 01 01 ff"),
                hex("9f 01 ff"),
                hex("5f 41 00 ff"),
                hex("a1 18 01 01"),
                hex("a1 01 1900 01"),
                hex("a1 01 fb 3ff0000000000000"),
                hex("a1 01 c1 01"),
                hex("a1 01 f6"),
                hex("a1 61 61 01"),
                hex("a1 62 c328 01"),
                hex("a1 01 01 00 00 00"),
                hex("f7"),
                hex("ff"));
    }

    private static byte[] deep(byte head) {
        byte[] bytes = new byte[DEPTH];
        Arrays.fill(bytes, head);
        if (head == MAP_OF_ONE) {
            ByteBuffer pairs = ByteBuffer.wrap(bytes);
            while (pairs.remaining() >= 2) {
                pairs.put(head).put((byte) 1);
            }
        }
        return bytes;
    }

    private static byte[] hex(String spaced) {
        return HexFormat.of().parseHex(spaced.replace(" ", ""));
    }
}
