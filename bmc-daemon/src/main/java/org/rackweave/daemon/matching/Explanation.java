package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Comparator;
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
    private final Lenders known;
    private final Setting setting;
    private final Field field;

    Explanation(Requirement wish, Lenders known, Setting setting, Field field) {
        this.wish = wish;
        this.known = known;
        this.setting = setting;
        this.field = field;
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
        return clipped(String.join(", ", parts), others(owners, Optional.of(taken)), Optional.of(taken));
    }

    String noMatch() {
        List<SliceView> ofKind = known.slices().stream().filter(this::isOfKind).toList();
        if (ofKind.isEmpty()) {
            return "no " + wish.kind().word() + " is lent by any node that was asked";
        }
        String head = said(wish.amount()) + " asked for, " + said(field.fittingAmount()) + " of "
                + said(Fit.sum(ofKind)) + " free and fitting; ";
        List<String> changes = new Advice(wish, known, setting).changes();
        String advice = changes.isEmpty() ? "nothing that was asked for less would do" : String.join(", or ", changes);
        return clipped(head + advice, others(List.of(), Optional.empty()), Optional.empty());
    }

    private static Optional<LatencyClass> farthest(Candidate taken) {
        return taken.slices().stream()
                .map(slice -> slice.place().latency())
                .max(Comparator.comparingInt(LatencyClass::code));
    }

    /** Each other lender: first those that could have done it, then those that have most of what fits. */
    private List<Other> others(List<NodeId> chosen, Optional<Candidate> taken) {
        List<Other> others = new ArrayList<>();
        for (int i = 0; i < known.byId().size(); i++) {
            Lender lender = known.byId().get(i);
            if (lender.has(wish.kind()) && !chosen.contains(lender.id())) {
                boolean couldDoIt = taken.isPresent() && field.isEnough(i);
                others.add(new Other(i, lender, couldDoIt ? Long.MAX_VALUE : field.fittingAmount(i)));
            }
        }
        others.sort(Comparator.comparingLong(Other::fitting).reversed());
        return others;
    }

    /**
     * @param number of the lender among all that are known
     * @param fitting how much of what it has would do; the most that there can be if it could have done it alone
     */
    private record Other(int number, Lender lender, long fitting) {}

    private boolean isOfKind(SliceView slice) {
        return slice.kind() == wish.kind();
    }

    private String why(Other other, Optional<Candidate> taken) {
        return taken.flatMap(best -> field.aloneOf(other.number()).map(alone -> alone.worseThan(best)))
                .orElseGet(() -> whyNot(other.lender(), field.fittingAmount(other.number())));
    }

    private String whyNot(Lender lender, long fitting) {
        Map<String, Long> reasons = new TreeMap<>();
        for (SliceView slice : lender.slices()) {
            if (isOfKind(slice)) {
                Obstacle.between(wish, slice)
                        .ifPresent(obstacle -> reasons.merge(obstacle.of(wish, slice), slice.amount(), Fit::plus));
            }
        }
        List<String> parts = new ArrayList<>();
        if (fitting > 0) {
            parts.add((fitting < wish.amount() ? "too small, " : "not behind one switch, ") + said(fitting) + " fits");
        }
        reasons.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry -> parts.add(said(entry.getValue()) + " " + entry.getKey()));
        return String.join(", ", parts);
    }

    /** As many of the others as there is room for. */
    private String clipped(String head, List<Other> others, Optional<Candidate> taken) {
        StringBuilder text = new StringBuilder(head);
        int told = 0;
        for (Other other : others) {
            String each = "; not " + other.lender().id().brief() + ": " + why(other, taken);
            String more = "; and " + (others.size() - told) + " more";
            if (text.length() + each.length() + more.length() > LoanView.MAX_EXPLANATION_CHARS) {
                return text.append(more).toString();
            }
            text.append(each);
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
