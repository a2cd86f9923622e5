package org.rackweave.hal.sysfs;

import java.util.Optional;
import org.rackweave.hal.text.Schemata;

/** What the processor allows of one resource of resctrl: bits of a cache, or memory bandwidth. */
public sealed interface ResctrlLimit {
    /** The resource's name in the schemata, such as {@code L3} or {@code MB}. */
    String resource();

    /** How many groups there can be, the first one included. */
    int groups();

    /** Why a value is none of this resource's; empty when it is one. */
    Optional<String> objection(long value);

    /** Whether what is read is what was written: the kernel rounds bandwidths. */
    boolean holds(long wanted, long read);

    /**
     * A cache, given out in bits.
     *
     * @param mask all its bits
     * @param leastBits how many a group has at least
     * @param holes whether the bits of a group may have some of others between them
     */
    record Cache(String resource, int groups, long mask, int leastBits, Holes holes) implements ResctrlLimit {
        @Override
        public Optional<String> objection(long value) {
            if ((value & ~mask) != 0) {
                return Optional.of("of the cache's bits " + Long.toHexString(mask) + " alone");
            }
            if (Long.bitCount(value) < leastBits) {
                return Optional.of("at least " + leastBits + " bits");
            }
            long shifted = value >>> Long.numberOfTrailingZeros(value);
            boolean isOnePiece = (shifted & shifted + 1) == 0;
            return isOnePiece || holes == Holes.ALLOWED ? Optional.empty() : Optional.of("bits side by side");
        }

        @Override
        public boolean holds(long wanted, long read) {
            return wanted == read;
        }
    }

    /** Whether bits of a group need not be side by side. */
    enum Holes {
        ALLOWED,
        REFUSED
    }

    /**
     * Memory bandwidth.
     *
     * @param least the least that a group can have
     * @param step what the kernel rounds up to
     */
    record Bandwidth(String resource, int groups, long least, long step) implements ResctrlLimit {
        public Bandwidth {
            if (!Schemata.isBandwidth(resource) || step < 1 || least < 0) {
                throw new IllegalArgumentException("a bandwidth with a step of 1 or more: " + resource + " " + step);
            }
        }

        @Override
        public Optional<String> objection(long value) {
            return value < least ? Optional.of("at least " + least) : Optional.empty();
        }

        @Override
        public boolean holds(long wanted, long read) {
            return read >= wanted && read - wanted < step;
        }
    }
}
