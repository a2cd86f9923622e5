package org.rackweave.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.rackweave.hal.HalException;
import org.rackweave.hal.uevent.Changes;
import org.rackweave.hal.uevent.UeventListener;
import org.rackweave.hal.uevent.UeventSource;

/** Tells what the kernel says of this machine's devices: a line for each device and while. */
final class HereWatch {
    private final Session session;
    private final OutputFormat form;
    private final UeventListener listener;
    private final LongSupplier nanos;

    HereWatch(Session session, OutputFormat form, UeventSource source, LongSupplier nanos) {
        this.session = session;
        this.form = form;
        this.listener = new UeventListener(source, nanos);
        this.nanos = nanos;
    }

    /**
     * Tells until the time is over, or nobody reads any more.
     *
     * @param together events of so long are told together
     */
    void run(Millis together, Optional<Millis> limit) throws HalException {
        Duration settling = Duration.ofMillis(together.value());
        long start = nanos.getAsLong();
        while (!session.out().checkError()) {
            Duration left = limit.map(each -> Duration.ofMillis(each.value()).minusNanos(nanos.getAsLong() - start))
                    .orElse(settling);
            if (left.isNegative() || left.isZero()) {
                return;
            }
            Duration most = left.compareTo(settling) < 0 ? left : settling;
            tell(listener.listen(most, most));
        }
    }

    private void tell(Changes changes) {
        String at = session.surroundings().clock().instant().toString();
        for (Changes.Change change : changes.devices()) {
            session.out().print(line(at, change));
        }
        if (changes.completeness() == Changes.Completeness.READ_ALL_AGAIN) {
            session.note("More happened than could be kept (" + changes.events() + " events): look at everything again,"
                    + " with rackweave discover.");
        }
        session.out().flush();
    }

    private String line(String at, Changes.Change change) {
        String last = change.last().name().toLowerCase(Locale.ROOT);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("at", at);
        tree.put("subsystem", change.subsystem());
        tree.put("device", change.device());
        tree.put("last", last);
        tree.put("events", change.events());
        return switch (form) {
            case TABLE ->
                Printable.line(at + "  " + change.subsystem() + " " + change.device() + ": " + last
                                + (change.events() == 1 ? "" : ", after " + change.events() + " events"))
                        + "\n";
            case JSON -> JsonText.line(tree);
            case YAML -> "---\n" + YamlText.document(tree);
            case NAME -> Printable.line(change.device()) + "\n";
        };
    }
}
