package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.config.Configuration;
import org.rackweave.config.Parsed;

class SwitchNameTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7:2508, CXL, 192.0.2.7:2508",
        "[::1]:2508, CXL, [::1]:2508",
        "switchtec:192.0.2.8, SWITCHTEC_ETHERNET, switchtec:192.0.2.8:54545",
        "switchtec:192.0.2.8:4000, SWITCHTEC_ETHERNET, switchtec:192.0.2.8:4000",
        "switchtec:[::1], SWITCHTEC_ETHERNET, switchtec:[::1]:54545",
        "/dev/switchtec0, SWITCHTEC_DRIVER, /dev/switchtec0",
        "mctp:1/20, CXL_OF_THIS_MACHINE, mctp:1/20",
        "/sys/bus/pci/devices/0000:0d:00.1, CXL_OF_THIS_MACHINE, /sys/bus/pci/devices/0000:0d:00.1",
        "/dev/cxl/mem0, CXL_OF_THIS_MACHINE, /dev/cxl/mem0"
    })
    void the_form_says_the_family(String text, SwitchName.Kind kind, String written) {
        SwitchName name = named(text);

        assertThat(name.kind()).isEqualTo(kind);
        assertThat(name.text()).isEqualTo(written);
        assertThat(named(written)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nowhere",
                "/dev/mem",
                "mctp:1/300",
                "host:0",
                "host:65536",
                "switchtec:",
                "switchtec:a:b",
                "a b:1"
            })
    void what_names_no_switch_says_which_forms_do(String text) {
        assertThat(SwitchName.parse(text)).isInstanceOf(Parsed.Wrong.class);
        assertThat(((Parsed.Wrong<SwitchName>) SwitchName.parse(text)).advice())
                .contains("HOST:PORT", "switchtec:HOST", "/dev/switchtecN");
    }

    @Test
    void the_configuration_of_a_daemon_names_the_switch_that_it_owns() {
        assertThat(owned("cxl-switch", Map.of("switch", "127.0.0.1:2508")))
                .hasValueSatisfying(name ->
                        assertThat(name.isSameAs(named("localhost:2508"))).isTrue());
        assertThat(owned("switchtec", Map.of("address", "127.0.0.1"))).hasValueSatisfying(name -> {
            assertThat(name.isSameAs(named("switchtec:127.0.0.1"))).isTrue();
            assertThat(name.isSameAs(named("127.0.0.1:54545"))).isFalse();
        });
        assertThat(owned("switchtec", Map.of("device", "/dev/switchtec1"))).contains(named("/dev/switchtec1"));
        assertThat(owned("none", Map.of())).isEmpty();
        assertThat(owned("simulated", Map.of("switch", "127.0.0.1:2508"))).isEmpty();
    }

    @Test
    void of_the_devices_of_a_machine_only_those_of_the_driver_are_switches(@TempDir Path devices) throws Exception {
        assertThat(HwListCommand.driverFiles(devices)).isEmpty();
        for (String file : new String[] {"switchtec1", "switchtec0", "switchtec", "null"}) {
            Files.createFile(devices.resolve(file));
        }
        assertThat(HwListCommand.driverFiles(devices))
                .containsExactly(devices.resolve("switchtec0"), devices.resolve("switchtec1"));
        assertThat(HwListCommand.driverFiles(devices.resolve("none"))).isEmpty();
    }

    private static SwitchName named(String text) {
        return ((Parsed.Value<SwitchName>) SwitchName.parse(text)).value();
    }

    private static Optional<SwitchName> owned(String provider, Map<String, String> settings) {
        return SwitchName.ownedBy(new Configuration.Interposer(provider, settings));
    }
}
