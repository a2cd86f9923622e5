package org.rackweave.protocol.coap;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which CoAP runs at an endpoint. DTLS adds two of its own: one that receives, one that computes. */
final class CoapThread {
    private static final Logger LOG = LoggerFactory.getLogger(CoapThread.class);

    /** How long closing waits for what is under way. */
    private static final long CLOSE_MILLIS = 1000;

    private CoapThread() {}

    static ScheduledThreadPoolExecutor start(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        // Most timers are cancelled by an answer long before they are due; they must not wait in memory until then.
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    /** A pool keeps what its tasks throw to itself; our own faults have to be seen. */
    static Runnable loud(Runnable step) {
        return () -> {
            try {
                step.run();
            } catch (RuntimeException e) {
                LOG.error("A step of the CoAP channel failed. Report this.", e);
                throw e;
            }
        };
    }

    /** Runs a last step and waits for it; timers that are due later will not run. */
    static void finish(ScheduledThreadPoolExecutor executor, Runnable last) {
        try {
            executor.submit(last).get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException e) {
            return; // Closed before.
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The last step of closing a CoAP endpoint did not end; closing goes on. Report this.", e);
        }
    }

    static void stop(ScheduledThreadPoolExecutor executor) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
