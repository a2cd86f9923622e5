package org.rackweave.sim.interposer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;

class InProcessInterposerTest extends InterposerContract {
    private Optional<Interposer> hardware = Optional.empty();

    @Override
    protected Interposer open() throws HalException {
        if (hardware.isEmpty()) {
            hardware = Optional.of(new InProcessInterposerProvider().open("b", Map.of("slices", "3")));
        }
        return hardware.get();
    }

    @Test
    void theProviderIsFoundByTheWordThatTheConfigurationUses() {
        assertThat(ServiceLoader.load(InterposerProvider.class))
                .anySatisfy(provider -> assertThat(provider.name()).isEqualTo("simulated-in-process"));
    }

    @Test
    void aSettingThatIsWrongIsNamedWithWhatIsRight() {
        for (Map<String, String> wrong : java.util.List.of(
                Map.<String, String>of(),
                Map.of("slices", "0"),
                Map.of("slices", "4097"),
                Map.of("slices", "many"),
                Map.of("slices", "4", "rackDir", "/tmp"))) {
            assertThatThrownBy(() -> new InProcessInterposerProvider().open("b", wrong))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("slices")
                    .hasMessageContaining("4096");
        }
    }
}
