package org.rackweave.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTextTest {
    @ParameterizedTest
    @CsvSource({"0,0", "0B,0", "1B,1", "16GiB,17179869184", "512 MiB,536870912", "8191PiB,9222246136947933184"})
    void sizesAreRead(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(new Parsed.Value<>(bytes));
        assertThat(ByteSize.parse(ByteSize.format(bytes))).isEqualTo(new Parsed.Value<>(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "16",
                "16GB",
                "16G",
                "16gib",
                "1.5GiB",
                "-1MiB",
                "8192PiB",
                "99999999999999999999B",
                "GiB",
                "1 2MiB",
                "1MiB!"
            })
    void whatIsNoSizeIsRefusedWithAdvice(String text) {
        assertThat(ByteSize.parse(text)).isInstanceOfSatisfying(Parsed.Wrong.class, wrong -> assertThat(wrong.advice())
                .isNotBlank());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "200ms,200", "15m,900000", "1h30m,5400000", "7d,604800000", "1d 2h,93600000", "1s500ms,1500"})
    void timesAreRead(String text, long millis) {
        assertThat(TimeSpan.parse(text)).isEqualTo(new Parsed.Value<>(millis));
        assertThat(TimeSpan.parse(TimeSpan.format(millis))).isEqualTo(new Parsed.Value<>(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "15",
                "15min",
                "30m1h",
                "1h1h",
                "1.5h",
                "-1s",
                "m",
                "999999999999999999d",
                "99999999999999999999s",
                "15M"
            })
    void whatIsNoTimeIsRefusedWithAdvice(String text) {
        assertThat(TimeSpan.parse(text)).isInstanceOfSatisfying(Parsed.Wrong.class, wrong -> assertThat(wrong.advice())
                .isNotBlank());
    }

    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "12,12ms",
        "999,999ms",
        "1999,1s",
        "60000,1m",
        "892000,14m52s",
        "3600000,1h",
        "5400000,1h30m",
        "90061000,1d1h",
        "-1500,-1s"
    })
    void timesAreRoundedForPeople(long millis, String text) {
        assertThat(TimeSpan.rough(millis)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "a*,abc,true",
        "*c,abc,true",
        "a?c,abc,true",
        "a?c,ac,false",
        "*,'',true",
        "a*b*c,aXbYbZc,true",
        "a*b*c,aXbYbZ,false"
    })
    void globsMatchTheWholeKey(String glob, String key, boolean matches) {
        assertThat(new KeyGlob(glob).matches(key)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"min-term,minTerm", "mintrem,minTerm", "maxTerm,maxTerm", "zzz,"})
    void theNearestWordIsFound(String written, String meant) {
        assertThat(NearestWord.among(java.util.List.of("minTerm", "maxTerm"), written)
                        .orElse(null))
                .isEqualTo(meant);
    }
}
