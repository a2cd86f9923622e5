package org.rackweave.daemon.conductor;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.rackweave.daemon.DaemonCounter;
import org.rackweave.protocol.message.CounterView;

/** The counts of {@link DaemonCounter}; from any thread. */
public final class Counters {
    private final AtomicLongArray values = new AtomicLongArray(DaemonCounter.values().length);

    public void count(DaemonCounter counter) {
        values.incrementAndGet(counter.ordinal());
    }

    public long value(DaemonCounter counter) {
        return values.get(counter.ordinal());
    }

    List<CounterView> views() {
        return Arrays.stream(DaemonCounter.values())
                .map(counter -> new CounterView(counter.label(), counter.sentence(), value(counter)))
                .toList();
    }
}
