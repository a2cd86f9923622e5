package org.rackweave.protocol.coap;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The one thread on which CoAP runs at an endpoint. DTLS adds two of its own: one that receives, one that computes. */
final class CoapThread {
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
