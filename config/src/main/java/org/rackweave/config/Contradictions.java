package org.rackweave.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.rackweave.config.Configuration.Interposer;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** What each option by itself allows, and two of them together do not. */
final class Contradictions {
    private static final List<Rule> RULES = List.of(
            atMost(Schema.MIN_PERIOD, Schema.HELLO_PERIOD),
            atMost(Schema.MIN_TERM, Schema.MAX_TERM),
            atMost(Schema.RESERVATION, Schema.MAX_TERM),
            atMost(Schema.FIRST_TERM, Schema.MAX_TERM),
            new Rule(
                    Schema.COAP_PORT,
                    Schema.MULTICAST_PORT,
                    values -> !values.of(Schema.COAP_PORT).equals(values.of(Schema.MULTICAST_PORT)),
                    "both are UDP, and only one of them can have the port; give them different ones"),
            new Rule(
                    Schema.CLAIMS,
                    Schema.PROVIDER,
                    values -> values.of(Schema.CLAIMS).isEmpty() || lends(values),
                    "hardware is claimed and nothing can route it; name a provider, or claim nothing"),
            new Rule(
                    Schema.SETTINGS,
                    Schema.PROVIDER,
                    values -> values.of(Schema.SETTINGS).isEmpty() || lends(values),
                    "there is no provider to read the settings; name one, or remove the settings"),
            new Rule(
                    Schema.STATE_DIR,
                    Schema.IDENTITY_DIR,
                    values -> !values.of(Schema.STATE_DIR).equals(values.of(Schema.IDENTITY_DIR)),
                    "whoever clears the state would lose the key; give them different directories"));

    private Contradictions() {}

    /**
     * Something that must hold between two options.
     *
     * @param first the option at whose place the problem is shown, if the file says it
     * @param second the other
     * @param holds whether it does
     * @param consequence what follows when it does not; and what to do
     */
    private record Rule(Option<?> first, Option<?> second, Predicate<Values> holds, String consequence) {}

    static void find(Values values, Problems problems) {
        for (Rule rule : RULES) {
            boolean sound = values.isSound(rule.first()) && values.isSound(rule.second());
            if (sound && !rule.holds().test(values)) {
                Option<?> shown = values.mark(rule.first()).isPresent() ? rule.first() : rule.second();
                Optional<Mark> mark = values.mark(shown);
                String[] parts = rule.consequence().split("; ", 2);
                String found = rule.first().path() + " is " + written(rule.first(), values) + " and "
                        + rule.second().path() + " is " + written(rule.second(), values) + ", but " + parts[0];
                problems.add(mark, shown.path(), found, parts[1]);
            }
        }
    }

    private static Rule atMost(Option<Long> smaller, Option<Long> larger) {
        return new Rule(
                smaller,
                larger,
                values -> values.of(smaller) <= values.of(larger),
                "it cannot be more; lower the first or raise the second");
    }

    private static boolean lends(Values values) {
        return !values.of(Schema.PROVIDER).equals(Interposer.NONE);
    }

    private static <T> String written(Option<T> option, Values values) {
        return option.shape().write(values.of(option)) + (values.mark(option).isPresent() ? "" : " by default");
    }
}
