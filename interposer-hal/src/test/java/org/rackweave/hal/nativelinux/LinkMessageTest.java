package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes are written by hand from the structures of linux/netlink.h, linux/rtnetlink.h and linux/if_link.h. */
class LinkMessageTest {
    /** What the kernel says of eth1 with two functions, of which the second may send 200 Mbit/s; other attributes around it. */
    private static final byte[] LINK = bytes("""
            74000000 1000 0000 07000000 2a000000
            00 00 0100 03000000 43100000 00000000
            0900 0300 65746831 00 000000
            4400 1680
              2000 0180
                0c00 0100 00000000 02000000
                1000 0600 00000000 00000000 00000000
              2000 0180
                0c00 0100 01000000 02000000
                1000 0600 01000000 00000000 c8000000
            0400 0d00
            """);

    @Test
    void aRateIsSetByANestOfThreeAttributesBesideTheInterfacesName() {
        assertThat(LinkMessage.setRate(7, "eth1", 1, 200)).isEqualTo(bytes("""
                44000000 1300 0500 07000000 00000000
                00 00 0000 00000000 00000000 00000000
                0900 0300 65746831 00 000000
                1800 1600
                  1400 0100
                    1000 0600 01000000 00000000 c8000000
                """));
    }

    @Test
    void anInterfaceIsAskedForWithItsVirtualFunctions() {
        assertThat(LinkMessage.get(8, "eth1")).isEqualTo(bytes("""
                34000000 1200 0100 08000000 00000000
                00 00 0000 00000000 00000000 00000000
                0900 0300 65746831 00 000000
                0800 1d00 01000000
                """));
    }

    @Test
    void theRateOfEachFunctionIsFoundByItsNumber() {
        assertThat(LinkMessage.rate(LINK, 0)).hasValue(0);
        assertThat(LinkMessage.rate(LINK, 1)).hasValue(200);
        assertThat(LinkMessage.rate(LINK, 2)).isEmpty();
        assertThat(LinkMessage.answers(LINK, 7)).isTrue();
        assertThat(LinkMessage.answers(LINK, 8)).isFalse();
        assertThat(LinkMessage.error(LINK)).isEmpty();
    }

    @Test
    void anErrorIsItsNumberAndNoneIsZero() {
        String echo = "44000000 1300 0500 07000000 00000000";
        assertThat(LinkMessage.error(bytes("24000000 0200 0000 07000000 2a000000 a1ffffff " + echo)))
                .hasValue(Errno.EOPNOTSUPP);
        assertThat(LinkMessage.error(bytes("24000000 0200 0001 07000000 2a000000 00000000 " + echo)))
                .hasValue(0);
    }

    @Test
    void whatIsCutShortSaysNothing() {
        for (int length = 0; length < LINK.length; length++) {
            byte[] part = Arrays.copyOf(LINK, length);
            assertThat(LinkMessage.rate(part, 1)).as("%s bytes", length).isEmpty();
            assertThat(LinkMessage.error(part)).isEmpty();
            assertThat(LinkMessage.answers(part, 7)).as("%s bytes", length).isFalse();
        }
    }

    @Test
    void anyByteMayBeWrongAndTheEndIsFound() {
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] message = LINK.clone();
            for (int change = 0; change <= round % 4; change++) {
                message[16 + random.nextInt(message.length - 16)] = (byte) random.nextInt();
            }
            byte[] wrong = message;
            assertThatCode(() -> LinkMessage.rate(wrong, 1)).doesNotThrowAnyException();
        }
    }

    private static byte[] bytes(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s+", ""));
    }
}
