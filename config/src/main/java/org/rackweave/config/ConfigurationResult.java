package org.rackweave.config;

import java.util.List;
import java.util.Objects;

/** What became of a configuration file. */
public sealed interface ConfigurationResult {
    /** It holds, and this is what it says. */
    record Loaded(Configuration configuration) implements ConfigurationResult {
        public Loaded {
            Objects.requireNonNull(configuration);
        }
    }

    /** It does not hold. All problems that can be seen at once are there, in the order of their places. */
    record Faulty(List<ConfigurationProblem> problems) implements ConfigurationResult {
        public Faulty {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("a faulty configuration has a problem");
            }
        }
    }
}
