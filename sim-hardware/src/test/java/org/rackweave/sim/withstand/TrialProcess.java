package org.rackweave.sim.withstand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One run of a program of the distribution. */
final class TrialProcess {
    private static final Pattern READY = Pattern.compile("(?m)^rackweaved ready node=(\\S+) coap=([0-9]{1,5})$");
    private static final Pattern RSS = Pattern.compile("(?m)^VmRSS:\\s+([0-9]+) kB$");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration END_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;
    private final Path errors;

    TrialProcess(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Waits until it says that it serves; returns where it answers. */
    int awaitReady() {
        return Soon.get("a daemon says that it serves", START_LIMIT, () -> {
            Matcher matcher = READY.matcher(said());
            if (matcher.find()) {
                return Optional.of(Integer.parseInt(matcher.group(2)));
            }
            if (!process.isAlive()) {
                throw new AssertionError(
                        "it ended with " + process.exitValue() + " instead of serving: " + complained());
            }
            return Optional.empty();
        });
    }

    Ended awaitEnd() {
        try {
            if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("process " + process.pid() + " has not ended: " + complained());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        return new Ended(process.exitValue(), said(), complained());
    }

    /** {@code kill -9}; returns when it is gone. */
    void kill() {
        destroyNow();
        awaitEnd();
    }

    /** {@code SIGTERM}; returns how long it took to end. */
    Duration terminate() {
        long startNanos = System.nanoTime();
        process.destroy();
        awaitEnd();
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** With its children: {@code faketime} does not become the daemon, it waits for it. */
    void destroyNow() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    String said() {
        return read(output);
    }

    String complained() {
        return read(errors);
    }

    long residentKibibytes() {
        Matcher matcher = RSS.matcher(read(proc().resolve("status")));
        if (!matcher.find()) {
            throw new AssertionError("process " + pid() + " has no resident memory");
        }
        return Long.parseLong(matcher.group(1));
    }

    long openFiles() {
        try (Stream<Path> all = Files.list(proc().resolve("fd"))) {
            return all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its file system as it sees it. */
    Path root() {
        return proc().resolve("root");
    }

    private Path proc() {
        return Path.of("/proc", Long.toString(pid()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
