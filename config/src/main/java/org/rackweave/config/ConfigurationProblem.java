package org.rackweave.config;

import java.util.Objects;

/**
 * One thing that is wrong with a configuration.
 *
 * @param source the name of the file
 * @param line from 1; 0 when it is about the whole file
 * @param column from 1; 0 when it is about the whole file
 * @param path the option, such as {@code lending.minTerm}; empty when it is about the whole file
 * @param found what was found
 * @param advice what to do
 */
public record ConfigurationProblem(String source, int line, int column, String path, String found, String advice) {
    public ConfigurationProblem {
        Objects.requireNonNull(source);
        Objects.requireNonNull(path);
        Objects.requireNonNull(found);
        Objects.requireNonNull(advice);
        if (line < 0 || column < 0) {
            throw new IllegalArgumentException("lines and columns are not negative");
        }
    }

    /** In the form that compilers use, so that editors find the place: {@code file:12:3: lending.minTerm: …; …}. */
    @Override
    public String toString() {
        String place = line == 0 ? source : source + ":" + line + ":" + column;
        return place + ": " + (path.isEmpty() ? "" : path + ": ") + found + "; " + advice;
    }
}
