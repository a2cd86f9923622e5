package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rackweave.config.ByteSize;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceView;

/** Why these lenders, why not the others, and what would have to change; the most telling first, in at most so many characters. */
final class Explanation {
    private final Requirement wish;
    private final List<SliceView> slices;
    private final Setting setting;
    private final Field field;
    private final Map<NodeId, List<SliceView>> byOwner = new TreeMap<>();

    Explanation(Requirement wish, List<SliceView> slices, Setting setting, Field field) {
        this.wish = wish;
        this.slices = slices.stream().sorted(Field.BY_ID).toList();
        this.setting = setting;
        this.field = field;
        for (SliceView slice : this.slices) {
            if (slice.kind() == wish.kind()) {
                byOwner.computeIfAbsent(slice.id().owner(), owner -> new ArrayList<>())
                        .add(slice);
            }
        }
    }

    String found(Candidate taken) {
        List<NodeId> owners = taken.owners();
        List<String> parts = new ArrayList<>();
        parts.add(count(taken.slices().size(), "slice") + " of "
                + (owners.size() == 1 ? "one lender, " : owners.size() + " lenders, ") + briefs(owners)
                + (owners.size() > 1 && taken.lenders() == owners.size() ? "; no fewer have enough" : ""));
        long amount = taken.amount();
        if (amount < wish.amount()) {
            parts.add(said(amount) + " of the " + said(wish.amount()) + " asked for, which is all that there is");
        } else {
            parts.add(taken.leftOver() == 0 ? "nothing left over" : said(taken.leftOver()) + " left over");
        }
        farthest(taken)
                .filter(latency -> latency != LatencyClass.NETWORK)
                .ifPresent(latency -> parts.add("reached by " + latency.word()));
        return clipped(String.join(", ", parts), others(owners, Optional.of(taken)));
    }

    String noMatch() {
        if (byOwner.isEmpty()) {
            return "no " + wish.kind().word() + " is lent by any node that was asked";
        }
        long ofKind = byOwner.values().stream().mapToLong(Fit::sum).reduce(0, Fit::plus);
        String head = said(wish.amount()) + " asked for, " + said(Fit.sum(field.fitting())) + " of " + said(ofKind)
                + " free and fitting; ";
        List<String> changes = new Advice(wish, slices, setting).changes();
        String advice = changes.isEmpty() ? "nothing that was asked for less would do" : String.join(", or ", changes);
        return clipped(head + advice, others(List.of(), Optional.empty()));
    }

    private static Optional<LatencyClass> farthest(Candidate taken) {
        return taken.slices().stream()
                .map(slice -> slice.place().latency())
                .max(Comparator.comparingInt(LatencyClass::code));
    }

    /** Each other lender with its reason: first those that could have done it, then those that have most of what fits. */
    private List<String> others(List<NodeId> chosen, Optional<Candidate> taken) {
        List<Other> others = new ArrayList<>();
        byOwner.forEach((owner, owned) -> {
            if (!chosen.contains(owner)) {
                others.add(other(owner, owned, taken));
            }
        });
        others.sort(Comparator.comparingLong(Other::fitting).reversed().thenComparing(Other::owner));
        return others.stream()
                .map(other -> "not " + other.owner().brief() + ": " + other.why())
                .toList();
    }

    private record Other(NodeId owner, long fitting, String why) {}

    private Other other(NodeId owner, List<SliceView> owned, Optional<Candidate> taken) {
        Optional<Candidate> alone = taken.isPresent() ? field.aloneOf(owner) : Optional.empty();
        if (alone.isPresent()) {
            return new Other(owner, Long.MAX_VALUE, alone.get().worseThan(taken.orElseThrow()));
        }
        Map<String, Long> reasons = new LinkedHashMap<>();
        long fitting = 0;
        for (SliceView slice : owned) {
            Optional<Obstacle> obstacle = Obstacle.between(wish, slice);
            if (obstacle.isEmpty()) {
                fitting = Fit.plus(fitting, slice.amount());
            } else {
                reasons.merge(obstacle.get().of(wish, slice), slice.amount(), Fit::plus);
            }
        }
        List<String> parts = new ArrayList<>();
        if (fitting > 0) {
            parts.add((fitting < wish.amount() ? "too small, " : "not behind one switch, ") + said(fitting) + " fits");
        }
        reasons.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry -> parts.add(said(entry.getValue()) + " " + entry.getKey()));
        return new Other(owner, fitting, String.join(", ", parts));
    }

    private static String clipped(String head, List<String> rest) {
        StringBuilder text = new StringBuilder(head);
        int told = 0;
        for (String each : rest) {
            String more = "; and " + (rest.size() - told) + " more";
            if (text.length() + 2 + each.length() + more.length() > LoanView.MAX_EXPLANATION_CHARS) {
                return text.append(more).toString();
            }
            text.append("; ").append(each);
            told++;
        }
        return text.toString();
    }

    private String said(long amount) {
        return said(wish, amount);
    }

    static String said(Requirement wish, long amount) {
        return wish.kind() == ResourceKind.MEMORY
                ? ByteSize.format(amount)
                : amount + " " + wish.kind().unit();
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String briefs(List<NodeId> owners) {
        return String.join(" and ", owners.stream().map(NodeId::brief).toList());
    }
}
