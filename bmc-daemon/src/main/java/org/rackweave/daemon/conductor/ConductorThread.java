package org.rackweave.daemon.conductor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.rackweave.daemon.DaemonCounter;
import org.rackweave.daemon.Limits;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.RefusalCode;

/** The queue and the one thread of the conductor. */
public final class ConductorThread implements AutoCloseable {
    /** One more than there is room for, to wake it at its end. */
    private final ArrayBlockingQueue<Queued> queue = new ArrayBlockingQueue<>(Limits.QUEUE + 1);
    /** What peers ask and what is brought have room of their own: a fast switch fills its part, and a flood of peers theirs. */
    private final Semaphore roomForPeers = new Semaphore(Limits.QUEUE_FOR_PEERS);

    private final Semaphore roomForOwn = new Semaphore(Limits.QUEUE - Limits.QUEUE_FOR_PEERS);
    /** What the conductor gives itself while it runs a batch: it cannot wait for its own queue. */
    private final List<Work> own = new ArrayList<>();

    private static final long LOOK_MILLIS = 100;

    /** @param room what it takes up while it waits */
    private record Queued(Work work, Semaphore room) {}

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
        boolean room = running && roomForPeers.tryAcquire();
        if (room) {
            queue.add(new Queued(asked, roomForPeers));
        } else {
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
            while (!ended) {
                if (roomForOwn.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    queue.add(new Queued(work, roomForOwn));
                    return;
                }
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
            Queued first = waitMillis <= 0 ? queue.poll() : queue.poll(waitMillis, TimeUnit.MILLISECONDS);
            if (first != null) {
                take(first, batch);
            }
        }
        List<Queued> more = new ArrayList<>();
        queue.drainTo(more, Limits.BATCH);
        more.forEach(queued -> take(queued, batch));
        OptionalLong deadline = conductor.nextDeadline();
        if (batch.isEmpty() || (deadline.isPresent() && deadline.getAsLong() <= bootMillis.getAsLong())) {
            batch.add(new Work.Tick());
        }
        return batch;
    }

    private static void take(Queued queued, List<Work> batch) {
        queued.room.release();
        batch.add(queued.work);
    }

    /** Stops once the queue is empty. */
    @Override
    public void close() {
        running = false;
        try {
            boolean unused = queue.offer(new Queued(new Work.Tick(), new Semaphore(0)));
            thread.join(Limits.STOP_MILLIS / 4);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
        ended = true;
    }
}
