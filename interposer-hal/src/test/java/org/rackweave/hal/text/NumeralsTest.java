package org.rackweave.hal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumeralsTest {
    @Test
    void decimalNumbersAreReadAndOddOnesAreNot() {
        assertThat(Numerals.decimal("-1")).hasValue(-1);
        assertThat(Numerals.decimal("2147483647")).hasValue(Integer.MAX_VALUE);
        assertThat(Numerals.decimal("2147483648")).isEmpty();
        assertThat(Numerals.decimal("+1")).isEmpty();
        assertThat(Numerals.decimal("1 ")).isEmpty();
        assertThat(Numerals.decimal("")).isEmpty();
        assertThat(Numerals.ordinal("-1")).isEmpty();
    }

    @Test
    void hexadecimalTakesSixtyFourBitsWithOrWithoutItsMark() {
        assertThat(Numerals.hexadecimal("0x1af4")).hasValue(0x1af4);
        assertThat(Numerals.hexadecimal("8000000")).hasValue(0x8000000L);
        assertThat(Numerals.hexadecimal("0xffffffffffffffff")).hasValue(-1L);
        assertThat(Numerals.hexadecimal("0x10000000000000000")).isEmpty();
        assertThat(Numerals.hexadecimal("0x")).isEmpty();
    }

    @Test
    void aNumberOfMoreBitsThanItMayHaveIsRefused() {
        assertThat(Numerals.hexadecimal("0xffff", 16)).hasValue(0xffff);
        assertThat(Numerals.hexadecimal("0x10000", 16)).isEmpty();
        assertThat(Numerals.hexadecimal("0xffffff", 24)).hasValue(0xffffff);
    }

    @Test
    void sizesAreReadInEachOfTheKernelsForms() {
        assertThat(Numerals.byteCount("0x20000000")).hasValue(512L << 20);
        assertThat(Numerals.byteCount("4096")).hasValue(4096);
        assertThat(Numerals.byteCount("0xffffffffffffffff")).isEmpty();
        assertThat(Numerals.byteCount("-1")).isEmpty();
        assertThat(Numerals.byteCount("99999999999999999999")).isEmpty();
        assertThat(Numerals.lettered("32K")).hasValue(32 << 10);
        assertThat(Numerals.lettered("2M")).hasValue(2 << 20);
        assertThat(Numerals.lettered("64")).hasValue(64);
        assertThat(Numerals.lettered("2T")).isEmpty();
        assertThat(Numerals.kibibytes(" 24684092 kB")).hasValue(24684092L << 10);
        assertThat(Numerals.kibibytes("24684092")).isEmpty();
    }

    @Test
    void linkSpeedsAreReadFromOldAndNewKernels() {
        assertThat(Numerals.megatransfers("2.5 GT/s PCIe")).hasValue(2_500);
        assertThat(Numerals.megatransfers("8 GT/s")).hasValue(8_000);
        assertThat(Numerals.megatransfers("64.0 GT/s PCIe")).hasValue(64_000);
        assertThat(Numerals.megatransfers("Unknown")).isEmpty();
        assertThat(Numerals.isUnknown("Unknown speed")).isTrue();
    }
}
