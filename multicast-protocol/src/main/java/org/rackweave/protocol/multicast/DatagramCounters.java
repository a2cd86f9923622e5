package org.rackweave.protocol.multicast;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.rackweave.protocol.message.CounterView;

/** The counters of one node's multicast side. Counted by its threads, read by any. */
public final class DatagramCounters {
    private final Map<DatagramCounter, LongAdder> values = new EnumMap<>(DatagramCounter.class);

    /** All at zero. */
    public DatagramCounters() {
        for (DatagramCounter counter : DatagramCounter.values()) {
            values.put(counter, new LongAdder());
        }
    }

    /** How often it was counted. */
    public long value(DatagramCounter counter) {
        return adder(counter).sum();
    }

    /** All of them, as they are told to a client. */
    public List<CounterView> views() {
        return Stream.of(DatagramCounter.values())
                .map(counter ->
                        new CounterView(counter.name().toLowerCase(Locale.ROOT), counter.sentence(), value(counter)))
                .toList();
    }

    void count(DatagramCounter counter) {
        adder(counter).increment();
    }

    private LongAdder adder(DatagramCounter counter) {
        LongAdder adder = values.get(counter);
        if (adder == null) {
            throw new IllegalStateException("a counter without a value: " + counter);
        }
        return adder;
    }
}
