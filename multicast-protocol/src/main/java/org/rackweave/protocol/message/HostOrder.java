package org.rackweave.protocol.message;

import java.util.Objects;
import java.util.Optional;

/**
 * What the host agent is to do. An order says how things are to be, not what to change: carrying it out twice does no harm.
 * It stands until its outcome is told, or until a newer one takes its place.
 */
public sealed interface HostOrder {
    /** From 1, growing, over restarts of the card too. */
    long number();

    /** Which one, for switches that the compiler checks. */
    Kind kind();

    /** All orders. The code is the wire value and never changes; new ones are appended. */
    enum Kind {
        SET_SHARE(1),
        BRING_ON_LINE(2),
        LET_GO(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The value on the wire. */
        public int code() {
            return code;
        }

        public static Optional<Kind> ofCode(long code) {
            for (Kind value : values()) {
                if (value.code == code) {
                    return Optional.of(value);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * Let a VM have this much, no more and no less.
     *
     * @param vm which
     * @param resource of what
     * @param amount how much in all, in the unit of the kind
     */
    record SetShare(long number, String vm, ResourceKind resource, long amount) implements HostOrder {
        public SetShare {
            requireNumber(number);
            HostReport.requireName(vm);
            Objects.requireNonNull(resource);
            if (amount < 0) {
                throw new IllegalArgumentException("an amount is not negative");
            }
        }

        @Override
        public Kind kind() {
            return Kind.SET_SHARE;
        }
    }

    /**
     * Bring what was borrowed on line.
     *
     * @param loan which loan
     * @param lease which part of it
     * @param vm the VM that asked for it; empty when it is for the host
     * @param attachment where the host finds it
     */
    record BringOnLine(long number, LoanId loan, LeaseId lease, Optional<String> vm, Attachment attachment)
            implements HostOrder {
        public BringOnLine {
            requireNumber(number);
            Objects.requireNonNull(loan);
            Objects.requireNonNull(lease);
            vm.ifPresent(HostReport::requireName);
            Objects.requireNonNull(attachment);
        }

        @Override
        public Kind kind() {
            return Kind.BRING_ON_LINE;
        }
    }

    /**
     * Stop using what was borrowed: it goes away.
     *
     * @param withinMillis how long the host has, counted from when it reads this; the agent keeps the deadline itself, so that
     *     a dead card does not hide it
     * @param why whether the host may keep it
     */
    record LetGo(long number, LoanId loan, LeaseId lease, long withinMillis, Why why) implements HostOrder {
        /** Why it is to go. The code is the wire value and never changes; new ones are appended. */
        public enum Why {
            /** Its owner wants it back: it goes away at the end of the time, whatever the host does. */
            RECALLED(1),
            /** It is hardly used: a host that still needs it says that it failed, and keeps it. */
            UNUSED(2);

            private final int code;

            Why(int code) {
                this.code = code;
            }

            /** The value on the wire. */
            public int code() {
                return code;
            }

            public static Optional<Why> ofCode(long code) {
                for (Why value : values()) {
                    if (value.code == code) {
                        return Optional.of(value);
                    }
                }
                return Optional.empty();
            }
        }

        /** One that is recalled. */
        public LetGo(long number, LoanId loan, LeaseId lease, long withinMillis) {
            this(number, loan, lease, withinMillis, Why.RECALLED);
        }

        public LetGo {
            requireNumber(number);
            Objects.requireNonNull(why);
            Objects.requireNonNull(loan);
            Objects.requireNonNull(lease);
            if (withinMillis < 0) {
                throw new IllegalArgumentException("withinMillis is not negative");
            }
        }

        @Override
        public Kind kind() {
            return Kind.LET_GO;
        }
    }

    private static void requireNumber(long number) {
        if (number < 1) {
            throw new IllegalArgumentException("orders count from 1");
        }
    }
}
