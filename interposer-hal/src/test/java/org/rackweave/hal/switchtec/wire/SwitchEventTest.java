package org.rackweave.hal.switchtec.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets are those that a compiler gives for the register structures of the maker's open library. */
class SwitchEventTest {
    @ParameterizedTest
    @CsvSource({
        "STACK_ERROR, 0, 1830, 1820",
        "SYSTEM_RESET, 0, 1878, 1820",
        "GPIO_INTERRUPT, 0, 1950, 1820",
        "FABRIC_MANAGER, 0, 1968, 1820",
        "PARTITION_RESET, 0, 4124, 4114",
        "BIND_DONE, 3, 4d6c, 4d14",
        "PORT_AER, 0, 134c10, 134c00",
        "HOT_PLUG, 1, 135c88, 135c00",
        "LINK_STATE, 254, 232d30, 232c00"
    })
    void registersAreWhereTheMakersLibraryHasThem(SwitchEvent event, int index, String header, String summary) {
        assertThat(Integer.toHexString(event.headerOffset(index))).isEqualTo(header);
        assertThat(Integer.toHexString(SwitchEvent.summaryOffset(event.scope(), index)))
                .isEqualTo(summary);
    }

    @Test
    void noTwoEventsShareARegisterOrABit() {
        Set<Object> seen = new HashSet<>();
        for (SwitchEvent event : SwitchEvent.values()) {
            assertThat(seen.add(event.headerOffset(0))).as("%s", event).isTrue();
            assertThat(seen.add(event.scope() + " " + event.mask()))
                    .as("%s", event)
                    .isTrue();
        }
    }

    @Test
    void aHeaderCountsUntilItIsClearedAndKeepsWhatItEnables() {
        int asked = SwitchEvent.afterWrite(0, SwitchEvent.clearedAndNoticed(0b10));
        assertThat(asked).as("log and notice").isEqualTo(0b1010);
        int once = SwitchEvent.occurred(asked, 1);
        assertThat(once).isEqualTo(0x2B);
        assertThat(SwitchEvent.times(once)).isEqualTo(1);
        int storm = SwitchEvent.occurred(once, 100_000);
        assertThat(storm).isEqualTo(0x1FEB);
        assertThat(SwitchEvent.times(storm)).isEqualTo(255);
        assertThat(SwitchEvent.afterWrite(storm, SwitchEvent.noLongerNoticed(storm)))
                .as("it still has occurred")
                .isEqualTo(0x1FE3);
        assertThat(SwitchEvent.afterWrite(storm, SwitchEvent.clearedAndNoticed(storm)))
                .isEqualTo(0b1010);
    }

    @Test
    void aWordIsWrittenAsTheMakersLibraryWritesIt() {
        byte[] bytes = new GasWrite(0x134D30, 0x9).encode();
        assertThat(HexFormat.ofDelimiter(" ").formatHex(bytes))
                .isEqualTo("02 10 00 00 30 4d 13 00 04 00 00 00 09 00 00 00");
        assertThat(GasWrite.decode(bytes)).isEqualTo(new Decoded.Accepted<>(new GasWrite(0x134D30, 0x9)));
        for (int length = 0; length < bytes.length; length++) {
            assertThat(GasWrite.decode(Arrays.copyOf(bytes, length))).isInstanceOf(Decoded.Rejected.class);
        }
        assertThat(GasWrite.decode(Arrays.copyOf(bytes, bytes.length + 1))).isInstanceOf(Decoded.Rejected.class);
        assertThat(GasWrite.decode(new GasRead(0, 4).encode())).isInstanceOf(Decoded.Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-4, 2, 4 << 20})
    void whatIsNoWordOfTheSpaceIsNotWritten(int offset) {
        assertThatThrownBy(() -> new GasWrite(offset, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
