package org.rackweave.sim.chassis;

import java.util.HashSet;
import java.util.Set;

/**
 * Something that is wrong with a chassis, a line each, and right again when the line is gone:
 *
 * <pre>
 * supply 7-0058 fails
 * fans 8-0020 stop
 * link alpha down
 * slot 3 hot
 * slot 5 pulled                 its module is out
 * </pre>
 *
 * @param kind what
 * @param of whose: a chip, a host or the number of a slot
 */
record Trouble(Kind kind, String of) {
    /** What can go wrong. */
    enum Kind {
        SUPPLY_FAILS("supply", "fails"),
        FANS_STOP("fans", "stop"),
        LINK_DOWN("link", "down"),
        SLOT_HOT("slot", "hot"),
        SLOT_PULLED("slot", "pulled");

        private final String first;
        private final String last;

        Kind(String first, String last) {
            this.first = first;
            this.last = last;
        }
    }

    /** @throws IllegalArgumentException when a line cannot be understood; the message quotes it */
    static Set<Trouble> parse(String text) {
        Set<Trouble> all = new HashSet<>();
        text.lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .forEach(line -> all.add(one(line)));
        return all;
    }

    private static Trouble one(String line) {
        String[] words = line.split("\\s+", -1);
        for (Kind kind : Kind.values()) {
            if (words.length == 3 && words[0].equals(kind.first) && words[2].equals(kind.last)) {
                return new Trouble(kind, words[1]);
            }
        }
        throw new IllegalArgumentException(
                "\"" + line
                        + "\" is none of: supply CHIP fails, fans CHIP stop, link HOST down, slot NUMBER hot, slot NUMBER pulled");
    }
}
