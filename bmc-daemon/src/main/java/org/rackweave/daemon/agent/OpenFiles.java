package org.rackweave.daemon.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Whether a process has a file open or mapped, as the kernel shows it. */
final class OpenFiles {
    /** What the kernel writes behind the name of a file that is no longer there. */
    private static final String DELETED = " (deleted)";

    private final Path proc;

    /** @param proc where the kernel shows processes */
    OpenFiles(Path proc) {
        this.proc = proc;
    }

    boolean has(long process, Path file) throws ControlException {
        Path shown = proc.resolve(Long.toString(process));
        try {
            return isMapped(shown, file.toString()) || isOpen(shown, file.toString());
        } catch (NoSuchFileException e) {
            // It ended meanwhile.
            return false;
        } catch (IOException e) {
            throw new ControlException(
                    "what process " + process + " has open cannot be read: " + e.getMessage()
                            + "; the agent must run as the same user, or as root",
                    e);
        }
    }

    private static boolean isMapped(Path process, String file) throws IOException {
        return Files.readString(process.resolve("maps"))
                .lines()
                .anyMatch(line -> line.endsWith(" " + file) || line.endsWith(" " + file + DELETED));
    }

    private static boolean isOpen(Path process, String file) throws IOException {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                String name = target(descriptor);
                if (name.equals(file) || name.equals(file + DELETED)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            // It was closed meanwhile.
            return "";
        }
    }
}
