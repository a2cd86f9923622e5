package org.rackweave.sim.machines;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.rackweave.sim.lab.LabFailure;

/**
 * A process that the kernel kills when this one ends, however it ends: its command begins with {@code setpriv --pdeathsig KILL}.
 * The kernel means the <em>thread</em> that started it, so that one is kept until the process has ended.
 */
final class OwnedProcess {
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private final Process process;

    private OwnedProcess(Process process) {
        this.process = process;
    }

    static OwnedProcess start(ProcessBuilder builder) throws IOException {
        CompletableFuture<Process> started = new CompletableFuture<>();
        Thread parent = new Thread(
                () -> keep(builder, started), "owner of " + builder.command().get(0));
        parent.setDaemon(true);
        parent.start();
        try {
            return new OwnedProcess(started.join());
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e);
        }
    }

    private static void keep(ProcessBuilder builder, CompletableFuture<Process> started) {
        try {
            Process process = builder.start();
            started.complete(process);
            process.waitFor();
        } catch (IOException e) {
            started.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Process process() {
        return process;
    }

    /** Its exit code; one that takes longer is a failure. */
    int awaitEnd(Duration limit) throws LabFailure {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabFailure(name() + " has not ended after " + limit.toSeconds() + " s");
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while " + name() + " ran", interrupted);
        }
    }

    /** Returns when it is gone. */
    void kill() throws LabFailure {
        process.destroyForcibly();
        awaitEnd(KILL_LIMIT);
    }

    private String name() {
        return "process " + process.pid();
    }
}
