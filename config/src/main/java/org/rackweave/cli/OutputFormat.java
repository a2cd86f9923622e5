package org.rackweave.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** In which form data is written. */
enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs: one JSON document. */
    JSON,
    /** For both. */
    YAML,
    /** For {@code xargs}: one identifier a line. */
    NAME;

    /** The form that a word names, if it names one. */
    static Optional<OutputFormat> ofWord(String word) {
        return Arrays.stream(values())
                .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }
}
