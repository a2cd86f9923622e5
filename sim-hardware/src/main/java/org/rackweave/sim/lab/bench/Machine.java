package org.rackweave.sim.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.rackweave.sim.lab.Distribution;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;

/** On what a figure was measured. */
final class Machine {
    private Machine() {}

    static List<String> describe(Distribution distribution) throws LabFailure {
        return List.of(
                "machine: " + Runtime.getRuntime().availableProcessors() + " x " + cpu() + ", " + memory(),
                "system:  Linux " + System.getProperty("os.version") + ", Java " + System.getProperty("java.version")
                        + " (" + System.getProperty("java.vm.name") + ")",
                "disk:    " + disk(),
                "commit:  " + commit(distribution));
    }

    private static String cpu() throws LabFailure {
        return lines("/proc/cpuinfo").stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("CPU of unknown model");
    }

    private static String memory() throws LabFailure {
        return lines("/proc/meminfo").stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024 + " MiB")
                .findFirst()
                .orElse("memory of unknown size");
    }

    /** Where the ledgers of a run are: the file system of temporary files. */
    private static String disk() throws LabFailure {
        try {
            var store = Files.getFileStore(Path.of(System.getProperty("java.io.tmpdir")));
            return store.type() + " on " + store.name();
        } catch (IOException failed) {
            throw new LabFailure("cannot look at the disk: " + failed.getMessage(), failed);
        }
    }

    private static String commit(Distribution distribution) throws LabFailure {
        try {
            ProgramRun run = ProgramRun.of(
                    Map.of(), List.of("git", "-C", distribution.home().toString(), "rev-parse", "--short", "HEAD"));
            return run.exitCode() == 0 ? run.output().strip() : "not known: not in a repository";
        } catch (LabFailure noGit) {
            return "not known: " + noGit.getMessage();
        }
    }

    private static List<String> lines(String file) throws LabFailure {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException failed) {
            throw new LabFailure("cannot read " + file + ": " + failed.getMessage(), failed);
        }
    }
}
