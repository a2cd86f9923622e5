package org.rackweave.protocol.message;

import java.util.Optional;

/** Why a request was not done. What the asker should do stands with each. The code is the wire value and never changes; new ones are appended. */
public enum RefusalCode {
    /** The request itself is wrong; the detail names the field. Correct it. */
    INVALID(1, "invalid"),
    /** The asker's role or identity may not do this. Ask somebody who may. */
    DENIED(2, "denied"),
    /** There is no such slice, lease, loan or node here. List them. */
    NOT_FOUND(3, "not-found"),
    /** The slice is not free, or the lease is not in a state that allows this. Read it, then decide. */
    CONFLICT(4, "conflict"),
    /** The request carries an older epoch: the lease is lost. Stop using the slice. */
    STALE_EPOCH(5, "stale-epoch"),
    /** The node cannot do this now: disk full, shutting down, hardware busy. Try again later. */
    UNAVAILABLE(6, "unavailable"),
    /** A bounded queue is full. Try again after the time that the answer names. */
    BUSY(7, "busy"),
    /** No lender, and no combination, can meet the requirement. The detail says what would have to change. */
    NO_MATCH(8, "no-match"),
    /** A lender that is needed did not answer. Try again, or exclude it. */
    UNREACHABLE(9, "unreachable"),
    /** The slice's hardware did not do as told. An operator has to look. */
    QUARANTINED(10, "quarantined");

    private final int code;
    private final String word;

    RefusalCode(int code, String word) {
        this.code = code;
        this.word = word;
    }

    /** The value on the wire. */
    public int code() {
        return code;
    }

    /** The word that people read. */
    public String word() {
        return word;
    }

    public static Optional<RefusalCode> ofCode(long code) {
        for (RefusalCode value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
