package org.rackweave.sim.world;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is left out of a run: whole kinds of trouble, or single strikes of one by their number.
 *
 * <p>Written {@code loss,kill#3,ask#0-17}: no loss at all, not the fourth kill, none of the first eighteen asks.
 */
public final class Without {
    public static final Without NOTHING = new Without(EnumSet.noneOf(Trouble.class), Map.of());

    private final Set<Trouble> kinds;
    private final Map<Trouble, BitSet> strikes;

    private Without(Set<Trouble> kinds, Map<Trouble, BitSet> strikes) {
        this.kinds = kinds;
        this.strikes = strikes;
    }

    /** @throws IllegalArgumentException with what is wrong, and what may stand there */
    public static Without parse(String text) {
        Without all = NOTHING;
        for (String part : text.isBlank() ? List.<String>of() : List.of(text.split(","))) {
            String[] halves = part.strip().split("#", 2);
            Trouble trouble = Trouble.ofWord(halves[0])
                    .orElseThrow(() -> new IllegalArgumentException("no trouble is called '" + halves[0] + "'; one of "
                            + EnumSet.allOf(Trouble.class).stream()
                                    .map(Trouble::word)
                                    .toList()));
            all = halves.length == 1 ? all.and(trouble) : all.and(trouble, range(halves[1]));
        }
        return all;
    }

    private static BitSet range(String text) {
        String[] ends = text.split("-", 2);
        try {
            int first = Integer.parseInt(ends[0]);
            int last = ends.length == 1 ? first : Integer.parseInt(ends[1]);
            BitSet range = new BitSet();
            range.set(first, last + 1);
            return range;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("'" + text + "' is no number of a strike and no range like 3-17", e);
        }
    }

    Without and(Trouble trouble) {
        Set<Trouble> more = EnumSet.copyOf(kinds.isEmpty() ? EnumSet.noneOf(Trouble.class) : kinds);
        more.add(trouble);
        return new Without(more, strikes);
    }

    Without and(Trouble trouble, BitSet more) {
        Map<Trouble, BitSet> all = new EnumMap<>(Trouble.class);
        all.putAll(strikes);
        BitSet union = (BitSet) more.clone();
        union.or(strikes.getOrDefault(trouble, new BitSet()));
        all.put(trouble, union);
        return new Without(kinds, all);
    }

    boolean has(Trouble trouble) {
        return kinds.contains(trouble);
    }

    boolean has(Trouble trouble, int strike) {
        BitSet left = strikes.get(trouble);
        return left != null && left.get(strike);
    }

    public boolean isEmpty() {
        return kinds.isEmpty() && strikes.isEmpty();
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        kinds.forEach(trouble -> parts.add(trouble.word()));
        strikes.forEach((trouble, left) -> {
            if (!kinds.contains(trouble)) {
                for (int from = left.nextSetBit(0); from >= 0; from = left.nextSetBit(left.nextClearBit(from))) {
                    int last = left.nextClearBit(from) - 1;
                    parts.add(trouble.word() + "#" + from + (last == from ? "" : "-" + last));
                }
            }
        });
        return String.join(",", parts);
    }
}
