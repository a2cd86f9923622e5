package org.rackweave.daemon.matching;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.rackweave.protocol.message.SliceView;

/** What matching came to. */
public sealed interface Plan {
    /** Makes the sentence. */
    Supplier<String> why();

    /** Why, in a sentence for whoever asked: made only then, as it takes longer than the choice. */
    default String explanation() {
        return why().get();
    }

    /**
     * These slices together meet the requirement.
     *
     * @param slices at least one
     */
    record Found(List<SliceView> slices, Supplier<String> why) implements Plan {
        public Found {
            slices = List.copyOf(slices);
            Objects.requireNonNull(why);
        }
    }

    /** Nothing does. The explanation says what would have to change. */
    record NoMatch(Supplier<String> why) implements Plan {
        public NoMatch {
            Objects.requireNonNull(why);
        }
    }
}
