package org.rackweave.sim.machines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;

/** A disk with a copy of a directory: what a guest is given beside its image, which is the same for all. */
final class FilesDisk {
    /** What ext4 takes for itself of a small disk, and more. */
    private static final long OWN_BYTES = 32L << 20;

    private static final long BLOCK_BYTES = 4096;

    private FilesDisk() {}

    static Path make(Path files, Path disk) throws LabFailure, IOException {
        long kibibytes = (OWN_BYTES + 2 * bytesOf(files)) >> 10;
        ProgramRun.of(
                        Map.of("PATH", System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin"),
                        List.of(
                                "env",
                                "mke2fs",
                                "-q",
                                "-F",
                                "-t",
                                "ext4",
                                "-O",
                                "^has_journal",
                                "-d",
                                files.toString(),
                                disk.toString(),
                                kibibytes + "k"))
                .requireDone("mke2fs");
        return disk;
    }

    private static long bytesOf(Path files) throws IOException {
        long bytes = 0;
        try (Stream<Path> all = Files.walk(files)) {
            for (Path path : all.toList()) {
                bytes += Files.size(path) + BLOCK_BYTES;
            }
        }
        return bytes;
    }
}
