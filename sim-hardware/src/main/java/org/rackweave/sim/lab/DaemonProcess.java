package org.rackweave.sim.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run of one node's daemon, as a process of its own. */
public final class DaemonProcess {
    private static final Pattern READY = Pattern.compile("(?m)^rackweaved ready node=(\\S+) coap=([0-9]{1,5})$");
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final int port;
    private final Duration startTime;

    private DaemonProcess(String name, Process process, int port, Duration startTime) {
        this.name = name;
        this.process = process;
        this.port = port;
        this.startTime = startTime;
    }

    /** Starts the daemon and returns when it has said that it serves. */
    static DaemonProcess start(
            Distribution distribution, RackLayout layout, String name, Map<String, String> environment)
            throws LabFailure {
        long startNanos = System.nanoTime();
        Path log = nextLog(layout, name);
        // nohup, so that a rack that was left running outlives the terminal that it was started from.
        ProcessBuilder builder = new ProcessBuilder(
                        "nohup",
                        distribution.daemon().toString(),
                        "--config",
                        layout.configuration(name).toString())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException failed) {
            throw new LabFailure("cannot start " + distribution.daemon() + ": " + failed.getMessage(), failed);
        }
        try {
            int port = Await.until("node " + name + " says that it serves", START_LIMIT, () -> ready(process, log));
            return new DaemonProcess(name, process, port, Duration.ofNanos(System.nanoTime() - startNanos));
        } catch (LabFailure failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    private static Path nextLog(RackLayout layout, String name) {
        int run = 1;
        while (Files.exists(log(layout, name, run))) {
            run++;
        }
        return log(layout, name, run);
    }

    private static Path log(RackLayout layout, String name, int run) {
        return layout.node(name).resolve("run-" + run + ".log");
    }

    private static Optional<Integer> ready(Process process, Path log) throws LabFailure {
        try {
            String said = Files.readString(log, StandardCharsets.UTF_8);
            Matcher matcher = READY.matcher(said);
            if (matcher.find()) {
                return Optional.of(Integer.parseInt(matcher.group(2)));
            }
            if (!process.isAlive()) {
                throw new LabFailure("a daemon ended with " + process.exitValue() + " instead of serving: "
                        + said.strip() + " (" + log + ")");
            }
            return Optional.empty();
        } catch (IOException failed) {
            throw new LabFailure("cannot read " + log + ": " + failed.getMessage(), failed);
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    /** Where it answers CoAP over DTLS, on the loopback address. */
    public int port() {
        return port;
    }

    /** From the start of its script to the line that says that it serves. */
    public Duration startTime() {
        return startTime;
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    /** {@code kill -9}. Returns when the process is gone. */
    public void kill() throws LabFailure {
        process.destroyForcibly();
        awaitEnd();
    }

    /** {@code SIGTERM}. Returns when the process is gone; the answer is how long that took. */
    public Duration stop() throws LabFailure {
        long startNanos = System.nanoTime();
        process.destroy();
        awaitEnd();
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private void awaitEnd() throws LabFailure {
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabFailure("node " + name + " (process " + pid() + ") has not ended after "
                        + STOP_LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while node " + name + " ended", interrupted);
        }
    }

    /** For a shutdown hook: no waiting, no failure. */
    void destroyNow() {
        process.destroyForcibly();
    }
}
