package org.rackweave.cli;

import java.util.List;
import java.util.Objects;

/**
 * What a command has to show, in every form that may be asked for.
 *
 * @param tree maps, lists, text, numbers and truth values, for JSON and YAML
 * @param names the identifiers
 * @param text for people, with a line feed at the end of each line
 */
record Shown(Object tree, List<String> names, String text) {
    Shown {
        Objects.requireNonNull(tree);
        names = List.copyOf(names);
        Objects.requireNonNull(text);
    }
}
