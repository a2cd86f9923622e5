package org.rackweave.sim.world;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All that decides a run.
 *
 * @param seed all that is random
 * @param nodes how many, 2 to 64
 * @param faultyMillis simulated time with faults
 * @param without what is left out
 * @param fault what is planted at the edge of the product; nothing in a run of the product
 */
public record Setup(long seed, int nodes, long faultyMillis, Without without, Optional<PlantedFault> fault) {
    public Setup {
        Objects.requireNonNull(without);
        Objects.requireNonNull(fault);
    }

    /** What came of a run: what it violated, if anything, and how much had happened by then. */
    record Outcome(Optional<Violation> violation, World world) {}

    Outcome run(Consumer<String> reader) {
        World world = new World(
                seed, nodes, reader, without, fault.map(PlantedFault::seams).orElse(Seams.SOUND));
        try {
            world.run(faultyMillis);
            return new Outcome(Optional.empty(), world);
        } catch (Violation violation) {
            return new Outcome(Optional.of(violation), world);
        }
    }

    /** The options by which {@code rackweave-lab simulate} does the same again. */
    public String options() {
        return String.format(
                Locale.ROOT,
                "--seeds 1 --first-seed %d --nodes %d --seconds %d%s%s",
                seed,
                nodes,
                faultyMillis / 1_000,
                without.isEmpty() ? "" : " --without " + without,
                fault.map(planted -> " --planted " + planted).orElse(""));
    }

    Setup withNodes(int fewer) {
        return new Setup(seed, fewer, faultyMillis, without, fault);
    }

    Setup withSeconds(long seconds) {
        return new Setup(seed, nodes, Math.max(1, seconds) * 1_000, without, fault);
    }

    Setup withOut(Without more) {
        return new Setup(seed, nodes, faultyMillis, more, fault);
    }
}
