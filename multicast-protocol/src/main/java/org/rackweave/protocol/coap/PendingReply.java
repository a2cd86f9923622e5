package org.rackweave.protocol.coap;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.RefusalCode;

/**
 * The one answer that a request gets. It acknowledges the request when the answer takes longer than a moment, so that the
 * peer stops repeating it, and answers in the handler's place when that forgot.
 */
final class PendingReply implements Consumer<Answer> {
    private static final Future<?> DONE = CompletableFuture.completedFuture(0);

    private final Consumer<Answer> send;
    private final AtomicInteger waiting;
    private final UnicastCounters counters;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile Future<?> acknowledgement = DONE;
    private volatile Future<?> deadline = DONE;

    PendingReply(Consumer<Answer> send, AtomicInteger waiting, UnicastCounters counters) {
        this.send = send;
        this.waiting = waiting;
        this.counters = counters;
        waiting.incrementAndGet();
    }

    /** Starts the clocks, unless the answer has been given on the way. */
    void await(ScheduledExecutorService timer, Runnable acknowledge, long answerMillis) {
        if (answered.get()) {
            return;
        }
        try {
            acknowledgement = timer.schedule(
                    () -> acknowledgeIfWaiting(acknowledge), DtlsSettings.ACK_DELAY_MILLIS, TimeUnit.MILLISECONDS);
            deadline = timer.schedule(this::giveUp, answerMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return; // The server closes; nobody will be answered.
        }
        if (answered.get()) {
            stopClocks();
        }
    }

    private void acknowledgeIfWaiting(Runnable acknowledge) {
        if (!answered.get()) {
            acknowledge.run();
        }
    }

    private void giveUp() {
        if (!answered.get()) {
            counters.count(UnicastCounter.NEVER_ANSWERED);
            accept(Answer.Refused.of(
                    RefusalCode.UNAVAILABLE,
                    "this daemon did not come to an answer in time; look at its log, read the state, then ask again"));
        }
    }

    @Override
    public void accept(Answer answer) {
        if (!answered.compareAndSet(false, true)) {
            counters.count(UnicastCounter.ANSWERED_TWICE);
            return;
        }
        waiting.decrementAndGet();
        stopClocks();
        send.accept(answer);
    }

    private void stopClocks() {
        acknowledgement.cancel(false);
        deadline.cancel(false);
    }
}
