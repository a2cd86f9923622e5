package org.rackweave.sim.world;

import java.util.EnumMap;
import java.util.Map;

/** Decides what strikes in one run, each kind from chance of its own, and counts it. */
final class Troubles {
    private static final long DETAIL_STREAM = 1L << 40;

    private final long seed;
    private final Without without;
    private final Map<Trouble, Kind> kinds = new EnumMap<>(Trouble.class);

    /** One kind in this run. Its chance follows from its name, so that another kind changes nothing of it. */
    private static final class Kind {
        private final Dice dice;
        private int planned;
        private int came;

        Kind(Dice dice) {
            this.dice = dice;
        }
    }

    Troubles(long seed, Without without) {
        this.seed = seed;
        this.without = without;
        for (Trouble trouble : Trouble.values()) {
            kinds.put(trouble, new Kind(new Dice(seed, trouble.name().hashCode())));
        }
    }

    private Kind of(Trouble trouble) {
        Kind kind = kinds.get(trouble);
        if (kind == null) {
            throw new IllegalStateException("each kind of trouble is there from the start");
        }
        return kind;
    }

    /** Whether it comes in this run at all. */
    boolean has(Trouble trouble) {
        return !without.has(trouble);
    }

    boolean strikes(Trouble trouble, int perMille) {
        return perMille > 0 && dice(trouble).perMille(perMille) && comes(trouble);
    }

    boolean strikesOneIn(Trouble trouble, int times) {
        return dice(trouble).oneIn(times) && comes(trouble);
    }

    /** It was planned for now; whether it is left out. */
    boolean comes(Trouble trouble) {
        Kind kind = of(trouble);
        boolean isLeftOut = without.has(trouble) || without.has(trouble, kind.planned);
        kind.planned++;
        kind.came += isLeftOut ? 0 : 1;
        return !isLeftOut;
    }

    /** Chance for when it strikes. */
    Dice dice(Trouble trouble) {
        return of(trouble).dice;
    }

    /** Chance for how the last one strikes: the same, whatever else is left out. */
    Dice details(Trouble trouble) {
        return new Dice(seed, DETAIL_STREAM + trouble.name().hashCode() * 1_000_003L + of(trouble).planned);
    }

    /** How often it was to strike, left out or not. */
    int planned(Trouble trouble) {
        return of(trouble).planned;
    }

    /** How many strikes of any kind there were. */
    int total() {
        return kinds.values().stream().mapToInt(kind -> kind.came).sum();
    }
}
