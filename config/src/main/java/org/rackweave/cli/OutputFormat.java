package org.rackweave.cli;

/** In which form data is written. */
enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs: one JSON document. */
    JSON,
    /** For both. */
    YAML,
    /** For {@code xargs}: one identifier a line. */
    NAME
}
