package org.rackweave.hal.uevent;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.rackweave.hal.HalException;

/** Waits until something happens, and then a little for what comes with it: a card that is plugged in has dozens of events. */
public final class UeventListener {
    private final UeventSource source;
    private final LongSupplier nanos;
    private final UeventStorm storm = new UeventStorm();

    /** @param nanos a clock that never goes back, as {@link System#nanoTime} */
    public UeventListener(UeventSource source, LongSupplier nanos) {
        this.source = source;
        this.nanos = nanos;
    }

    /**
     * What happened.
     *
     * @param patience how long to wait for the first event
     * @param settling how long to collect after it, however many come
     * @return nothing, when nothing came
     */
    public Changes listen(Duration patience, Duration settling) throws HalException {
        if (take(patience)) {
            long end = nanos.getAsLong() + settling.toNanos();
            for (long left = settling.toNanos(); left > 0; left = end - nanos.getAsLong()) {
                take(Duration.ofNanos(left));
            }
        }
        return storm.drain();
    }

    private boolean take(Duration patience) throws HalException {
        UeventSource.Heard heard = source.next(patience);
        if (heard instanceof UeventSource.Event event) {
            storm.take(event.event());
        } else if (heard instanceof UeventSource.Lost) {
            storm.lost();
        }
        return !(heard instanceof UeventSource.Silence);
    }
}
