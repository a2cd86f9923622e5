package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rackweave.hal.inventory.Inventory;

class CaptureTest {
    private static final Path THIS_MACHINE = Path.of("/");

    private static String captured(HostTree tree) throws IOException {
        StringWriter text = new StringWriter();
        Capture.write(tree, "a test", text);
        return text.toString();
    }

    @Test
    void discoveryOfACaptureEqualsDiscoveryOfTheScrubbedMachine() throws Exception {
        Inventory direct =
                Discovery.of(new ScrubbedTree(new DirectoryTree(THIS_MACHINE))).inventory();
        Capture capture = Capture.read(new StringReader(captured(new DirectoryTree(THIS_MACHINE))));
        // What a node has may change from one reading to the next where memory comes and goes with a balloon.
        assertThat(Discovery.of(capture.tree()).inventory())
                .usingRecursiveComparison()
                .ignoringFields("numaNodes.memoryBytes")
                .isEqualTo(direct);
    }

    @ParameterizedTest
    @MethodSource("org.rackweave.hal.discovery.CapturedMachine#all")
    void discoveryOfACaptureOfACaptureIsTheSame(CapturedMachine machine) throws Exception {
        Inventory once = Discovery.of(machine.tree()).inventory();
        Capture again = Capture.read(new StringReader(captured(machine.tree())));
        assertThat(Discovery.of(again.tree()).inventory()).isEqualTo(once);
    }

    @ParameterizedTest
    @MethodSource("org.rackweave.hal.discovery.CapturedMachine#all")
    void discoveryOfAnExpandedCaptureIsTheSame(CapturedMachine machine, @TempDir Path folder) throws Exception {
        ManifestFolder.expand(machine.manifest(), folder);
        assertThat(Discovery.ofDirectory(folder).inventory())
                .isEqualTo(Discovery.of(machine.tree()).inventory());
    }

    @ParameterizedTest
    @MethodSource("org.rackweave.hal.discovery.CapturedMachine#all")
    void everyCaptureNamesHowItsMachineWasMade(CapturedMachine machine) throws Exception {
        assertThat(machine.manifest().remarks().get(0)).startsWith("machine: ").hasSizeGreaterThan(30);
    }

    @Test
    void theCommandWritesACaptureOfThisMachine(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("this.capture");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(errors, true, StandardCharsets.UTF_8);
        assertThat(CaptureCommand.run(new String[] {file.toString(), "this", "machine"}, stream))
                .isZero();
        assertThat(Capture.open(file).remarks()).contains("machine: this machine");
        assertThat(CaptureCommand.run(new String[] {file.toString()}, stream)).isEqualTo(2);
        assertThat(CaptureCommand.run(new String[] {folder.resolve("no/such").toString(), "x"}, stream))
                .isEqualTo(1);
        assertThat(errors.toString(StandardCharsets.UTF_8)).contains("usage:").contains("cannot write");
    }
}
