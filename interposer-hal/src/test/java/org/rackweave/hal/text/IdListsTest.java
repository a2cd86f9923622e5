package org.rackweave.hal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.inventory.IdSet;

class IdListsTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0-3", "0-3,8", "1,3,5-7,1023"})
    void aListThatIsReadIsWrittenTheSameAgain(String text) {
        assertThat(IdLists.parse(text)).map(IdSet::toString).hasValue(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3-0", "1,1", "2,1", "0-", "-3", "a", "0,,1", "0-4294967295", "0-65536"})
    void aListThatMakesNoSenseIsEmpty(String text) {
        assertThat(IdLists.parse(text)).isEmpty();
    }

    @Test
    void distancesArePartedByBlanks() {
        assertThat(IdLists.distances("10 21\n"))
                .hasValueSatisfying(read -> assertThat(read).containsExactly(10, 21));
        assertThat(IdLists.distances("")).isEmpty();
        assertThat(IdLists.distances("10 x")).isEmpty();
    }
}
