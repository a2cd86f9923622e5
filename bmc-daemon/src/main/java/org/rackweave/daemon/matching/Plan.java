package org.rackweave.daemon.matching;

import java.util.List;
import java.util.Objects;
import org.rackweave.protocol.message.SliceView;

/** What matching came to. */
public sealed interface Plan {
    /** Why, in a sentence for whoever asked. */
    String explanation();

    /**
     * These slices together meet the requirement.
     *
     * @param slices at least one
     */
    record Found(List<SliceView> slices, String explanation) implements Plan {
        public Found {
            slices = List.copyOf(slices);
            Objects.requireNonNull(explanation);
        }
    }

    /** Nothing does. The explanation says what would have to change. */
    record NoMatch(String explanation) implements Plan {
        public NoMatch {
            Objects.requireNonNull(explanation);
        }
    }
}
