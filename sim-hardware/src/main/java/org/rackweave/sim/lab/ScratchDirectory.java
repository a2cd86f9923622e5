package org.rackweave.sim.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories that the lab makes and removes again. */
public final class ScratchDirectory {
    private ScratchDirectory() {}

    /** A new directory, empty, that nobody else may enter. */
    public static Path create(String prefix) throws LabFailure {
        try {
            return Files.createTempDirectory(prefix);
        } catch (IOException failed) {
            throw new LabFailure("cannot make a directory for temporary files: " + failed.getMessage(), failed);
        }
    }

    /** Removes it with all that is in it; what cannot be removed stays, and is told. */
    public static void remove(Path directory) {
        try (Stream<Path> found = Files.walk(directory)) {
            List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException failed) {
            System.err.println("rackweave-lab: " + directory + " is left behind: " + failed.getMessage());
        }
    }
}
