package org.rackweave.protocol.coap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.rackweave.protocol.message.CounterView;

/** The counts of one server or client; may be read and counted up from any thread. */
public final class UnicastCounters {
    private final Map<UnicastCounter, AtomicLong> values = Arrays.stream(UnicastCounter.values())
            .collect(Collectors.toUnmodifiableMap(Function.identity(), counter -> new AtomicLong()));

    void count(UnicastCounter counter) {
        cell(counter).incrementAndGet();
    }

    public long value(UnicastCounter counter) {
        return cell(counter).get();
    }

    /** All of them, as they are told to clients. */
    public List<CounterView> views() {
        List<CounterView> views = new ArrayList<>();
        for (UnicastCounter counter : UnicastCounter.values()) {
            views.add(new CounterView(counter.label(), counter.sentence(), value(counter)));
        }
        return views;
    }

    private AtomicLong cell(UnicastCounter counter) {
        return Optional.ofNullable(values.get(counter)).orElseThrow();
    }
}
