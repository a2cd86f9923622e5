package org.rackweave.daemon.conductor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.rackweave.daemon.DaemonCounter;
import org.rackweave.daemon.Limits;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.RefusalCode;

/** The queue and the one thread of the conductor. */
public final class ConductorThread implements AutoCloseable {
    private final ArrayBlockingQueue<Work> queue = new ArrayBlockingQueue<>(Limits.QUEUE);
    /** What the conductor gives itself while it runs a batch: it cannot wait for its own queue. */
    private final List<Work> own = new ArrayList<>();

    private static final long LOOK_MILLIS = 100;

    private final LongSupplier bootMillis;
    private final Counters counters;
    private final Consumer<Throwable> onBug;
    private final Thread thread = new Thread(this::loop, "conductor");
    private volatile Conductor conductor;
    private volatile boolean running = true;
    /** Nobody takes from the queue any more. */
    private volatile boolean ended;

    /** @param onBug what happens when a core throws: a bug of ours, after which only the ledger can be trusted */
    @SuppressWarnings("NullAway.Init") // the conductor is there before the thread is started
    public ConductorThread(LongSupplier bootMillis, Counters counters, Consumer<Throwable> onBug) {
        this.bootMillis = bootMillis;
        this.counters = counters;
        this.onBug = onBug;
    }

    /** Starts to carry out what is in the queue. */
    public void start(Conductor theConductor) {
        conductor = theConductor;
        thread.start();
    }

    /** A peer's request: never waits; a full queue is an answer. */
    public void submit(Work.Asked asked) {
        // A daemon that stops empties its queue, which must not be filled meanwhile.
        boolean room = running && queue.size() < Limits.QUEUE_FOR_PEERS;
        if (!room || !queue.offer(asked)) {
            counters.count(DaemonCounter.PEERS_REFUSED_BUSY);
            asked.reply()
                    .accept(new Answer.Refused(
                            RefusalCode.BUSY,
                            "this node has more to do than it can take on",
                            Limits.BUSY_RETRY_MILLIS));
        }
    }

    /** An answer, a result: must not be lost, so a full queue makes its bringer wait, for as long as somebody empties it. */
    public void bring(Work work) {
        if (Thread.currentThread() == thread) {
            own.add(work);
            return;
        }
        try {
            while (!ended && !queue.offer(work, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                // Still full.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        try {
            while (!ended && (running || !queue.isEmpty() || !own.isEmpty())) {
                List<Work> batch = next();
                conductor.run(batch, bootMillis.getAsLong());
            }
        } catch (InterruptedException e) {
            // Closed.
        } catch (RuntimeException | Error bug) {
            onBug.accept(bug);
        } finally {
            ended = true;
        }
    }

    private List<Work> next() throws InterruptedException {
        List<Work> batch = new ArrayList<>(own);
        own.clear();
        if (batch.isEmpty()) {
            OptionalLong deadline = conductor.nextDeadline();
            long waitMillis = deadline.isPresent() ? deadline.getAsLong() - bootMillis.getAsLong() : Long.MAX_VALUE;
            Work first = waitMillis <= 0 ? queue.poll() : queue.poll(waitMillis, TimeUnit.MILLISECONDS);
            if (first != null) {
                batch.add(first);
            }
        }
        queue.drainTo(batch, Limits.BATCH);
        OptionalLong deadline = conductor.nextDeadline();
        if (batch.isEmpty() || (deadline.isPresent() && deadline.getAsLong() <= bootMillis.getAsLong())) {
            batch.add(new Work.Tick());
        }
        return batch;
    }

    /** Stops once the queue is empty. */
    @Override
    public void close() {
        running = false;
        try {
            // Wakes it; should the queue be full, it is awake.
            boolean unused = queue.offer(new Work.Tick());
            thread.join(Limits.STOP_MILLIS / 4);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
        ended = true;
    }
}
