package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.inventory.DiscoveryProblem;

class TreesTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(strings = {"", "sys", "/sys/", "//", "/a//b", "/a/./b", "/../etc", "/a\0b"})
    void aPathThatCouldLeaveItsTreeIsRefused(String path) {
        assertThatThrownBy(() -> new TreePath(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLinkIsFollowedWithinTheTreeEvenWhenItIsAbsoluteOrClimbsAboveTheRoot() throws IOException {
        Files.createDirectories(root.resolve("real/deep"));
        Files.writeString(root.resolve("real/deep/file"), "here");
        Files.createSymbolicLink(root.resolve("absolute"), Path.of("/real/deep"));
        Files.createSymbolicLink(root.resolve("climbing"), Path.of("../../../../real"));
        LinkFollower follower = new LinkFollower(new DirectoryTree(root));
        assertThat(follower.follow(new TreePath("/absolute/file")).value()).hasValue(new TreePath("/real/deep/file"));
        assertThat(follower.follow(new TreePath("/climbing/deep")).value()).hasValue(new TreePath("/real/deep"));
        assertThat(follower.follow(new TreePath("/absolute/etc")).value()).isEmpty();
    }

    @Test
    void linksInACircleAreAProblemAndNotALoop() throws IOException {
        Files.createSymbolicLink(root.resolve("a"), Path.of("b"));
        Files.createSymbolicLink(root.resolve("b"), Path.of("a"));
        Problems problems = new Problems();
        assertThat(new TreeReader(new DirectoryTree(root), problems).text("/a")).isEmpty();
        assertThat(problems.asMet())
                .extracting(DiscoveryProblem::kind)
                .containsExactly(DiscoveryProblem.Kind.MALFORMED);
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void aPipeIsRefusedAndNotWaitedFor() throws Exception {
        Process made = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start();
        assertThat(made.waitFor()).as("mkfifo of coreutils").isZero();
        Problems problems = new Problems();
        assertThat(new TreeReader(new DirectoryTree(root), problems).text("/pipe"))
                .isEmpty();
        assertThat(problems.asMet())
                .extracting(DiscoveryProblem::kind)
                .containsExactly(DiscoveryProblem.Kind.UNREADABLE);
    }

    @Test
    void aFileThatIsTooLongIsAProblem() throws IOException {
        Files.write(root.resolve("long"), new byte[DiscoveryLimits.MOST_FILE_BYTES + 1]);
        Problems problems = new Problems();
        assertThat(new TreeReader(new DirectoryTree(root), problems).text("/long"))
                .isEmpty();
        assertThat(problems.asMet())
                .extracting(DiscoveryProblem::kind)
                .containsExactly(DiscoveryProblem.Kind.TOO_LARGE);
    }

    @Test
    void problemsAreKeptOnceAndOnlySoMany() {
        Problems problems = new Problems();
        for (int at = 0; at < 3 * DiscoveryLimits.MOST_PROBLEMS; at++) {
            problems.add(DiscoveryProblem.Kind.MISSING, "/a", "twice the same");
            problems.add(DiscoveryProblem.Kind.MISSING, "/" + at, "each once");
        }
        assertThat(problems.asMet()).hasSize(DiscoveryLimits.MOST_PROBLEMS + 1);
        assertThat(problems.asMet().get(DiscoveryLimits.MOST_PROBLEMS).kind())
                .isEqualTo(DiscoveryProblem.Kind.TOO_MANY);
    }

    @Test
    void numbersOfOneMachineAreReplacedAlikeAndStayApart() {
        HostTree scrubbed = new ScrubbedTree(new RecordedTree(Map.of(
                new TreePath("/sys/devices/virtual/dmi/id/product_serial"), text("ABC-123\n"),
                new TreePath("/sys/devices/x/mem0/serial"), text("0xaaaa0001\n"),
                new TreePath("/sys/devices/x/mem1/serial"), text("0xaaaa0002\n"),
                new TreePath("/sys/devices/x/mem2/serial"), text("0xaaaa0001\n"),
                new TreePath("/sys/devices/x/mem3/serial"), text("0x0\n"),
                new TreePath("/sys/net"), text("de:ad:be:ef:00:01 at 0000:00:1f.3\n"),
                new TreePath("/sys/uuid"), text("11223344-5566-7788-99aa-bbccddeeff00\n"),
                new TreePath("/proc/cpuinfo"), text("processor\t: 0\nSerial\t\t: 00000000deadbeef\n"))));
        assertThat(read(scrubbed, "/sys/devices/virtual/dmi/id/product_serial")).doesNotContain("ABC");
        assertThat(read(scrubbed, "/sys/devices/x/mem0/serial"))
                .isEqualTo(read(scrubbed, "/sys/devices/x/mem2/serial"))
                .isNotEqualTo(read(scrubbed, "/sys/devices/x/mem1/serial"))
                .startsWith("0x")
                .doesNotContain("aaaa");
        assertThat(read(scrubbed, "/sys/devices/x/mem3/serial")).isEqualTo("0x0\n");
        assertThat(read(scrubbed, "/sys/net")).doesNotContain("de:ad").endsWith("at 0000:00:1f.3\n");
        assertThat(read(scrubbed, "/sys/uuid")).doesNotContain("11223344");
        assertThat(read(scrubbed, "/proc/cpuinfo"))
                .doesNotContain("deadbeef")
                .startsWith("processor\t: 0\nSerial\t\t: ");
    }

    private static RecordedEntry text(String text) {
        return new RecordedEntry.Content(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(HostTree tree, String path) {
        return tree.content(new TreePath(path))
                .value()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElseThrow();
    }
}
