package org.rackweave.sim.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that was run to its end.
 *
 * @param exitCode what it ended with
 * @param output what it wrote to standard output
 * @param errors what it wrote to standard error
 */
public record ProgramRun(int exitCode, String output, String errors) {
    /** The longest that is run is the demo: a minute, and more on a machine that is busy. */
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** Runs a program to its end; one that takes longer than four minutes is killed and is a failure. */
    public static ProgramRun of(Map<String, String> environment, List<String> command) throws LabFailure {
        try {
            Path output = Files.createTempFile("rackweave-lab-", ".out");
            Path errors = Files.createTempFile("rackweave-lab-", ".err");
            try {
                return run(environment, command, output, errors);
            } finally {
                Files.deleteIfExists(output);
                Files.deleteIfExists(errors);
            }
        } catch (IOException failed) {
            throw new LabFailure("cannot run " + command.get(0) + ": " + failed.getMessage(), failed);
        }
    }

    private static ProgramRun run(Map<String, String> environment, List<String> command, Path output, Path errors)
            throws IOException, LabFailure {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabFailure(String.join(" ", command) + " has not ended after " + LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while " + command.get(0) + " ran", interrupted);
        } finally {
            process.destroyForcibly();
        }
        return new ProgramRun(
                process.exitValue(),
                Files.readString(output, StandardCharsets.UTF_8),
                Files.readString(errors, StandardCharsets.UTF_8));
    }

    /** This run, if it ended well. */
    public ProgramRun requireDone(String what) throws LabFailure {
        if (exitCode != 0) {
            throw new LabFailure(what + " ended with " + exitCode + ": " + errors.strip());
        }
        return this;
    }
}
