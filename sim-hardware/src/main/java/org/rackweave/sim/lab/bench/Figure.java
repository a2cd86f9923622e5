package org.rackweave.sim.lab.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.rackweave.sim.lab.JsonText;

/**
 * One measured figure.
 *
 * @param what is measured
 * @param ours what we have
 * @param unit of both
 * @param peer beside what: its name and version
 * @param theirs what the peer has
 * @param goal in words
 * @param verdict whether the goal is met
 */
record Figure(String what, double ours, String unit, String peer, double theirs, String goal, Verdict verdict) {
    /** Whether a goal is met. */
    enum Verdict {
        MET,
        SHORT,
        /** The row has no goal: it is there to be looked at. */
        NONE,
        /** Nothing was measured, for what was needed is not here. */
        ABSENT;

        static Verdict of(boolean holds) {
            return holds ? MET : SHORT;
        }

        String word() {
            return switch (this) {
                case MET -> "met";
                case SHORT -> "short";
                case NONE -> "no goal";
                case ABSENT -> "not met";
            };
        }
    }

    Figure {
        Objects.requireNonNull(what);
        Objects.requireNonNull(unit);
        Objects.requireNonNull(peer);
        Objects.requireNonNull(goal);
        Objects.requireNonNull(verdict);
    }

    /** Nothing was measured: the row says why, and is not met. */
    static Figure absent(String what, String unit, String peer, String goal, String why) {
        return new Figure(what, 0, unit, peer, 0, goal + "; nothing measured: " + why, Verdict.ABSENT);
    }

    double ratio() {
        return theirs == 0 ? 0 : ours / theirs;
    }

    /** In one line of at most 80 columns, if its words are short. */
    String text() {
        return String.format(
                Locale.ROOT,
                "%-25s %8.2f %-3s %-16s %8.2f %6.2f  %s%n    goal: %s",
                what,
                ours,
                unit,
                peer,
                theirs,
                ratio(),
                verdict.word(),
                goal);
    }

    static String heading() {
        return String.format(
                Locale.ROOT, "%-25s %8s %-3s %-16s %8s %6s", "figure", "ours", "", "peer", "theirs", "ratio");
    }

    String json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("figure", what);
        object.put("ours", ours);
        object.put("unit", unit);
        object.put("peer", peer);
        object.put("theirs", theirs);
        object.put("ratio", ratio());
        object.put("goal", goal);
        object.put("met", verdict == Verdict.MET);
        return JsonText.line(object);
    }
}
