package org.rackweave.protocol.message;

import java.util.Optional;

/** The life of a loan at its borrower. The code is the wire value and never changes; new ones are appended. */
public enum LoanState {
    /** The plan is in the ledger; lenders are being asked to reserve. */
    RESERVING(1, "reserving"),
    /** All reserved; lenders are being asked to commit. */
    COMMITTING(2, "committing"),
    /** All granted; renewals flow. */
    ACTIVE(3, "active"),
    /** Being given back to every lender. */
    RELEASING(4, "releasing"),
    /** Given back, or never came to be; nothing is held. */
    ENDED(5, "ended"),
    /** Ended by a lender or by time, not by this borrower. */
    LOST(6, "lost"),
    /** There is no plan yet; the demand stands in the lines of those who could lend. */
    WAITING(7, "waiting");

    private final int code;
    private final String word;

    LoanState(int code, String word) {
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

    public static Optional<LoanState> ofCode(long code) {
        for (LoanState value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
