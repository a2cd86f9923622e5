package org.rackweave.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two distributions as they were built. */
class DistributionIT {
    private static final Path LAB = Path.of("target/rackweave-lab").toAbsolutePath();
    private static final Path CARD =
            Path.of("../bmc-daemon/target/rackweave").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    private static ProgramRun run(Map<String, String> environment, Path program, String... arguments)
            throws LabFailure {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return ProgramRun.of(environment, command);
    }

    private static List<Path> jars(Path distribution) throws Exception {
        try (Stream<Path> files = Files.list(distribution.resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    @Test
    void nothingSimulatedIsOnACard() throws Exception {
        for (Path jar : jars(CARD)) {
            try (JarFile file = new JarFile(jar.toFile())) {
                assertThat(file.stream().map(Object::toString))
                        .as(jar.toString())
                        .noneMatch(entry -> entry.startsWith("org/rackweave/sim/"));
            }
        }
        assertThat(CARD.resolve("bin/rackweave-lab")).doesNotExist();
    }

    @Test
    void theLabRunsTheSameJarsAsACard() throws Exception {
        for (Path jar : jars(CARD)) {
            assertThat(LAB.resolve("lib").resolve(jar.getFileName())).hasSameBinaryContentAs(jar);
        }
    }

    @Test
    void noSignatureKeepsAJarOutOfClassDataSharing() throws Exception {
        for (Path jar : jars(LAB)) {
            try (JarFile file = new JarFile(jar.toFile())) {
                assertThat(file.stream().map(Object::toString))
                        .as(jar.toString())
                        .noneMatch(entry -> entry.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)"));
            }
        }
    }

    @Test
    void nativeLibrariesAreThoseOfCardsOnly() throws Exception {
        try (Stream<Path> machines = Files.list(CARD.resolve("lib/native"))) {
            assertThat(machines.map(machine -> machine.getFileName().toString()))
                    .containsExactlyInAnyOrder("x86_64", "aarch64", "arm");
        }
        for (Path jar : jars(CARD)) {
            try (JarFile file = new JarFile(jar.toFile())) {
                assertThat(file.stream().map(Object::toString))
                        .as(jar.toString())
                        .noneMatch(entry -> entry.matches(".*\\.(so|dll|dylib|jnilib|a)"));
            }
        }
    }

    @Test
    void programsStartThroughALinkFromElsewhere() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("rackweave"), CARD.resolve("bin/rackweave"));
        ProgramRun run = run(Map.of(), link, "--version");
        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).startsWith("rackweave ");
        assertThat(run.errors()).isEmpty();
    }

    @Test
    void aMovedDistributionStillStartsWithItsStaleArchives() throws Exception {
        Path moved = folder.resolve("moved to/here");
        Files.createDirectories(moved.getParent());
        assertThat(ProgramRun.of(Map.of(), List.of("cp", "-r", CARD.toString(), moved.toString()))
                        .exitCode())
                .isZero();
        ProgramRun run = run(Map.of(), moved.resolve("bin/rackweave"), "--version");
        assertThat(run.exitCode()).isZero();
        assertThat(run.errors()).isEmpty();
    }

    @Test
    void aJavaHomeWithoutJavaIsSaidToBeSo() throws Exception {
        ProgramRun run = run(Map.of("JAVA_HOME", folder.toString()), CARD.resolve("bin/rackweaved"), "--version");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errors()).contains("JAVA_HOME is " + folder).contains("correct it or unset it");
    }

    @Test
    void anOldJavaIsRefusedWithoutBeingStarted() throws Exception {
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        Files.createDirectories(folder.resolve("bin"));
        Path java = Files.writeString(folder.resolve("bin/java"), "#!/bin/sh\necho started\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProgramRun run = run(Map.of("JAVA_HOME", folder.toString()), CARD.resolve("bin/rackweave"), "--version");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).isEmpty();
        assertThat(run.errors()).contains("is Java 11; Rackweave needs 17 or newer");
    }

    @Test
    void aPathWithoutJavaIsSaidToBeSo() throws Exception {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : new String[] {"sh", "dirname", "basename", "readlink", "sed", "uname"}) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }
        ProgramRun run = ProgramRun.of(
                Map.of(),
                List.of(
                        "/usr/bin/env",
                        "-u",
                        "JAVA_HOME",
                        "PATH=" + tools,
                        CARD.resolve("bin/rackweave").toString(),
                        "--version"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errors()).contains("no java on the PATH");
    }

    @Test
    void bothProgramsHaveAnArchiveOfTheirClasses() {
        for (Path distribution : List.of(CARD, LAB)) {
            assertThat(distribution.resolve("lib/rackweave.jsa")).isNotEmptyFile();
            assertThat(distribution.resolve("lib/rackweaved.jsa")).isNotEmptyFile();
        }
    }
}
