package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.health.ErrorCount;
import org.rackweave.hal.health.LinkHealth;
import org.rackweave.hal.health.MachineHealth;
import org.rackweave.hal.health.PcieErrors;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.PciAddress;

/**
 * What is said of how a machine is, held against its kernel's files by plain means. What a machine lacks is a case of this contract too: it
 * is named, and nothing is made up in its place.
 */
public abstract class TelemetryContract {
    private static final String FUNCTIONS = "sys/bus/pci/devices";
    private static final String MONITORS = "sys/class/hwmon";
    private static final Map<String, Pattern> PARTS = Map.of(
            "/" + MONITORS,
            Pattern.compile("hwmon[0-9]+"),
            "/sys/class/powercap",
            Pattern.compile("[^:]+:.+"),
            "/sys/devices/system/edac/mc",
            Pattern.compile("mc[0-9]+"));
    private static final Pattern READING = Pattern.compile("(?:temp|fan)[0-9]+_input|power[0-9]+_(?:average|input)");
    private static final Pattern SEVERITY = Pattern.compile("aer_dev_(?:correctable|nonfatal|fatal)");

    private Path root;
    private Telemetry telemetry;

    /** Where the file system of the machine is mounted. */
    protected abstract Path root() throws Exception;

    @BeforeEach
    void openIt() throws Exception {
        root = root();
        telemetry = Telemetry.ofDirectory(root);
    }

    @AfterEach
    void closeIt() {
        telemetry.close();
    }

    private List<String> names(String folder, Pattern wanted) throws IOException {
        if (!Files.isDirectory(root.resolve(folder))) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(root.resolve(folder))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(wanted.asMatchPredicate())
                    .sorted()
                    .toList();
        }
    }

    private List<String> functionsThatCount() throws IOException {
        List<String> found = new ArrayList<>();
        for (String function : names(FUNCTIONS, Pattern.compile(".*"))) {
            if (!names(FUNCTIONS + "/" + function, SEVERITY).isEmpty()) {
                found.add(function);
            }
        }
        return found;
    }

    @Test
    void eachFunctionThatCountsErrorsIsThereOnceByItsAddress() throws Exception {
        assertThat(telemetry.read().pcieErrors())
                .extracting(errors -> errors.address().toString())
                .containsExactlyElementsOf(functionsThatCount());
    }

    @Test
    void errorsAreAsManyAsTheKernelCounts() throws Exception {
        for (PcieErrors errors : telemetry.read().pcieErrors()) {
            Path folder = root.resolve(FUNCTIONS).resolve(errors.address().toString());
            assertThat(errors.correctable().map(ErrorCount::total))
                    .isEqualTo(total(folder.resolve("aer_dev_correctable")));
            assertThat(errors.nonfatal().map(ErrorCount::total)).isEqualTo(total(folder.resolve("aer_dev_nonfatal")));
            assertThat(errors.fatal().map(ErrorCount::total)).isEqualTo(total(folder.resolve("aer_dev_fatal")));
        }
    }

    /** The kernel's own sum, in the last line. */
    private static Optional<Long> total(Path attribute) throws IOException {
        if (!Files.exists(attribute)) {
            return Optional.empty();
        }
        String text = Files.readString(attribute).strip();
        return Optional.of(Long.parseLong(text.substring(text.lastIndexOf(' ') + 1)));
    }

    @Test
    void aLookAtErrorsAloneSaysTheSame() {
        assertThat(telemetry.pcieErrors()).isEqualTo(telemetry.read().pcieErrors());
    }

    @Test
    void anotherLookMissesNothingAndNoCountGoesBack() {
        MachineHealth first = telemetry.read();
        MachineHealth second = telemetry.read();
        assertThat(second.links())
                .extracting(LinkHealth::address)
                .isEqualTo(first.links().stream().map(LinkHealth::address).toList());
        assertThat(second.problems()).isEqualTo(first.problems());
        for (PcieErrors before : first.pcieErrors()) {
            PcieErrors after = second.pcieErrors(before.address()).orElseThrow();
            assertThat(after.fatal().map(ErrorCount::total).orElse(0L))
                    .isGreaterThanOrEqualTo(
                            before.fatal().map(ErrorCount::total).orElse(0L));
        }
    }

    @Test
    void eachChannelOfEachMonitorIsASensorUnlessItIsAProblem() throws Exception {
        Set<String> channels = new TreeSet<>();
        for (String monitor : names(MONITORS, PARTS.get("/" + MONITORS))) {
            for (String reading : names(MONITORS + "/" + monitor, READING)) {
                channels.add("/" + MONITORS + "/" + monitor + "/" + reading.substring(0, reading.indexOf('_')));
            }
        }
        MachineHealth health = telemetry.read();
        long unread = channels.stream()
                .filter(channel -> health.problems().stream()
                        .anyMatch(problem -> problem.path().startsWith(channel + "_")))
                .count();
        assertThat(health.sensors()).hasSize((int) (channels.size() - unread));
    }

    @Test
    void whatAMachineLacksIsNamedAndWhatItHasIsNot() throws Exception {
        Set<String> absent = telemetry.read().problems().stream()
                .filter(problem -> problem.kind() == DiscoveryProblem.Kind.NOT_PRESENT)
                .map(DiscoveryProblem::path)
                .collect(Collectors.toSet());
        Set<String> expected = new TreeSet<>();
        for (Map.Entry<String, Pattern> part : PARTS.entrySet()) {
            if (names(part.getKey().substring(1), part.getValue()).isEmpty()) {
                expected.add(part.getKey());
            }
        }
        assertThat(absent).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void eachProblemSaysWhereAndWhat() {
        assertThat(telemetry.read().problems()).allSatisfy(problem -> {
            assertThat(problem.path()).startsWith("/sys/");
            assertThat(problem.meaning()).isNotBlank();
        });
    }

    @Test
    void aLinkIsAFunctionsThatHasOneAndNoVirtualOnes() throws Exception {
        for (LinkHealth link : telemetry.read().links()) {
            Path folder = root.resolve(FUNCTIONS).resolve(link.address().toString());
            assertThat(folder.resolve("current_link_width")).exists();
            assertThat(folder.resolve("physfn")).doesNotExist();
        }
    }

    @Test
    void aFunctionThatIsNotThereReportsNothing() {
        assertThat(telemetry.read().pcieErrors(new PciAddress(0xFFFF, 0xFF, 0x1F, 7)))
                .isEmpty();
    }
}
