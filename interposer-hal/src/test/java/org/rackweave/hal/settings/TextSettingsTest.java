package org.rackweave.hal.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.HalException;

class TextSettingsTest {
    private static final Duration USUAL = Duration.ofSeconds(3);
    private static final Duration LEAST = Duration.ofMillis(10);
    private static final Duration MOST = Duration.ofMinutes(1);

    private static TextSettings settings(String value) {
        return new TextSettings("card", Map.of("some", value));
    }

    @Test
    void whatIsNotSetOrBlankIsAsUsual() throws Exception {
        assertThat(settings(" ").text("some")).isEmpty();
        assertThat(settings(" ").number("some", 7, 0, 9)).isEqualTo(7);
        assertThat(settings("1").duration("other", USUAL, LEAST, MOST)).isEqualTo(USUAL);
    }

    @Test
    void bothEndsOfARangeMayBe() throws Exception {
        assertThat(settings("0").number("some", 7, 0, 9)).isZero();
        assertThat(settings(" 9 ").number("some", 7, 0, 9)).isEqualTo(9);
        assertThat(settings("10ms").duration("some", USUAL, LEAST, MOST)).isEqualTo(LEAST);
        assertThat(settings("60s").duration("some", USUAL, LEAST, MOST)).isEqualTo(MOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "-1", "1.5", "nine", "9999999999"})
    void aNumberThatCannotBeIsQuotedWithWhatMayBe(String value) {
        assertThatThrownBy(() -> settings(value).number("some", 7, 0, 9))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("card: open: setting some is \"" + value + "\"")
                .hasMessageContaining("from 0 to 9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9ms", "61s", "5", "5m", "s", "1 s"})
    void aTimeThatCannotBeIsQuotedWithWhatMayBe(String value) {
        assertThatThrownBy(() -> settings(value).duration("some", USUAL, LEAST, MOST))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("\"" + value + "\"")
                .hasMessageContaining("10ms to 60000ms");
    }

    @Test
    void whatNobodyReadIsRefusedWithWhatThereIs() throws Exception {
        TextSettings settings = new TextSettings("card", Map.of("some", "1", "sone", "2"));
        settings.text("some");
        assertThatThrownBy(settings::end)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("unknown setting sone")
                .hasMessageContaining("the settings are some");
        settings.text("sone");
        settings.end();
    }
}
