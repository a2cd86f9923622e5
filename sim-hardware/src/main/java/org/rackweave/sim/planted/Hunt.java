package org.rackweave.sim.planted;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;
import org.rackweave.sim.world.PlantedFault;
import org.rackweave.sim.world.Search;

/**
 * How soon a planted fault is found.
 *
 * @param name of the fault
 * @param sentence what is wrong
 * @param withinSeeds so many seeds find it at the latest
 * @param invariant that found it; empty when none did
 * @param seeds that it took
 */
public record Hunt(String name, String sentence, int withinSeeds, String invariant, long seeds) {
    public static Hunt of(PlantedFault fault) {
        return of(fault.name(), fault.sentence(), fault.withinSeeds(), new Search(Optional.of(fault)));
    }

    /** @param sources the root of the sources of the cores */
    public static Hunt of(CoreFault fault, Path sources) {
        PlantedCore classes = PlantedCore.compile(fault, sources, Hunt.class.getClassLoader());
        @SuppressWarnings("unchecked") // What is made is a Search, of another loader.
        LongFunction<String> search = classes.make(Search.class.getName(), LongFunction.class);
        return of(fault.name(), fault.sentence(), fault.withinSeeds(), search);
    }

    private static Hunt of(String name, String sentence, int withinSeeds, LongFunction<String> search) {
        for (long seed = 1; seed <= withinSeeds; seed++) {
            String invariant = search.apply(seed);
            if (!invariant.isEmpty()) {
                return new Hunt(name, sentence, withinSeeds, invariant, seed);
            }
        }
        return new Hunt(name, sentence, withinSeeds, "", withinSeeds);
    }

    public boolean isFound() {
        return !invariant.isEmpty();
    }

    /** A row of the table of faults, as Markdown has it. */
    public String row() {
        return String.format(
                Locale.ROOT,
                "| `%s` | %s | %s | %d | %d |",
                name,
                sentence,
                isFound() ? "`" + invariant + "`" : "not found",
                seeds,
                withinSeeds);
    }

    public static String head() {
        return "| fault | what is wrong | found by | seeds | at the latest |" + System.lineSeparator()
                + "|---|---|---|--:|--:|";
    }
}
