package org.rackweave.daemon.lease;

/** Why a lease is ending. The code is what the ledger stores. */
public enum End {
    /** It is not. */
    NOT_ENDING(0),
    /** Its borrower gave it back. */
    RELEASED(1),
    /** An operator or a policy took it back. */
    REVOKED(2),
    /** Its term ran out. */
    EXPIRED(3),
    /** It never became active: the hardware could not be routed. */
    FAILED(4);

    private final int code;

    End(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Reads a stored code; an unknown one means that the ledger was written by something newer. */
    public static End ofCode(int code) {
        for (End end : values()) {
            if (end.code == code) {
                return end;
            }
        }
        throw new IllegalArgumentException("no end of a lease has the code " + code);
    }
}
