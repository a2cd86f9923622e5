package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rackweave.hal.inventory.CxlBus;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.Inventory;

/** Discovery of trees that no kernel shows: it must end with an inventory and with problems that say why it is poor. */
class OddTreesTest {
    @TempDir
    Path root;

    @Test
    void anEmptyTreeHasNothingButProblems() {
        Inventory inventory = Discovery.ofDirectory(root).inventory();
        assertThat(inventory.pciFunctions()).isEmpty();
        assertThat(inventory.cxl()).isEqualTo(CxlBus.NONE);
        assertThat(inventory.cpus().packages()).isEmpty();
        assertThat(inventory.memory().totalBytes()).isEmpty();
        assertThat(inventory.problems())
                .extracting(DiscoveryProblem::path)
                .contains("/sys/bus/pci/devices", "/sys/bus/cxl/devices", "/proc/meminfo");
    }

    @Test
    void aRootThatDoesNotExistIsAnEmptyTree() {
        assertThat(Discovery.ofDirectory(root.resolve("absent")).inventory())
                .isEqualTo(Discovery.ofDirectory(root).inventory());
    }

    @Test
    void aFunctionWithAnOddNumberIsLeftOutAndNamed() throws Exception {
        Path function = Files.createDirectories(root.resolve("sys/bus/pci/devices/0000:00:01.0"));
        Files.writeString(function.resolve("class"), "0x020000\n");
        Files.writeString(function.resolve("vendor"), "0x1af4\n");
        Files.writeString(function.resolve("device"), "fish\n");
        Inventory inventory = Discovery.ofDirectory(root).inventory();
        assertThat(inventory.pciFunctions()).isEmpty();
        assertThat(inventory.problems()).anySatisfy(problem -> assertThat(problem)
                .isEqualTo(new DiscoveryProblem(
                        DiscoveryProblem.Kind.MALFORMED,
                        "/sys/bus/pci/devices/0000:00:01.0/device",
                        "not understood, so left out: \"fish\"")));
    }

    /** Each file in turn holds nonsense, then is gone: whatever breaks, discovery ends and the rest is still there. */
    @ParameterizedTest
    @MethodSource("org.rackweave.hal.discovery.CapturedMachine#all")
    void noSingleBrokenFileEndsDiscovery(CapturedMachine machine) throws Exception {
        Map<TreePath, RecordedEntry> whole = machine.manifest().entries();
        long seed = 20261121;
        Random random = new Random(seed);
        for (TreePath path : whole.keySet()) {
            // Every file on small machines, one in thirty on large ones: the files of one folder are much alike.
            if (whole.size() < 300 || random.nextInt(30) == 0) {
                byte[] nonsense = new byte[random.nextInt(40)];
                random.nextBytes(nonsense);
                Map<TreePath, RecordedEntry> broken = new HashMap<>(whole);
                broken.put(path, new RecordedEntry.Content(nonsense));
                Discovery.of(new RecordedTree(broken)).inventory();
                broken.put(path, new RecordedEntry.Link("../../nowhere/" + path.name()));
                Discovery.of(new RecordedTree(broken)).inventory();
                broken.put(path, new RecordedEntry.Refusal(DiscoveryProblem.Kind.UNREADABLE, "Input/output error"));
                Inventory refused = Discovery.of(new RecordedTree(broken)).inventory();
                assertThat(refused.problems())
                        .as("%s refused, seed %d", path, seed)
                        .isNotEmpty();
                broken.remove(path);
                Discovery.of(new RecordedTree(broken)).inventory();
            }
        }
    }
}
