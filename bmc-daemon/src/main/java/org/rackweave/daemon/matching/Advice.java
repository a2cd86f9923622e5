package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** What would have to change for a plan to exist. Each change is tried before it is told, so that what is told is true. */
final class Advice {
    private final Requirement wish;
    private final Lenders known;
    private final Setting setting;

    Advice(Requirement wish, Lenders known, Setting setting) {
        this.wish = wish;
        this.known = known;
        this.setting = setting;
    }

    /** The least change of each sort, the least painful sort first. */
    List<String> changes() {
        List<String> changes = new ArrayList<>();
        moreLenders().ifPresent(changes::add);
        fartherAway().ifPresent(changes::add);
        if (wish.locality() != Locality.ANY && wouldDo(withLocality(Locality.ANY), known)) {
            changes.add("accept more than one switch (locality any)");
        }
        if (wish.worstForcedEnd() == ForcedEndEffect.TOLERATED && wouldDo(withFatal(), known)) {
            changes.add("accept a forced end that is fatal");
        }
        if (wish.from().isPresent() && wouldDo(withFrom(Optional.empty()), known)) {
            changes.add("do not name the lender");
        }
        less().ifPresent(changes::add);
        higherPriority().ifPresent(changes::add);
        if (wouldDo(wish, freed(slice -> slice.state() != SliceState.QUARANTINED))) {
            changes.add("wait until something is given back");
        } else if (wouldDo(wish, freed(slice -> true))) {
            changes.add("end a quarantine");
        }
        return changes;
    }

    private Optional<String> moreLenders() {
        for (int lenders = wish.maxLenders() + 1; lenders <= Requirement.MAX_LENDERS; lenders++) {
            if (wouldDo(withLenders(lenders), known)) {
                return Optional.of("allow " + lenders + " lenders");
            }
        }
        return Optional.empty();
    }

    private Optional<String> fartherAway() {
        for (LatencyClass latency : LatencyClass.values()) {
            if (wish.worstLatency().isPresent()
                    && !latency.isWithin(wish.worstLatency().get())
                    && wouldDo(withLatency(latency), known)) {
                return Optional.of("accept latency " + latency.word());
            }
        }
        return Optional.empty();
    }

    /** Whatever there is, it is less: else there would be a plan. */
    private Optional<String> less() {
        return new Field(wish, known, setting)
                .mostOf(1)
                .map(most -> "ask for " + Explanation.said(wish, most.amount()));
    }

    private Optional<String> higherPriority() {
        for (int priority = 0; priority < Requirement.MAX_PRIORITY; priority++) {
            int upTo = priority;
            Optional<Candidate> plan = new Field(wish, freed(slice -> isTakenBackAbove(slice, upTo)), setting).best();
            if (plan.isEmpty()) {
                continue;
            }
            List<SliceView> taken = plan.get().slices().stream()
                    .filter(slice -> !isFreeNow(slice))
                    .toList();
            String where = String.join(
                    " and ",
                    taken.stream()
                            .map(slice -> slice.id().owner())
                            .distinct()
                            .map(NodeId::brief)
                            .toList());
            String what = Explanation.said(wish, Fit.sum(taken)) + " at " + where;
            return Optional.of(
                    wish.priority() > priority
                            ? "wait in line, which takes back " + what
                            : "priority above " + priority + " would take back " + what);
        }
        return Optional.empty();
    }

    private boolean isFreeNow(SliceView planned) {
        return known.slices().stream()
                .anyMatch(slice -> slice.id().equals(planned.id()) && slice.state() == SliceState.FREE);
    }

    private static boolean isTakenBackAbove(SliceView slice, int priority) {
        OptionalInt held = slice.heldAtPriority();
        return held.isPresent() && held.getAsInt() <= priority && slice.state() == SliceState.ACTIVE;
    }

    private boolean wouldDo(Requirement other, Lenders among) {
        return new Field(other, among, setting).best().isPresent();
    }

    private Lenders freed(Predicate<SliceView> which) {
        return known.changed(slice -> slice.state() != SliceState.FREE && which.test(slice), Advice::freed);
    }

    private static SliceView freed(SliceView slice) {
        return new SliceView(
                slice.id(),
                slice.kind(),
                slice.amount(),
                slice.capabilities(),
                SliceState.FREE,
                slice.epoch(),
                slice.forcedEnd(),
                slice.fence(),
                Optional.empty(),
                Optional.empty(),
                slice.reason(),
                slice.place(),
                slice.configurations(),
                OptionalInt.empty());
    }

    private Requirement withLenders(int lenders) {
        return like(wish.worstForcedEnd(), wish.from(), lenders, wish.worstLatency(), wish.locality());
    }

    private Requirement withLatency(LatencyClass latency) {
        return like(wish.worstForcedEnd(), wish.from(), wish.maxLenders(), Optional.of(latency), wish.locality());
    }

    private Requirement withLocality(Locality locality) {
        return like(wish.worstForcedEnd(), wish.from(), wish.maxLenders(), wish.worstLatency(), locality);
    }

    private Requirement withFatal() {
        return like(ForcedEndEffect.FATAL, wish.from(), wish.maxLenders(), wish.worstLatency(), wish.locality());
    }

    private Requirement withFrom(Optional<NodeId> from) {
        return like(wish.worstForcedEnd(), from, wish.maxLenders(), wish.worstLatency(), wish.locality());
    }

    private Requirement like(
            ForcedEndEffect worstForcedEnd,
            Optional<NodeId> from,
            int maxLenders,
            Optional<LatencyClass> worstLatency,
            Locality locality) {
        return new Requirement(
                wish.kind(),
                wish.amount(),
                wish.capability(),
                wish.termMillis(),
                wish.priority(),
                worstForcedEnd,
                from,
                maxLenders,
                wish.configuration(),
                worstLatency,
                locality,
                wish.leastAmount());
    }
}
