package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.inventory.DiscoveryProblem;

class ManifestTest {
    private static final Manifest EVERY_KIND = new Manifest(
            List.of("machine: made for this test"),
            Map.of(
                    new TreePath("/sys"), new RecordedEntry.Folder(),
                    new TreePath("/sys/link"), new RecordedEntry.Link("../a b\\c"),
                    new TreePath("/sys/lines"), content("one\ntwo\n"),
                    new TreePath("/sys/no line feed"), content("one\n\ntwo"),
                    new TreePath("/sys/empty"), content(""),
                    new TreePath("/sys/blank"), content("\n"),
                    new TreePath("/sys/uml\u00e4ut"), content("gr\u00fcn\n"),
                    new TreePath("/sys/bytes"), new RecordedEntry.Content(new byte[] {0, -1, 13, 10}),
                    new TreePath("/sys/closed"),
                            new RecordedEntry.Refusal(DiscoveryProblem.Kind.UNREADABLE, "Permission denied")));

    private static RecordedEntry content(String text) {
        return new RecordedEntry.Content(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String written(Manifest manifest) throws IOException {
        StringWriter text = new StringWriter();
        ManifestWriter.write(manifest, text);
        return text.toString();
    }

    @Test
    void whatIsWrittenIsReadBackTheSame() throws Exception {
        Manifest read = ManifestReader.read(new StringReader(written(EVERY_KIND)));
        assertThat(read).isEqualTo(EVERY_KIND);
    }

    @Test
    void theFormIsTheDocumentedOne() throws Exception {
        assertThat(written(EVERY_KIND)).isEqualTo("""
                rackweave-capture 1
                # machine: made for this test
                d /sys
                f /sys/blank
                |
                f /sys/bytes
                %00ff0d0a
                x /sys/closed UNREADABLE Permission denied
                f /sys/empty
                f /sys/lines
                |one
                |two
                l /sys/link ../a\\x20b\\x5cc
                f /sys/no\\x20line\\x20feed
                |one
                |
                >two
                f /sys/uml\\xc3\\xa4ut
                |gr\u00fcn
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rackweave-capture 2\n",
                "rackweave-capture 1\n|content without a file\n",
                "rackweave-capture 1\nd /a\n|content of a folder\n",
                "rackweave-capture 1\nd\n",
                "rackweave-capture 1\nd /a/../../b\n",
                "rackweave-capture 1\nd relative\n",
                "rackweave-capture 1\nd /a/\\x2e\\x2e/b\n",
                "rackweave-capture 1\nd /a\\x\n",
                "rackweave-capture 1\nl /a\n",
                "rackweave-capture 1\nx /a UNREADABLE\n",
                "rackweave-capture 1\nx /a NONSENSE why\n",
                "rackweave-capture 1\nf /a\n%0\n",
                "rackweave-capture 1\nf /a\n%zz\n",
                "rackweave-capture 1\nf /a\nf /a\n",
                "rackweave-capture 1\n\n",
                "rackweave-capture 1\nq /a\n"
            })
    void aTextThatIsNoManifestIsRefusedWithItsLine(String text) {
        assertThatThrownBy(() -> ManifestReader.read(new StringReader(text)))
                .isInstanceOf(BadManifestException.class)
                .hasMessageStartingWith("line ");
    }

    @Test
    void anExpandedManifestHoldsItsFilesAndLinks(@TempDir Path folder) throws Exception {
        ManifestFolder.expand(EVERY_KIND, folder);
        assertThat(folder.resolve("sys/lines")).hasContent("one\ntwo\n");
        assertThat(Files.readSymbolicLink(folder.resolve("sys/link"))).hasToString("../a b\\c");
        assertThat(folder.resolve("sys/closed")).doesNotExist();
        assertThatThrownBy(() -> ManifestFolder.expand(EVERY_KIND, folder)).isInstanceOf(IOException.class);
    }

    @Test
    void aManifestCannotWriteThroughALinkOfItsOwn(@TempDir Path folder) throws Exception {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Manifest hostile = new Manifest(
                List.of(),
                Map.of(
                        new TreePath("/a"),
                        new RecordedEntry.Link(outside.toString()),
                        new TreePath("/a/b"),
                        content("written outside")));
        assertThatThrownBy(() -> ManifestFolder.expand(hostile, inside)).isInstanceOf(IOException.class);
        assertThat(outside).isEmptyDirectory();
    }
}
