package org.rackweave.hal.discovery;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.rackweave.hal.inventory.DiscoveryProblem;

/** The problems of one discovery, in the order in which they were met, each once. */
final class Problems {
    private final Set<DiscoveryProblem> met = new LinkedHashSet<>();

    void add(DiscoveryProblem.Kind kind, String path, String meaning) {
        if (met.size() < DiscoveryLimits.MOST_PROBLEMS) {
            met.add(new DiscoveryProblem(kind, path, meaning));
        } else if (met.size() == DiscoveryLimits.MOST_PROBLEMS) {
            met.add(new DiscoveryProblem(
                    DiscoveryProblem.Kind.TOO_MANY,
                    "/",
                    "more than " + DiscoveryLimits.MOST_PROBLEMS + " problems: the rest is not listed"));
        }
    }

    List<DiscoveryProblem> asMet() {
        return List.copyOf(met);
    }
}
