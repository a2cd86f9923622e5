package org.rackweave.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PolicyTextTest {
    private static final String A = "a0".repeat(16);
    private static final String B = "b0".repeat(16);
    private static final String C = "c0".repeat(16);

    private static PolicyDocument sound(String text) {
        PolicyText.Reading reading = PolicyText.read("p", text);
        assertThat(reading).isInstanceOf(PolicyText.Reading.Sound.class);
        return ((PolicyText.Reading.Sound) reading).policy();
    }

    private static List<String> problems(String text) {
        PolicyText.Reading reading = PolicyText.read("p", text);
        assertThat(reading).isInstanceOf(PolicyText.Reading.Faulty.class);
        return ((PolicyText.Reading.Faulty) reading)
                .problems().stream().map(ConfigurationProblem::toString).toList();
    }

    @Test
    void the_line_that_names_more_holds() {
        PolicyDocument policy = sound("""
                version 3   # of the lab
                quota memory 64GiB for %1$s at %2$s
                quota memory 16GiB
                quota memory 24GiB at %2$s
                quota memory 32GiB for %1$s

                floor memory 8GiB
                floor memory 1GiB at %2$s
                floor cores 2 at %2$s
                cap 5
                cap 9 for %1$s
                reservations 16
                reservations 4 at %2$s
                """.formatted(A, B));

        assertThat(policy.version()).isEqualTo(3);
        assertThat(policy.quota("memory", A, B)).isEqualTo(OptionalLong.of(64L << 30));
        assertThat(policy.quota("memory", A, C)).isEqualTo(OptionalLong.of(32L << 30));
        assertThat(policy.quota("memory", C, B)).isEqualTo(OptionalLong.of(24L << 30));
        assertThat(policy.quota("memory", B, C)).isEqualTo(OptionalLong.of(16L << 30));
        assertThat(policy.quota("cores", A, B)).isEmpty();
        assertThat(policy.floor("memory", B)).isEqualTo(1L << 30);
        assertThat(policy.floor("memory", C)).isEqualTo(8L << 30);
        assertThat(policy.floor("cores", C)).isZero();
        assertThat(policy.cap(A)).isEqualTo(OptionalLong.of(9));
        assertThat(policy.cap(B)).isEqualTo(OptionalLong.of(5));
        assertThat(policy.reservations(A)).isEqualTo(OptionalInt.of(16));
        assertThat(policy.reservations(B)).isEqualTo(OptionalInt.of(4));
        assertThat(sound("version 1").reservations(B)).isEmpty();
        assertThat(sound("version 1").cap(B)).isEmpty();
    }

    @Test
    void all_that_is_wrong_is_found_at_once_with_its_line() {
        assertThat(problems("""
                cpa 5
                cap 10
                floor memroy 8GiB
                floor memory 8GB
                floor cores two
                quota memory 1GiB for %1$s for %1$s
                quota memory 1GiB for
                cap 4 for A!
                """.formatted(A)))
                .satisfiesExactly(
                        line -> assertThat(line).contains("p:1:1", "'cpa'", "write 'cap'"),
                        line -> assertThat(line).contains("p:2:1", "0 to 9"),
                        line -> assertThat(line).contains("p:3:1", "'memroy'", "write 'memory'"),
                        line -> assertThat(line).contains("p:4:1", "8GB"),
                        line -> assertThat(line).contains("p:5:1", "'two'"),
                        line -> assertThat(line).contains("p:6:1", "quota"),
                        line -> assertThat(line).contains("p:7:1", "quota"),
                        line -> assertThat(line).contains("p:8:1", "'A!'"),
                        line -> assertThat(line).contains("p: says no version"));
    }

    @Test
    void two_lines_about_the_same_are_refused() {
        assertThat(problems("version 1\nversion 2\ncap 5\ncap 6\nfloor cores 1\nfloor cores 1"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("p:2:1", "in line 1"),
                        line -> assertThat(line).contains("p:4:1", "in line 3"),
                        line -> assertThat(line).contains("p:6:1", "in line 5"));
    }

    @Test
    void nobody_may_be_forbidden_to_reserve_or_allowed_without_end() {
        assertThat(problems("version 1\nreservations 0\nreservations 4097\nreservations\nreservations 4 for " + A
                        + "\nreservations 4\nreservations 5"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("p:2:1", "1 to 4096", "write such as 'reservations 16'"),
                        line -> assertThat(line).contains("p:3:1", "1 to 4096"),
                        line -> assertThat(line).contains("p:4:1", "1 to 4096"),
                        line -> assertThat(line).contains("p:5:1", "1 to 4096"),
                        line -> assertThat(line).contains("p:7:1", "in line 6"));
    }

    @Test
    void a_version_that_is_none_is_one_problem() {
        assertThat(problems("version x")).hasSize(1);
    }
}
