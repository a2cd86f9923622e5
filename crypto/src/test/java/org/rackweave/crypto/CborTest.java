package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.crypto.cbor.CborReader;
import org.rackweave.crypto.cbor.CborWriter;

class CborTest {
    @Test
    void integers_of_every_width_read_back() {
        long[] values = {0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295L, 4_294_967_296L, Long.MAX_VALUE};
        for (long value : values) {
            for (long signed : new long[] {value, -1 - value}) {
                byte[] written = new CborWriter().integer(signed).toBytes();
                CborReader reader = new CborReader(written, 0, written.length);
                assertThat(reader.integer()).isEqualTo(signed);
                assertThat(reader.isCleanlyAtEnd()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1800",
                "1817",
                "190000",
                "1900ff",
                "1a0000ffff",
                "1b00000000ffffffff",
                "1bffffffffffffffff",
                "1c",
                "1f",
                "18",
                "19ff",
                "",
                "20",
                "40",
                "f6",
                "f97e00"
            })
    void an_unsigned_in_another_form_cut_off_or_of_another_type_fails(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        CborReader reader = new CborReader(bytes, 0, bytes.length);

        reader.unsigned();

        assertThat(reader.isCleanlyAtEnd()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"41", "5b7fffffffffffffff00", "5a7fffffff", "5f41004100ff", "5801", "420000ff"})
    void a_byte_string_longer_than_what_is_there_indefinite_or_followed_by_more_fails(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        CborReader reader = new CborReader(bytes, 0, bytes.length);

        reader.bytes();

        assertThat(reader.isCleanlyAtEnd()).isFalse();
    }

    @Test
    void the_smallest_signed_message_is_read() {
        assertThat(CoseSign1.parse(HexFormat.of().parseHex("d28443a10126a04040")))
                .isInstanceOf(Checked.Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "d28444a1012600a04040", // more inside the protected header than its map
                "d28445a201260126a04040", // the same label twice
                "d28443a10126a101264040", // the same label in both headers
                "d28445a203000126a04040", // labels out of order
                "d28446a20126028101a04040", // crit
                "d28443a10126a1186341004040", // an unknown label
                "d28443a10126a161614100" + "4040", // a label that is a text
                "d28443a10126bf044131ff4040", // an indefinite map
                "d28444a1013806a04040" // the algorithm in a longer form than it needs
            })
    void a_signed_message_with_a_header_in_another_form_is_rejected(String hex) {
        assertThat(CoseSign1.parse(HexFormat.of().parseHex(hex)))
                .isIn(Checked.rejected(SealRejection.UNKNOWN_HEADER), Checked.rejected(SealRejection.MALFORMED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "d28443a10126a0f640", // a detached payload
                "d28443a10126a0404000", // one byte too many
                "d28443a10126a040", // cut off
                "d28443a10126a05f41004100ff40", // an indefinite payload
                "d28443a10126a0580040", // a length in a longer form than it needs
                "d28343a10126a040" // three elements
            })
    void a_signed_message_in_another_form_is_rejected(String hex) {
        assertThat(CoseSign1.parse(HexFormat.of().parseHex(hex))).isEqualTo(Checked.rejected(SealRejection.MALFORMED));
    }

    @Test
    void random_bytes_are_rejected_and_never_throw() {
        Random random = new Random(7);
        List<byte[]> beginnings = List.of(
                HexFormat.of().parseHex("d28443a10126"), HexFormat.of().parseHex("d28458"), new byte[] {(byte) 0xd0});
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[6 + random.nextInt(60)];
            random.nextBytes(bytes);
            byte[] beginning = beginnings.get(i % beginnings.size());
            System.arraycopy(beginning, 0, bytes, 0, beginning.length);
            CoseSign1.parse(bytes);
            CoseEncrypt0.parse(bytes);
        }
    }
}
