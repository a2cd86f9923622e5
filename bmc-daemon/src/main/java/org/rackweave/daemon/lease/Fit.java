package org.rackweave.daemon.lease;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceView;

/** Whether a slice is what somebody wants, whoever has it now; and when none is, what would have to change. */
final class Fit {
    private Fit() {}

    static Predicate<SliceView> of(Requirement wish) {
        return rules(wish).stream().map(Rule::holds).reduce(slice -> slice.kind() == wish.kind(), Predicate::and);
    }

    private record Rule(Predicate<SliceView> holds, String whyNot) {}

    private static List<Rule> rules(Requirement wish) {
        return List.of(
                new Rule(
                        slice -> wish.capability()
                                .map(slice.capabilities()::contains)
                                .orElse(true),
                        "can do " + wish.capability().orElse("") + "; ask for another capability"),
                new Rule(
                        slice -> wish.configuration()
                                .map(slice.configurations()::contains)
                                .orElse(true),
                        "can be loaded with " + wish.configuration().orElse("") + "; ask for another configuration"),
                new Rule(
                        slice -> wish.worstLatency()
                                .map(slice.place().latency()::isWithin)
                                .orElse(true),
                        "is as near as "
                                + wish.worstLatency().map(w -> w.word()).orElse("") + "; allow a worse latency class"),
                new Rule(
                        slice -> wish.worstForcedEnd() == ForcedEndEffect.FATAL
                                || slice.forcedEnd() == ForcedEndEffect.TOLERATED,
                        "has a forced end that is tolerated; allow a fatal one"),
                new Rule(
                        slice -> wish.locality() != Locality.ONE_FABRIC
                                || !slice.place().fabric().isEmpty(),
                        "says which fabric it is behind; allow any locality"));
    }

    /** Which rule no slice of the kind meets, as the end of a sentence that begins with "no memory here". */
    static Optional<String> never(Requirement wish, List<SliceView> slices) {
        List<SliceView> left =
                slices.stream().filter(slice -> slice.kind() == wish.kind()).toList();
        if (left.isEmpty()) {
            return Optional.of("is there at all; ask another owner");
        }
        for (Rule rule : rules(wish)) {
            left = left.stream().filter(rule.holds).toList();
            if (left.isEmpty()) {
                return Optional.of(rule.whyNot);
            }
        }
        return Optional.empty();
    }

    /** Those that fit, and are behind one fabric if they have to be: the one that has the most, or where the loan is already. */
    static List<SliceView> fitting(Requirement wish, List<SliceView> slices, Optional<String> heldBehind) {
        List<SliceView> all = slices.stream().filter(of(wish)).toList();
        if (wish.locality() != Locality.ONE_FABRIC) {
            return all;
        }
        Map<String, Long> byFabric = all.stream()
                .collect(Collectors.groupingBy(
                        slice -> slice.place().fabric(), TreeMap::new, Collectors.summingLong(SliceView::amount)));
        Optional<String> fabric = heldBehind.or(() -> byFabric.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey));
        return all.stream()
                .filter(slice -> fabric.map(slice.place().fabric()::equals).orElse(false))
                .toList();
    }
}
