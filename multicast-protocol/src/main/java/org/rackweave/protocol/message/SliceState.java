package org.rackweave.protocol.message;

import java.util.Optional;

/** The states of a slice at its owner. The code is the wire value and never changes; new ones are appended. */
public enum SliceState {
    /** Nobody holds it; the only state that may be offered. */
    FREE(1, "free"),
    /** Promised to one borrower for a short time; nothing routed. */
    RESERVED(2, "reserved"),
    /** Committed; the hardware is being routed. */
    CONFIGURING(3, "configuring"),
    /** Routed to its borrower's host and granted. */
    ACTIVE(4, "active"),
    /** Released or revoked: its host is letting go, or has been asked to. */
    RECLAIMING(5, "reclaiming"),
    /** Being taken from its host by the owner. */
    FENCING(6, "fencing"),
    /** Taken back; being wiped. */
    SANITISING(7, "sanitising"),
    /** Expired, but a forced end would be fatal and is not known to be safe. Not free. */
    OVERDUE(8, "overdue"),
    /** The hardware did not do as told. Never lent until an operator ends it. */
    QUARANTINED(9, "quarantined");

    private final int code;
    private final String word;

    SliceState(int code, String word) {
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

    public static Optional<SliceState> ofCode(long code) {
        for (SliceState value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
