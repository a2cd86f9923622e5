package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.nativelinux.KernelErrors;

class SysfsFolderTest {
    private static final Duration SOON = Duration.ofMillis(50);

    @TempDir
    Path root;

    private SysfsFolder folder;

    @BeforeEach
    void open() throws Exception {
        folder = new SysfsFolder(root, KernelErrors.ofThisProcess());
        Files.writeString(root.resolve("attribute"), " 0x1000\n");
        Files.createSymbolicLink(root.resolve("link"), Path.of("attribute"));
        Files.createFile(root.resolve("mem10"));
        Files.createFile(root.resolve("mem9"));
    }

    @AfterEach
    void close() {
        folder.close();
    }

    @Test
    void whatIsThereIsReadAndWhatIsNotIsAbsent() throws Exception {
        assertThat(folder.text("/attribute")).contains("0x1000");
        assertThat(folder.place("/link")).contains("/attribute");
        assertThat(folder.names("/", Pattern.compile("mem[0-9]+"))).containsExactly("mem9", "mem10");
        assertThat(folder.text("/absent")).isEmpty();
        assertThat(folder.place("/absent")).isEmpty();
        assertThat(folder.names("/absent", Pattern.compile(".*"))).isEmpty();
        assertThat(folder.text("/attribute/below")).isEmpty();
        assertThat(folder.place("/attribute/below")).isEmpty();
        assertThat(folder.names("/attribute", Pattern.compile(".*"))).isEmpty();
    }

    @Test
    void aValueReplacesALongerOne() throws Exception {
        folder.write("/attribute", "1", SOON);
        assertThat(Files.readString(root.resolve("attribute"))).isEqualTo("1\n");
    }

    @Test
    void anAttributeThatIsNotThereIsNotMade() {
        assertThatThrownBy(() -> folder.write("/absent", "1", SOON))
                .asInstanceOf(type(KernelRefusal.class))
                .extracting(KernelRefusal::reason)
                .isEqualTo(KernelRefusal.Reason.ABSENT);
        assertThat(root.resolve("absent")).doesNotExist();
    }

    /** These devices say no to every write, so that the kernel's own words are what is named. */
    @Test
    void refusalsOfTheKernelHaveTheirNames() throws Exception {
        SysfsFolder machine = new SysfsFolder(Path.of("/"), KernelErrors.ofThisProcess());
        try {
            assertThatThrownBy(() -> machine.write("/dev/full", "1", SOON))
                    .hasMessageContaining("ENOSPC")
                    .asInstanceOf(type(KernelRefusal.class))
                    .extracting(KernelRefusal::reason)
                    .isEqualTo(KernelRefusal.Reason.NO_ROOM);
            assertThatThrownBy(() -> machine.write("/proc/self/oom_score_adj", "no number", SOON))
                    .hasMessageContaining("EINVAL")
                    .asInstanceOf(type(KernelRefusal.class))
                    .extracting(KernelRefusal::reason)
                    .isEqualTo(KernelRefusal.Reason.INVALID);
        } finally {
            machine.close();
        }
    }

    /** A pipe that nobody empties is what an attribute is that never comes back. */
    @Test
    void aWriteThatDoesNotComeBackIsToldToStop() throws Exception {
        Process pipe = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start();
        assertThat(pipe.waitFor()).isZero();
        // Opened for both, so that opening does not wait, and nobody reads.
        Process holder = new ProcessBuilder("sh", "-c", "exec 3<>pipe; exec sleep 60")
                .directory(root.toFile())
                .start();
        try {
            assertThatThrownBy(() -> folder.write("/pipe", "x".repeat(200_000), SOON))
                    .asInstanceOf(type(KernelRefusal.class))
                    .extracting(KernelRefusal::reason)
                    .isEqualTo(KernelRefusal.Reason.STOPPED);
            folder.write("/attribute", "1", SOON);
        } finally {
            holder.destroyForcibly();
        }
    }

    /** A pipe that nobody fills is what an attribute is whose device hangs. */
    @Test
    void aReadingThatDoesNotComeBackIsGivenUp() throws Exception {
        Process pipe = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start();
        assertThat(pipe.waitFor()).isZero();
        Process holder = new ProcessBuilder("sh", "-c", "exec 3<>pipe; exec sleep 60")
                .directory(root.toFile())
                .start();
        SysfsFolder impatient = new SysfsFolder(root, KernelErrors.ofThisProcess(), SOON);
        try {
            assertThatThrownBy(() -> impatient.text("/pipe"))
                    .hasMessageContaining("not answered within 50 ms")
                    .asInstanceOf(type(KernelRefusal.class))
                    .extracting(KernelRefusal::reason)
                    .isEqualTo(KernelRefusal.Reason.FAULT);
            assertThat(impatient.text("/attribute")).contains("0x1000");
        } finally {
            impatient.close();
            holder.destroyForcibly();
        }
    }
}
