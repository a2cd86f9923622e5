package org.rackweave.hal.uevent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rackweave.hal.uevent.UeventSource.Event;
import org.rackweave.hal.uevent.UeventSource.Heard;
import org.rackweave.hal.uevent.UeventSource.Lost;
import org.rackweave.hal.uevent.UeventSource.Silence;

/**
 * What every source of a kernel's events does. An implementation can have a device changed that is always there; others may have devices of
 * theirs meanwhile.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class UeventContract {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** More than a source that keeps little can keep. */
    private static final int FLOOD = 100;

    /** From now on it hears what happens. */
    protected abstract UeventSource open() throws Exception;

    /** One that keeps no more than a few events which nobody has taken yet. */
    protected abstract UeventSource openThatKeepsLittle() throws Exception;

    /** Has the device changed; whoever hears it can tell which change it was. */
    protected abstract void change(String which) throws Exception;

    /** Whether it is this change of that device. */
    protected abstract boolean isChange(Uevent event, String which);

    private Uevent await(UeventSource source, String which) throws Exception {
        while (true) {
            Heard heard = source.next(PATIENCE);
            assertThat(heard).isNotInstanceOf(Silence.class);
            if (heard instanceof Event event && isChange(event.event(), which)) {
                return event.event();
            }
        }
    }

    @Test
    void whatHappensIsHeardInItsOrder() throws Exception {
        try (UeventSource source = open()) {
            change("first");
            change("second");
            Uevent first = await(source, "first");
            Uevent second = await(source, "second");
            assertThat(first.action()).isEqualTo(Uevent.Action.CHANGE);
            assertThat(second.device()).isEqualTo(first.device());
            assertThat(second.sequence()).isGreaterThan(first.sequence());
        }
    }

    @Test
    void whatHappenedBeforeIsNotHeard() throws Exception {
        change("before");
        try (UeventSource source = open()) {
            change("after");
            List<Uevent> heard = new ArrayList<>();
            do {
                heard.add(((Event) source.next(PATIENCE)).event());
            } while (!isChange(heard.get(heard.size() - 1), "after"));
            assertThat(heard).noneMatch(event -> isChange(event, "before"));
        }
    }

    @Test
    void eachOfTwoHearsTheSame() throws Exception {
        try (UeventSource one = open();
                UeventSource other = open()) {
            change("both");
            assertThat(await(one, "both")).isEqualTo(await(other, "both"));
        }
    }

    @Test
    void whereNothingHappensThereIsSilenceInTime() throws Exception {
        try (UeventSource source = open()) {
            Heard heard = source.next(Duration.ofMillis(1));
            while (!(heard instanceof Silence)) {
                heard = source.next(Duration.ofMillis(1));
            }
        }
    }

    @Test
    void moreThanIsKeptIsSaidToBeLostAndTheNextIsHeardAgain() throws Exception {
        try (UeventSource source = openThatKeepsLittle()) {
            for (int event = 0; event < FLOOD; event++) {
                change("flood");
            }
            boolean lost = false;
            Heard heard = source.next(Duration.ZERO);
            while (!(heard instanceof Silence)) {
                lost |= heard instanceof Lost;
                heard = source.next(Duration.ZERO);
            }
            assertThat(lost).isTrue();
            change("after");
            await(source, "after");
        }
    }

    /** Whoever has to look at everything again learns it from the listener, not only from the source. */
    @Test
    void aListenerKeepsTheDeviceOnceHoweverOftenItChanged() throws Exception {
        try (UeventSource source = open()) {
            change("first");
            change("second");
            change("third");
            Changes changes = new UeventListener(source, System::nanoTime).listen(PATIENCE, Duration.ofMillis(200));
            assertThat(changes.events()).isGreaterThanOrEqualTo(3);
            assertThat(changes.devices()).extracting(Changes.Change::device).doesNotHaveDuplicates();
            assertThat(changes.devices()).anyMatch(change -> change.events() >= 3);
        }
    }
}
