package org.rackweave.hal.discovery;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Lays a manifest out as folders, links and files. */
final class ManifestFolder {
    private ManifestFolder() {}

    static void expand(Manifest manifest, Path folder) throws IOException {
        try (Stream<Path> present = Files.list(folder)) {
            if (present.findAny().isPresent()) {
                throw new DirectoryNotEmptyException(folder.toString());
            }
        }
        for (Map.Entry<TreePath, RecordedEntry> entry : manifest.entries().entrySet()) {
            if (!entry.getKey().isRoot()) {
                lay(folder, entry.getKey(), entry.getValue());
            }
        }
    }

    private static void lay(Path root, TreePath path, RecordedEntry entry) throws IOException {
        Path place = root;
        // Folder by folder, and never through a link: a manifest from a stranger could point one anywhere.
        for (String name : path.parent().value().split("/", -1)) {
            place = name.isEmpty() ? place : ensureFolder(place.resolve(name), path);
        }
        Path leaf = place.resolve(path.name());
        Step step = entry.fold(
                folder -> () -> ensureFolder(leaf, path),
                link -> () -> Files.createSymbolicLink(leaf, Path.of(link.target())),
                content -> () -> Files.write(leaf, content.bytes()),
                refusal -> () -> leaf);
        step.take();
    }

    private static Path ensureFolder(Path place, TreePath wantedFor) throws IOException {
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            return Files.createDirectory(place);
        }
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(wantedFor + " lies below a link or a file of the same capture");
        }
        return place;
    }

    private interface Step {
        Path take() throws IOException;
    }
}
