package org.rackweave.sim.world;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What happened, line by line, for people. A run that nobody reads writes none: it can be run again. */
final class History {
    static final Consumer<String> UNREAD = line -> {};

    private final Agenda agenda;
    private final Consumer<String> reader;

    History(Agenda agenda, Consumer<String> reader) {
        this.agenda = agenda;
        this.reader = reader;
    }

    void tell(String who, Supplier<String> what) {
        if (reader != UNREAD) {
            reader.accept(
                    String.format(Locale.ROOT, "%11.3f s  %-8s %s", agenda.nowMicros() / 1_000_000.0, who, what.get()));
        }
    }
}
