package org.rackweave.sim.lab.bench;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.rackweave.sim.lab.LabFailure;

/**
 * Drives the clients of a granter, all at once, each with one request after the other. It has no threads: each step is taken
 * on the thread that brought the answer to the one before.
 */
final class GrantLoad {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What the clients do with their places in one round. */
    enum Step {
        GRANT,
        GIVE_BACK,
        GRANT_AND_GIVE_BACK
    }

    private final Granter granter;
    private final int places;
    private final Histogram latencyNanos = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private double grants;
    private double seconds;
    private double granterCpuSeconds;
    private double clientCpuSeconds;

    /** @param places that each client has */
    GrantLoad(Granter granter, int places) {
        this.granter = granter;
        this.places = places;
    }

    String name() {
        return granter.name();
    }

    /** Grants per second, over all rounds that were counted. */
    double perSecond() {
        return grants / seconds;
    }

    double grants() {
        return grants;
    }

    /** From the first request of a grant to the answer that it is durable. */
    double percentileMillis(double percentile) {
        return latencyNanos.getValueAtPercentile(percentile) / 1e6;
    }

    Histogram latencyNanos() {
        return latencyNanos;
    }

    double granterCpuMicrosPerGrant() {
        return granterCpuSeconds * 1e6 / grants;
    }

    double clientCpuMicrosPerGrant() {
        return clientCpuSeconds * 1e6 / grants;
    }

    /** One round over all places that is not counted. */
    void uncounted(Step step) throws LabFailure {
        everywhere(step, new Histogram(latencyNanos));
    }

    /** One round over all places, whose grants and time are counted. */
    void counted(Step step) throws LabFailure {
        ProcessTime granterBefore = ProcessTime.of(granter.pid());
        ProcessTime clientBefore = ProcessTime.ofThisProcess();
        long startNanos = System.nanoTime();
        everywhere(step, latencyNanos);
        seconds += (System.nanoTime() - startNanos) / 1e9;
        grants += (double) places * granter.clients().size();
        granterCpuSeconds += ProcessTime.of(granter.pid()).seconds() - granterBefore.seconds();
        clientCpuSeconds += ProcessTime.ofThisProcess().seconds() - clientBefore.seconds();
    }

    private void everywhere(Step step, Histogram into) throws LabFailure {
        List<? extends GrantClient> clients = granter.clients();
        CountDownLatch left = new CountDownLatch(clients.size());
        clients.forEach(client -> next(client, step, 0, into, left));
        try {
            if (!left.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabFailure(granter.name() + " has left " + left.getCount() + " clients without an answer for "
                        + PATIENCE.toSeconds() + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while " + granter.name() + " was measured", interrupted);
        }
        if (!problems.isEmpty()) {
            throw new LabFailure(granter.name() + " did not do as asked: " + problems.peek());
        }
        granter.settle();
    }

    private void next(GrantClient client, Step step, int place, Histogram into, CountDownLatch left) {
        if (place == places || !problems.isEmpty()) {
            left.countDown();
            return;
        }
        Runnable after = () -> next(client, step, place + 1, into, left);
        switch (step) {
            case GRANT -> grant(client, place, into, left, after);
            case GIVE_BACK -> client.giveBack(place, unlessWrong(left, after));
            case GRANT_AND_GIVE_BACK ->
                grant(client, place, into, left, () -> client.giveBack(place, unlessWrong(left, after)));
        }
    }

    private void grant(GrantClient client, int place, Histogram into, CountDownLatch left, Runnable after) {
        long startNanos = System.nanoTime();
        client.grant(place, unlessWrong(left, () -> {
            synchronized (into) {
                into.recordValue(System.nanoTime() - startNanos);
            }
            after.run();
        }));
    }

    private Consumer<String> unlessWrong(CountDownLatch left, Runnable after) {
        return wrong -> {
            if (wrong.isEmpty()) {
                after.run();
            } else {
                problems.add(wrong);
                left.countDown();
            }
        };
    }
}
