package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rackweave.hal.inventory.Inventory;

/** What discovery finds is what the tools that everybody trusts find: on captured machines always, on this one by tag. */
class ToolsAgreeTest {
    private static final Inventory HERE = Discovery.ofDirectory(Path.of("/")).inventory();

    @ParameterizedTest
    @MethodSource("org.rackweave.hal.discovery.CapturedMachine#all")
    void lscpuAgreesOnCapturedMachines(CapturedMachine machine) throws Exception {
        ToolComparison.withLscpu(Discovery.of(machine.tree()).inventory(), machine.said("lscpu.json"));
    }

    @ParameterizedTest
    @MethodSource("org.rackweave.hal.discovery.CapturedMachine#all")
    void lsmemAgreesOnCapturedMachines(CapturedMachine machine) throws Exception {
        ToolComparison.withLsmem(Discovery.of(machine.tree()).inventory(), machine.said("lsmem.json"));
    }

    @ParameterizedTest
    @MethodSource("org.rackweave.hal.discovery.CapturedMachine#all")
    void lspciAgreesOnCapturedMachines(CapturedMachine machine) throws Exception {
        ToolComparison.withLspci(Discovery.of(machine.tree()).inventory(), machine.said("lspci.txt"));
    }

    @Test
    @Tag("tools")
    void lscpuAgreesHere() throws Exception {
        ToolComparison.withLscpu(HERE, output("util-linux", "lscpu", "-J"));
    }

    @Test
    @Tag("tools")
    void lsmemAgreesHere() throws Exception {
        ToolComparison.withLsmem(HERE, output("util-linux", "lsmem", "-J"));
    }

    @Test
    @Tag("tools")
    void lspciAgreesHere() throws Exception {
        ToolComparison.withLspci(HERE, output("pciutils", "lspci", "-vmmk", "-D"));
    }

    private static String output(String debianPackage, String... command) throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
            return text;
        } catch (IOException absent) {
            throw new AssertionError(
                    command[0] + " cannot be run: install the Debian package " + debianPackage
                            + ", or leave out -Ptools",
                    absent);
        }
    }
}
