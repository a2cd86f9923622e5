package org.rackweave.protocol.message;

import java.util.Optional;

/** What became of a {@link HostOrder}. The code is the wire value and never changes; new ones are appended. */
public enum OrderOutcome {
    /** It is as the order says, and was read back. */
    DONE(1),
    /** It is not, and the agent does not try again. */
    FAILED(2),
    /** Not yet; the agent tries on. */
    NOT_YET(3);

    private final int code;

    OrderOutcome(int code) {
        this.code = code;
    }

    /** The value on the wire. */
    public int code() {
        return code;
    }

    public static Optional<OrderOutcome> ofCode(long code) {
        for (OrderOutcome value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
