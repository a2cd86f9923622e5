package org.rackweave.hal.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.rackweave.hal.inventory.DiscoveryProblem;

/** The host tree that hangs below a folder of the file system: {@code /} for the machine itself. */
public final class DirectoryTree implements HostTree {
    private final Path root;

    public DirectoryTree(Path root) {
        this.root = root;
    }

    @Override
    public Answer<EntryKind> kind(TreePath path) {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(place(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (found.isSymbolicLink()) {
                return new Answer.Given<>(EntryKind.LINK);
            }
            if (found.isDirectory()) {
                return new Answer.Given<>(EntryKind.FOLDER);
            }
            // A pipe or a device would block whoever opens it.
            return found.isRegularFile()
                    ? new Answer.Given<>(EntryKind.FILE)
                    : new Answer.Refused<>(DiscoveryProblem.Kind.UNREADABLE, "neither a file, a folder nor a link");
        } catch (IOException failed) {
            return refusal(failed);
        }
    }

    @Override
    public Answer<String> target(TreePath link) {
        try {
            return new Answer.Given<>(Files.readSymbolicLink(place(link)).toString());
        } catch (IOException failed) {
            return refusal(failed);
        }
    }

    @Override
    public Answer<List<String>> names(TreePath folder, Predicate<String> wanted) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(place(folder))) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (wanted.test(name)) {
                    if (names.size() == DiscoveryLimits.MOST_NAMES) {
                        return new Answer.Refused<>(
                                DiscoveryProblem.Kind.TOO_MANY, "more than " + DiscoveryLimits.MOST_NAMES + " entries");
                    }
                    names.add(name);
                }
            }
        } catch (DirectoryIteratorException failed) {
            return new Answer.Refused<>(DiscoveryProblem.Kind.UNREADABLE, "the list of its entries broke off");
        } catch (IOException failed) {
            return refusal(failed);
        }
        names.sort(null);
        return new Answer.Given<>(List.copyOf(names));
    }

    @Override
    public Answer<byte[]> content(TreePath file) {
        // The length that sysfs tells is a page whatever the file holds, so only reading to the end tells.
        try (InputStream in = Files.newInputStream(place(file))) {
            byte[] bytes = in.readNBytes(DiscoveryLimits.MOST_FILE_BYTES + 1);
            return bytes.length > DiscoveryLimits.MOST_FILE_BYTES
                    ? new Answer.Refused<>(
                            DiscoveryProblem.Kind.TOO_LARGE,
                            "longer than " + DiscoveryLimits.MOST_FILE_BYTES + " bytes")
                    : new Answer.Given<>(bytes);
        } catch (IOException failed) {
            return refusal(failed);
        }
    }

    private Path place(TreePath path) throws IOException {
        try {
            return path.isRoot() ? root : root.resolve(path.value().substring(1));
        } catch (InvalidPathException unwritable) {
            // In the C locale the JDK knows no name outside ASCII, not even one that it has just listed.
            throw new FileSystemException(
                    path.value(), null, "its name cannot be written in this process's character set");
        }
    }

    private static <T> Answer<T> refusal(IOException failed) {
        if (failed instanceof NoSuchFileException || failed instanceof NotDirectoryException) {
            return new Answer.Absent<>();
        }
        if (failed instanceof AccessDeniedException) {
            return new Answer.Refused<>(DiscoveryProblem.Kind.UNREADABLE, "Permission denied");
        }
        // The reason alone, without the path that a file system exception puts before it: a recording made elsewhere
        // must say the same.
        Optional<String> reason = failed instanceof FileSystemException inFileSystem
                ? Optional.ofNullable(inFileSystem.getReason())
                : Optional.ofNullable(failed.getMessage());
        return new Answer.Refused<>(
                DiscoveryProblem.Kind.UNREADABLE,
                reason.orElse(failed.getClass().getSimpleName()));
    }
}
