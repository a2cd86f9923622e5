package org.rackweave.config;

import java.util.Objects;
import java.util.function.Function;

/**
 * One option of the configuration: everything that is known of it, from which its loader, its documentation, its default
 * and its check follow.
 *
 * @param path its keys from the top of the file, joined by dots
 * @param shape of which form and in which range its value is
 * @param defaultValue what holds when the file says nothing
 * @param sentence what it is
 * @param why when to change it, or why the default is what it is
 * @param reader reads it from a configuration
 */
record Option<T>(
        String path, Shape<T> shape, T defaultValue, String sentence, String why, Function<Configuration, T> reader) {
    Option {
        Objects.requireNonNull(shape);
        Objects.requireNonNull(defaultValue);
        Objects.requireNonNull(reader);
        if (!path.matches("[a-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*)+") || sentence.isBlank() || why.isBlank()) {
            throw new IllegalArgumentException("an option needs a path, a sentence and a reason: " + path);
        }
    }

    /** The last key of its path. */
    String key() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The path of the section that it stands in. */
    String section() {
        return path.substring(0, path.lastIndexOf('.'));
    }
}
