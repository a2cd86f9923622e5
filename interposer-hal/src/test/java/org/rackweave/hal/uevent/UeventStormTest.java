package org.rackweave.hal.uevent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UeventStormTest {
    private static final Uevent.Action[] ACTIONS = Uevent.Action.values();

    private final UeventStorm storm = new UeventStorm();

    private static Uevent event(int device, Uevent.Action action) {
        return new Uevent(action, "/devices/d" + device, "pci", device, Map.of());
    }

    @Test
    void eachDeviceIsKeptOnceWithWhatHappenedLast() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            Map<String, Uevent.Action> last = new LinkedHashMap<>();
            Map<String, Long> counts = new HashMap<>();
            int events = random.nextInt(500);
            for (int at = 0; at < events; at++) {
                Uevent event = event(random.nextInt(40), ACTIONS[random.nextInt(ACTIONS.length)]);
                storm.take(event);
                last.put(event.device(), event.action());
                counts.merge(event.device(), 1L, Long::sum);
            }
            Changes changes = storm.drain();
            assertThat(changes.completeness()).isEqualTo(Changes.Completeness.COMPLETE);
            assertThat(changes.events()).isEqualTo(events);
            assertThat(changes.devices())
                    .containsExactlyElementsOf(last.entrySet().stream()
                            .map(each -> new Changes.Change(
                                    each.getKey(), "pci", each.getValue(), counts.getOrDefault(each.getKey(), 0L)))
                            .toList());
            assertThat(storm.drain().isNone()).isTrue();
        }
    }

    @Test
    void aStormOfMoreDevicesThanAreKeptMeansToReadEverything() {
        for (int event = 0; event < 1_000_000; event++) {
            storm.take(event(event % 100_000, Uevent.Action.ADD));
        }
        Changes changes = storm.drain();
        assertThat(changes.devices()).hasSize(UeventStorm.MOST_DEVICES);
        assertThat(changes.events()).isEqualTo(1_000_000);
        assertThat(changes.completeness()).isEqualTo(Changes.Completeness.READ_ALL_AGAIN);
        assertThat(storm.drain().completeness()).isEqualTo(Changes.Completeness.COMPLETE);
    }

    @Test
    void aStormThatDoesNotEndIsListenedToForNoLongerThanItIsToSettle() throws Exception {
        long[] nanos = {0};
        // One event every ten microseconds: a hundred thousand a second.
        UeventSource endless = new Scripted() {
            @Override
            public Heard next(Duration patience) {
                nanos[0] += 10_000;
                return new Event(event((int) (nanos[0] / 10_000) % 7, Uevent.Action.CHANGE));
            }
        };
        Changes changes =
                new UeventListener(endless, () -> nanos[0]).listen(Duration.ofHours(1), Duration.ofSeconds(1));
        assertThat(changes.events()).isEqualTo(100_001);
        assertThat(changes.devices()).hasSize(7);
    }

    @Test
    void eventsThatWereLostMeanToReadEverythingAndSilenceMeansNothing() throws Exception {
        Scripted source = new Scripted();
        UeventListener listener = new UeventListener(source, () -> 0);
        assertThat(listener.listen(Duration.ZERO, Duration.ZERO).isNone()).isTrue();
        source.waiting.add(new UeventSource.Lost("too many"));
        Changes changes = listener.listen(Duration.ZERO, Duration.ZERO);
        assertThat(changes.isNone()).isFalse();
        assertThat(changes.completeness()).isEqualTo(Changes.Completeness.READ_ALL_AGAIN);
        assertThat(changes.devices()).isEmpty();
    }

    private static class Scripted implements UeventSource {
        final Deque<Heard> waiting = new ArrayDeque<>();

        @Override
        public Heard next(Duration patience) {
            return waiting.isEmpty() ? new Silence() : waiting.remove();
        }

        @Override
        public void close() {}
    }
}
