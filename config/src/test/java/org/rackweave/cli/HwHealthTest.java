package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rackweave hw health} of a machine that is a folder. */
class HwHealthTest {
    private static final String CARD = "sys/bus/pci/devices/0000:3b:00.0/";

    @TempDir
    Path root;

    private final Rig rig = new Rig();

    @BeforeEach
    void aMachineWithACardAndASensor() {
        put(CARD + "class", "0x020000");
        put(CARD + "vendor", "0x8086");
        put(CARD + "device", "0x1572");
        put(CARD + "current_link_width", "8");
        put(CARD + "max_link_width", "8");
        put(CARD + "current_link_speed", "8.0 GT/s PCIe");
        put(CARD + "max_link_speed", "8.0 GT/s PCIe");
        put(CARD + "aer_dev_correctable", "BadTLP 3\nTOTAL_ERR_COR 3");
        put(CARD + "aer_dev_nonfatal", "UnsupReq 0\nTOTAL_ERR_NONFATAL 0");
        put(CARD + "aer_dev_fatal", "DLP 0\nTOTAL_ERR_FATAL 0");
        put("sys/class/hwmon/hwmon0/name", "coretemp");
        put("sys/class/hwmon/hwmon0/temp1_input", "41500");
        put("sys/class/hwmon/hwmon0/temp1_crit", "100000");
        energy(9_000_000);
    }

    private void energy(long microjoules) {
        put("sys/class/powercap/intel-rapl:0/name", "package-0");
        put("sys/class/powercap/intel-rapl:0/energy_uj", String.valueOf(microjoules));
        put("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "10000000");
    }

    private void put(String path, String text) {
        try {
            Files.createDirectories(root.resolve(path).getParent());
            Files.writeString(root.resolve(path), text + "\n");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Rig.Outcome health(String... more) {
        String[] command = Stream.concat(Stream.of("hw", "health", "--root", root.toString()), Stream.of(more))
                .toArray(String[]::new);
        return rig.run(command);
    }

    @Test
    void aMachineThatIsWellSaysSoAndShowsErrorsThatWereCorrected() {
        Rig.Outcome run = health();
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .startsWith("Well: 1 of 1 functions that count errors had some; 1 links, 1 sensors")
                .containsPattern("0000:3b:00.0 +3 +0 +0 +- +BadTLP 3")
                .containsPattern("coretemp/temp1 +- +well +41.5 °C +100.0 °C")
                .doesNotContain("LINK OF");
    }

    @Test
    void anErrorThatWasFatalAndALinkThatLostLanesAreNotWell() {
        put(CARD + "aer_dev_fatal", "DLP 1\nTOTAL_ERR_FATAL 1");
        assertThat(health().exitCode()).isEqualTo(ExitCode.FAILED);
        put(CARD + "aer_dev_fatal", "DLP 0\nTOTAL_ERR_FATAL 0");
        put(CARD + "current_link_width", "4");
        Rig.Outcome run = health();
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).startsWith("Not well").containsPattern("0000:3b:00.0 +narrow +4 +8 +8.0 +8.0");
    }

    @Test
    void whatWasUsedAndWhatGrewIsShownBetweenTwoLooksAlsoOverTheEndOfACounter() {
        rig.withPause(millis -> {
            energy(500_000);
            put(CARD + "aer_dev_correctable", "BadTLP 5\nTOTAL_ERR_COR 5");
        });
        Rig.Outcome run = health("--over", "100s", "--json");
        assertThat(run.out())
                .contains("\"well\": true", "\"milliwatts\": 15", "\"errors\": 2")
                .contains("\"millicelsius\": 41500", "\"limitMillicelsius\": 100000");
    }

    @Test
    void aFolderThatIsNotThereIsSaid() {
        assertThat(rig.run("hw", "health", "--root", root + "/nowhere").err()).contains("this is no directory");
    }
}
