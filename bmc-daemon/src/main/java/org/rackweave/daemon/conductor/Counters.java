package org.rackweave.daemon.conductor;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.rackweave.daemon.DaemonCounter;
import org.rackweave.protocol.message.CounterView;

/** The counts of {@link DaemonCounter}; from any thread. */
public final class Counters {
    /** Complete from the start and never changed, so that threads may read it without a lock. */
    private final Map<DaemonCounter, LongAdder> values = new EnumMap<>(DaemonCounter.class);

    public Counters() {
        Arrays.stream(DaemonCounter.values()).forEach(counter -> values.put(counter, new LongAdder()));
    }

    public void count(DaemonCounter counter) {
        adder(counter).increment();
    }

    public void count(DaemonCounter counter, long by) {
        adder(counter).add(by);
    }

    List<CounterView> views() {
        return Arrays.stream(DaemonCounter.values())
                .map(counter -> new CounterView(
                        counter.label(), counter.sentence(), adder(counter).sum()))
                .toList();
    }

    private LongAdder adder(DaemonCounter counter) {
        LongAdder adder = values.get(counter);
        if (adder == null) {
            throw new IllegalStateException("every counter has an adder: " + counter);
        }
        return adder;
    }
}
