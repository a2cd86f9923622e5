package org.rackweave.crypto.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CborReaderTest {
    private static final int LEVELS = 4;

    private static CborReader reader(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return new CborReader(bytes, 0, bytes.length);
    }

    @Test
    void every_kind_of_item_is_written_and_read_back() {
        byte[] written = new CborWriter()
                .tag(18)
                .array(6)
                .truth(true)
                .truth(false)
                .integer(Long.MIN_VALUE)
                .text("ü")
                .bytes(new byte[] {1, 2})
                .map(1)
                .unsigned(24)
                .bytes(new byte[] {3})
                .toBytes();

        CborReader in = new CborReader(written, 0, written.length);

        assertThat(in.tag()).isEqualTo(18);
        in.array(6);
        assertThat(in.truth()).isTrue();
        assertThat(in.truth()).isFalse();
        assertThat(in.integer()).isEqualTo(Long.MIN_VALUE);
        assertThat(in.text(2)).isEqualTo("ü");
        assertThat(in.exactly(2)).containsExactly(1, 2);
        assertThat(in.map()).isEqualTo(1);
        assertThat(in.keyAfter(23)).isEqualTo(24);
        assertThat(in.bytes(9)).containsExactly(3);
        assertThat(in.isCleanlyAtEnd()).isTrue();
        assertThatThrownBy(() -> new CborWriter().unsigned(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "f6, NOT_ALLOWED", // null
        "f8f5, NOT_ALLOWED", // a truth in two bytes
        "f90000, NOT_ALLOWED", // a float
        "00, WRONG_TYPE",
        "c1f5, NOT_ALLOWED",
        "'', TRUNCATED"
    })
    void a_truth_has_two_forms_only(String hex, CborFault fault) {
        CborReader in = reader(hex);

        assertThat(in.truth()).isFalse();
        assertThat(in.fault()).contains(fault);
    }

    @Test
    void the_first_fault_stays_and_everything_after_it_is_zero_or_empty() {
        CborReader in = reader("83 1805 f5 a10001".replace(" ", ""));

        in.array(3);
        assertThat(in.unsigned()).isZero();
        assertThat(in.truth()).isFalse();
        assertThat(in.map()).isZero();
        assertThat(in.text(9)).isEmpty();
        assertThat(in.bytes(9)).isEmpty();
        assertThat(in.exactly(2)).containsExactly(0, 0);
        assertThat(in.nextMajor()).isEqualTo(-1);
        in.requireEnd();
        in.reject(CborFault.OUT_OF_RANGE);

        assertThat(in.fault()).contains(CborFault.NOT_SHORTEST);
        assertThat(in.itemAt()).isEqualTo(1);
        assertThat(in.isCleanlyAtEnd()).isFalse();
    }

    @Test
    void whatever_is_passed_over_is_within_its_bytes_its_levels_and_its_items() {
        SplittableRandom random = new SplittableRandom(20_261_101);
        int passed = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(12)];
            random.nextBytes(bytes);
            CborReader in = new CborReader(bytes, bytes.length);
            in.skip(LEVELS);
            assertThat(in.position()).isLessThanOrEqualTo(bytes.length);
            in.requireEnd();
            if (in.isCleanlyAtEnd()) {
                passed++;
            }
        }
        assertThat(passed).as("some of it is well-formed").isGreaterThan(1_000);

        CborReader deep = reader("8181818100");
        deep.skip(LEVELS);
        assertThat(deep.fault()).contains(CborFault.TOO_DEEP);

        CborReader many = new CborReader(HexFormat.of().parseHex("8400000000"), LEVELS);
        many.skip(LEVELS);
        assertThat(many.fault()).contains(CborFault.TOO_MANY_ITEMS);
    }
}
