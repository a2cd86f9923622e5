package org.rackweave.hal;

import java.util.Objects;

/**
 * A piece of hardware did not do as it was told. It names the device, the operation, what was seen, and what to do.
 *
 * <p>There are three, and a caller treats them differently: after {@link Refused} and {@link Unavailable} nothing has
 * changed; after {@link OutcomeUnknown} nobody knows, so the path is drained and the route is read back before anything
 * else is believed, or the device is quarantined.
 */
public abstract sealed class HalException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String device;
    private final String operation;
    private final String advice;

    private HalException(String device, String operation, String seen, String advice) {
        super(device + ": " + operation + ": " + seen + "; " + advice);
        this.device = Objects.requireNonNull(device);
        this.operation = Objects.requireNonNull(operation);
        this.advice = Objects.requireNonNull(advice);
    }

    /** The device that was addressed, by the name that an operator knows it by. */
    public String device() {
        return device;
    }

    /** The operation in the field's word: {@code bind}, {@code unbind}, {@code sanitise}, {@code read route}. */
    public String operation() {
        return operation;
    }

    /** What to do about it. */
    public String advice() {
        return advice;
    }

    /** The device answered no. Nothing was changed. */
    public static final class Refused extends HalException {
        private static final long serialVersionUID = 1L;

        public Refused(String device, String operation, String seen, String advice) {
            super(device, operation, seen, advice);
        }
    }

    /** The device, its driver or a native library is not there, or may not be opened. Nothing was changed. */
    public static final class Unavailable extends HalException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String device, String operation, String seen, String advice) {
            super(device, operation, seen, advice);
        }
    }

    /** A command that changes something did not answer, or answered with what cannot be. It may still take effect. */
    public static final class OutcomeUnknown extends HalException {
        private static final long serialVersionUID = 1L;

        public OutcomeUnknown(String device, String operation, String seen, String advice) {
            super(device, operation, seen, advice);
        }
    }
}
