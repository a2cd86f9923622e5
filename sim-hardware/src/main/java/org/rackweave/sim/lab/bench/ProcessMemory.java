package org.rackweave.sim.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rackweave.sim.lab.LabFailure;

/**
 * What the kernel says of a process's memory.
 *
 * @param residentBytes VmRSS: all pages that are mapped and present, shared ones too
 * @param proportionalBytes PSS: the same, each shared page divided by how many share it
 */
record ProcessMemory(long residentBytes, long proportionalBytes) {
    static ProcessMemory of(long pid) throws LabFailure {
        return new ProcessMemory(field(pid, "status", "VmRSS:"), field(pid, "smaps_rollup", "Pss:"));
    }

    private static long field(long pid, String file, String name) throws LabFailure {
        Path path = Path.of("/proc", Long.toString(pid), file);
        try {
            return Files.readAllLines(path).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElseThrow(() -> new LabFailure(path + " says nothing of " + name));
        } catch (IOException failed) {
            throw new LabFailure("cannot read " + path + ": " + failed.getMessage(), failed);
        }
    }
}
