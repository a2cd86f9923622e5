package org.rackweave.hal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HardwareSliceTest {
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    @Test
    void theNameOfAConfigurationIsAFileNameThatStaysInItsFolder() {
        for (String name : Set.of("aes-gcm-v2.bit", "A", "9.1+dfsg_1", "x".repeat(64))) {
            assertThat(slice(Set.of(name)).configurations()).containsExactly(name);
        }
        for (String name : Set.of("", ".", "..", "../evil", "a/b", "a b", "-rf", "x".repeat(65), "a\n")) {
            assertThatThrownBy(() -> slice(Set.of(name)))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("configuration");
            assertThatThrownBy(() -> new LoadedConfiguration(name, DIGEST))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aSliceHasNoMoreConfigurationsThanALenderCanShow() {
        assertThat(slice(names(16)).configurations()).hasSize(16);
        assertThatThrownBy(() -> slice(names(17))).hasMessageContaining("more than 16");
    }

    @Test
    void aDigestIsWholeAndInLowerCase() {
        assertThat(new LoadedConfiguration("a", DIGEST).digest()).isEqualTo(DIGEST);
        for (String digest : Set.of("", DIGEST.substring(1), DIGEST + "0", DIGEST.replace('a', 'A'))) {
            assertThatThrownBy(() -> new LoadedConfiguration("a", digest))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("digest");
        }
    }

    private static Set<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "c" + i).collect(Collectors.toSet());
    }

    private static HardwareSlice slice(Set<String> configurations) {
        return new HardwareSlice(
                "acc0",
                SliceKind.ACCELERATOR,
                1,
                Set.of(),
                ForcedEnd.TOLERATED,
                Fence.HARDWARE_EPOCH,
                HardwarePlace.UNKNOWN,
                configurations);
    }
}
