package org.rackweave.sim.world;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Makes a run that violates an invariant shorter, as long as it violates the same one: less time, fewer nodes, whole kinds of
 * trouble left out, then single strikes and asks, halves of them first.
 */
public final class Shrinking {
    private final Invariant invariant;
    private final BooleanSupplier isTimeOver;
    private Setup shortest;
    private World world;
    private Violation violation;
    private int runs;

    /**
     * @param found violates an invariant
     * @param isTimeOver when to be content with what there is
     */
    public Shrinking(Setup found, BooleanSupplier isTimeOver) {
        Setup.Outcome outcome = found.run(History.UNREAD);
        this.shortest = found;
        this.world = outcome.world();
        this.violation = outcome.violation()
                .orElseThrow(() -> new IllegalArgumentException(
                        "it does not fail again: something does not follow from the seed: " + found.options()));
        this.invariant = violation.invariant();
        this.isTimeOver = isTimeOver;
    }

    /** The shortest that was found in time. */
    public Setup shortest() {
        long before;
        do {
            before = size();
            lessTime();
            fewerNodes();
            fewerKinds();
            fewerStrikes();
        } while (size() < before && !isTimeOver.getAsBoolean());
        return shortest;
    }

    /** What the shortest one violates. */
    public Violation violation() {
        return violation;
    }

    /** How many strikes of trouble, and asks, the shortest one has. */
    public int happenings() {
        return world.troubles().total();
    }

    public int runs() {
        return runs;
    }

    private long size() {
        return happenings() + shortest.nodes() + shortest.faultyMillis() / 1_000;
    }

    private void lessTime() {
        long untilSeconds = world.agenda().nowMillis() / 1_000 + 1;
        if (untilSeconds < shortest.faultyMillis() / 1_000) {
            accepts(shortest.withSeconds(untilSeconds));
        }
        long step = shortest.faultyMillis() / 2_000;
        while (step > 0) {
            if (!accepts(shortest.withSeconds(shortest.faultyMillis() / 1_000 - step))) {
                step /= 2;
            }
        }
    }

    private void fewerNodes() {
        for (int nodes = 2; nodes < shortest.nodes(); nodes++) {
            if (accepts(shortest.withNodes(nodes))) {
                return;
            }
        }
    }

    private void fewerKinds() {
        for (Trouble trouble : Trouble.values()) {
            if (!shortest.without().has(trouble)) {
                accepts(shortest.withOut(shortest.without().and(trouble)));
            }
        }
    }

    private void fewerStrikes() {
        int most = 1;
        for (Trouble trouble : Trouble.values()) {
            most = Math.max(most, world.troubles().planned(trouble));
        }
        // The largest parts of all kinds first: time may be over before single ones are tried.
        for (int size = Integer.highestOneBit(most); size >= 1; size /= 2) {
            for (Trouble trouble : Trouble.values()) {
                if (size <= world.troubles().planned(trouble)) {
                    fewerStrikes(trouble, size);
                }
            }
        }
    }

    private void fewerStrikes(Trouble trouble, int size) {
        for (int from = 0; from < world.troubles().planned(trouble); from += size) {
            if (shortest.without().has(trouble)) {
                return;
            }
            BitSet range = new BitSet();
            range.set(from, Math.min(from + size, world.troubles().planned(trouble)));
            if (!isLeftOut(trouble, range)) {
                accepts(shortest.withOut(shortest.without().and(trouble, range)));
            }
        }
    }

    private boolean isLeftOut(Trouble trouble, BitSet range) {
        return range.stream().allMatch(strike -> shortest.without().has(trouble, strike));
    }

    private boolean accepts(Setup candidate) {
        if (isTimeOver.getAsBoolean() || candidate.equals(shortest)) {
            return false;
        }
        runs++;
        Setup.Outcome outcome = candidate.run(History.UNREAD);
        Optional<Violation> found = outcome.violation().filter(seen -> seen.invariant() == invariant);
        if (found.isEmpty() || outcome.world().troubles().total() > happenings()) {
            return false;
        }
        shortest = candidate;
        world = outcome.world();
        violation = found.get();
        return true;
    }

    /** What the shortest one tells, line by line. */
    public List<String> history() {
        List<String> lines = new ArrayList<>();
        shortest.run(lines::add);
        return lines;
    }
}
