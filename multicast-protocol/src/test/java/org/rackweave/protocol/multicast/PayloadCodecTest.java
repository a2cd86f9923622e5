package org.rackweave.protocol.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rackweave.crypto.DatagramSealer;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.cbor.CborFault;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;

class PayloadCodecTest {
    private static final NodeId NODE = NodeId.parse("00112233445566778899aabbccddeeff");
    private static final String SENDER = "0150" + NODE + "0203";

    private static final Announce ANNOUNCE = new Announce(
            NODE,
            3,
            7,
            1_793_491_200_000L,
            1_000,
            5_684,
            new Offering(
                    List.of(
                            new NodeView.Capacity(ResourceKind.CORES, 16, 4, 4),
                            new NodeView.Capacity(ResourceKind.MEMORY, 16L << 30, 8L << 30, 2L << 30)),
                    Set.of(NodeFlag.BORROWER, NodeFlag.LENDER),
                    new Mark(2, 0x0102030405060708L),
                    new Mark(1_234, 0xa1a2a3a4a5a6a7a8L)));
    private static final Announce WITH_GROUP_KEY = new Announce(
            NODE,
            3,
            7,
            0,
            1_000,
            5_684,
            new Offering(List.of(), Set.of(), Mark.NONE, Mark.NONE, new KeyMark(3, 500, 0x8182838485868788L)));
    private static final Announce SMALLEST = new Announce(NODE, 0, 1, 0, 200, 1, Offering.NOTHING);
    private static final Hello HELLO = new Hello(
            NODE,
            0xFFFF_FFFFL,
            5_684,
            HexFormat.of().parseHex("3003020101"),
            HexFormat.of().parseHex("d28443"),
            Hello.Purpose.ASK);
    private static final Leave LEAVE = new Leave(NODE, 3, "shutdown");

    @Test
    void every_payload_is_exactly_its_golden_bytes_and_back() {
        assertIsGolden(ANNOUNCE, "announce-v1.txt");
        assertIsGolden(SMALLEST, "announce-smallest-v1.txt");
        assertIsGolden(WITH_GROUP_KEY, "announce-group-key-v1.txt");
        assertIsGolden(HELLO, "hello-v1.txt");
        assertIsGolden(LEAVE, "leave-v1.txt");
    }

    @Test
    void what_a_later_version_adds_is_passed_over() {
        Announce expected = new Announce(
                NODE,
                3,
                7,
                0,
                1_000,
                5_684,
                new Offering(
                        List.of(new NodeView.Capacity(ResourceKind.CORES, 16, 4, 4)),
                        Set.of(NodeFlag.LENDER),
                        Mark.NONE,
                        Mark.NONE));
        assertThat(PayloadCodec.decode(Payload.Type.ANNOUNCE, Golden.read("announce-later-v1.txt")))
                .isEqualTo(new PayloadDecoding.Decoded(expected));
    }

    /** Goodbyes, each with one thing wrong. */
    @ParameterizedTest
    @CsvSource({
        "a3 S 0e6161 00, TRAILING_BYTES",
        "a3 S 0e62 61, TRUNCATED",
        "a4 S 0e6161, TRUNCATED",
        "bf S 0e6161 ff, INDEFINITE",
        "a3 S 0e7f6161ff, INDEFINITE",
        "a3 S 0e780161, NOT_SHORTEST",
        "b803 S 0e6161, NOT_SHORTEST",
        "a3 0150N 021803 0e6161, NOT_SHORTEST",
        "a3 0150N 021900ff 0e6161, NOT_SHORTEST",
        "a3 0150N 021bffffffffffffffff 0e6161, TOO_LARGE",
        "a3 0150N 021b0000000100000000 0e6161, OUT_OF_RANGE",
        "a3 S 0e41 61, WRONG_TYPE",
        "a3 S 0e61ff, NOT_UTF8",
        "a3 S 0ec06161, NOT_ALLOWED",
        "a3 S 18c8f4, NOT_ALLOWED",
        "a3 S 18c8f93c00, NOT_ALLOWED",
        "a3 S 18c8c100, NOT_ALLOWED",
        "a3 S 18c81c, NOT_ALLOWED",
        "a3 0203 0150N 0e6161, KEY_ORDER",
        "a3 0150N 0150N 0e6161, DUPLICATE_KEY",
        "a3 014f00112233445566778899aabbccddee 0203 0e6161, WRONG_LENGTH",
        "a3 015100112233445566778899aabbccddeeff00 0203 0e6161, WRONG_LENGTH",
        "a3 S 0e60, OUT_OF_RANGE",
        "a3 S 0e6141, OUT_OF_RANGE",
        "a3 S 0e7821616161616161616161616161616161616161616161616161616161616161616161, WRONG_LENGTH",
        "a2 S, MISSING_KEY",
        "a0, MISSING_KEY",
        "a4 S 0e6161 18c88181818100, TOO_DEEP",
        "80, WRONG_TYPE",
        "'', TRUNCATED",
    })
    void a_goodbye_with_one_thing_wrong_is_rejected_for_that(String template, CborFault fault) {
        String hex = template.replace("S", SENDER).replace("N", NODE.toString()).replace(" ", "");
        assertThat(PayloadCodec.decode(Payload.Type.LEAVE, HexFormat.of().parseHex(hex)))
                .isEqualTo(new PayloadDecoding.Rejected(fault));
    }

    @Test
    void an_announcement_with_an_impossible_value_is_rejected() {
        String golden = HexFormat.of().formatHex(Golden.read("announce-smallest-v1.txt"));
        for (String edit : List.of(
                "0301 0300", // version 0
                "0518c8 050a", // a period that would be a storm
                "0518c8 051a00ffffff", // a period that would hide a death
                "0601 0600", // port 0
                "0601 061a00010000", // port 65536
                "07a0 07a10183010200", // more free than there is
                "07a0 07a10183020102", // a larger slice than is free
                "0800 080009820048", // a mark cut off
                "07a0 07a1018301")) {
            String bad = golden.replace(edit.split(" ")[0], edit.split(" ")[1]);
            assertThat(bad).isNotEqualTo(golden);
            assertThat(PayloadCodec.decode(Payload.Type.ANNOUNCE, HexFormat.of().parseHex(bad)))
                    .as(edit)
                    .isInstanceOf(PayloadDecoding.Rejected.class);
        }
    }

    @Test
    void a_bomb_of_items_is_refused_at_the_limit() {
        StringBuilder hex = new StringBuilder("a4" + SENDER + "0e6161" + "18c8" + "9864");
        hex.append("00".repeat(100));
        assertThat(PayloadCodec.decode(Payload.Type.LEAVE, HexFormat.of().parseHex(hex)))
                .isInstanceOf(PayloadDecoding.Decoded.class);
        String more = hex.toString().replace("9864", "98a0") + "00".repeat(60);
        assertThat(PayloadCodec.decode(Payload.Type.LEAVE, HexFormat.of().parseHex(more)))
                .isEqualTo(new PayloadDecoding.Rejected(CborFault.TOO_MANY_ITEMS));
    }

    @Test
    void the_largest_payloads_fit_a_sealed_datagram() {
        List<NodeView.Capacity> all = new ArrayList<>();
        for (ResourceKind kind : ResourceKind.values()) {
            all.add(new NodeView.Capacity(kind, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));
        }
        Mark mark = new Mark(Long.MAX_VALUE, -1);
        Announce largest = new Announce(
                NODE,
                0xFFFF_FFFFL,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                ProtocolLimits.MAX_PERIOD_MILLIS,
                65_535,
                new Offering(all, Set.of(NodeFlag.values()), mark, mark));
        Hello hello = new Hello(
                NODE,
                0xFFFF_FFFFL,
                65_535,
                new byte[ProtocolLimits.MAX_CERTIFICATE_BYTES],
                new byte[ProtocolLimits.MAX_DELEGATION_BYTES],
                Hello.Purpose.ASK);
        // Ten kinds that do not exist yet, with 31 bytes each, would still fit.
        assertThat(PayloadCodec.encode(largest).length + 10 * 31).isLessThanOrEqualTo(DatagramSealer.MAX_PAYLOAD_BYTES);
        assertThat(PayloadCodec.encode(hello)).hasSizeLessThanOrEqualTo(DatagramSealer.MAX_PAYLOAD_BYTES);
    }

    @Test
    void a_hundred_thousand_damaged_payloads_throw_nothing() {
        SplittableRandom random = new SplittableRandom(20_261_101);
        List<byte[]> good =
                List.of(PayloadCodec.encode(ANNOUNCE), PayloadCodec.encode(HELLO), PayloadCodec.encode(LEAVE));
        Payload.Type[] types = Payload.Type.values();
        int decoded = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = Damage.of(good.get(random.nextInt(good.size())), random);
            PayloadDecoding decoding = PayloadCodec.decode(types[random.nextInt(types.length)], bytes);
            if (decoding instanceof PayloadDecoding.Decoded what) {
                decoded++;
                // What was accepted without being passed over is written the same way: there is one encoding.
                Payload again = ((PayloadDecoding.Decoded)
                                PayloadCodec.decode(what.payload().type(), PayloadCodec.encode(what.payload())))
                        .payload();
                assertThat(again).isEqualTo(what.payload());
            }
        }
        assertThat(decoded)
                .as("damage that only changes a value is reached too")
                .isGreaterThan(1_000);
    }

    private static void assertIsGolden(Payload payload, String file) {
        byte[] golden = Golden.read(file);
        assertThat(HexFormat.of().formatHex(PayloadCodec.encode(payload)))
                .as(file)
                .isEqualTo(HexFormat.of().formatHex(golden));
        assertThat(PayloadCodec.decode(payload.type(), golden)).isEqualTo(new PayloadDecoding.Decoded(payload));
    }
}
