package org.rackweave.hal.uevent;

import java.time.Duration;
import java.util.Objects;
import org.rackweave.hal.HalException;

/** Where events come from. For one thread. */
public interface UeventSource extends AutoCloseable {
    /**
     * Waits for the next event.
     *
     * @param patience how long; what has come already is given at once
     * @throws HalException when none will come any more
     */
    Heard next(Duration patience) throws HalException;

    @Override
    void close();

    /** What came. */
    sealed interface Heard {}

    /** An event. */
    record Event(Uevent event) implements Heard {
        public Event {
            Objects.requireNonNull(event);
        }
    }

    /** Nothing in time. */
    record Silence() implements Heard {}

    /**
     * Events were lost, or one was not understood.
     *
     * @param why for people
     */
    record Lost(String why) implements Heard {
        public Lost {
            Objects.requireNonNull(why);
        }
    }
}
