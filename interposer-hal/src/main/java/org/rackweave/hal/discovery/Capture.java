package org.rackweave.hal.discovery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.text.PciIds;

/**
 * What discovery reads of a machine, kept as a text file that gives the same discovery anywhere. Only what was read is in
 * it. Serial numbers, UUIDs, asset tags and MAC addresses are replaced by made-up ones, and of the PCI ID list only the
 * lines about this machine's functions are kept.
 */
public final class Capture {
    private static final List<String> REMARKS = List.of(
            "scrubbed: serial numbers, UUIDs, asset tags and MAC addresses are made up",
            "excerpt: of the PCI ID list, the lines about this machine's functions");

    private final Manifest manifest;

    private Capture(Manifest manifest) {
        this.manifest = manifest;
    }

    /**
     * Captures the tree below a folder.
     *
     * @param root the tree's root; {@code /} for this machine
     * @param made how the machine came to be, in one line: the emulator's command line, or the make and model
     * @throws IOException when the manifest cannot be written; whatever cannot be read is in the manifest as such
     */
    public static void write(Path root, String made, Writer out) throws IOException {
        write(new DirectoryTree(root), made, out);
    }

    /** Captures any tree. */
    public static void write(HostTree tree, String made, Writer out) throws IOException {
        RecordingTree recording = new RecordingTree(new ScrubbedTree(tree));
        Inventory inventory = Discovery.of(recording).inventory();
        Map<TreePath, RecordedEntry> entries = recording.entries();
        for (String list : PciSource.ID_LISTS) {
            entries.computeIfPresent(
                    new TreePath(list),
                    (path, entry) -> entry.<RecordedEntry>fold(
                            folder -> folder, link -> link, whole -> excerpt(whole, inventory), refusal -> refusal));
        }
        List<String> remarks = new ArrayList<>();
        remarks.add("machine: " + made.replace('\n', ' '));
        remarks.addAll(REMARKS);
        ManifestWriter.write(new Manifest(remarks, entries), out);
    }

    private static RecordedEntry excerpt(RecordedEntry.Content whole, Inventory inventory) {
        String list = new String(whole.bytes(), StandardCharsets.UTF_8);
        return new RecordedEntry.Content(
                PciIds.excerpt(list, inventory.pciFunctions()).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a manifest.
     *
     * @throws BadManifestException when the file is no manifest of this version; says in which line
     * @throws IOException when the file cannot be read or is longer than {@link DiscoveryLimits#MOST_MANIFEST_BYTES}
     */
    public static Capture open(Path manifest) throws BadManifestException, IOException {
        long length = Files.size(manifest);
        if (length > DiscoveryLimits.MOST_MANIFEST_BYTES) {
            throw new IOException(manifest + ": " + length + " bytes, and a capture has at most "
                    + DiscoveryLimits.MOST_MANIFEST_BYTES);
        }
        try (BufferedReader text = Files.newBufferedReader(manifest)) {
            return read(text);
        }
    }

    /** Reads a manifest from any text. */
    public static Capture read(Reader text) throws BadManifestException, IOException {
        return new Capture(ManifestReader.read(text));
    }

    /** The remarks in its head: how the machine was made, and what was left out. */
    public List<String> remarks() {
        return manifest.remarks();
    }

    /** The captured tree, served from memory. */
    public HostTree tree() {
        return new RecordedTree(manifest.entries());
    }

    /**
     * Lays the captured tree out below an empty folder, for tools that want files. What had refused to be read is left
     * out, since a file cannot be made to refuse.
     *
     * @throws IOException when the folder is not empty or cannot be written
     */
    public void expand(Path folder) throws IOException {
        ManifestFolder.expand(manifest, folder);
    }
}
