package org.rackweave.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** What a file says of each option; its default where the file says nothing, or nothing that holds. */
final class Values {
    private final Map<Option<?>, Object> said = new HashMap<>();
    private final Map<Option<?>, Mark> marks = new HashMap<>();
    private final Set<Option<?>> faulty = new HashSet<>();

    static Values none() {
        return new Values();
    }

    <T> void put(Option<T> option, T value, Optional<Mark> mark) {
        said.put(option, value);
        mark.ifPresent(at -> marks.put(option, at));
    }

    /** Where the file says it; empty when it does not. */
    Optional<Mark> mark(Option<?> option) {
        return Optional.ofNullable(marks.get(option));
    }

    void fault(Option<?> option) {
        faulty.add(option);
    }

    /** False when the file says something of this option that does not hold: then nothing follows from its value. */
    boolean isSound(Option<?> option) {
        return !faulty.contains(option);
    }

    @SuppressWarnings("unchecked") // put() is the only way in, and ties the value's type to the option's
    <T> T of(Option<T> option) {
        return (T) said.getOrDefault(option, option.defaultValue());
    }
}
