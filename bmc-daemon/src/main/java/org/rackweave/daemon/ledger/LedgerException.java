package org.rackweave.daemon.ledger;

import java.nio.file.Path;

/** The ledger cannot be opened, read or written. The message says what was seen, in which file, and what to do. */
public final class LedgerException extends Exception {
    private static final long serialVersionUID = 1L;

    public LedgerException(Path file, String seen, String advice) {
        super(file + ": " + seen + "; " + advice);
    }

    public LedgerException(Path file, String seen, String advice, Throwable cause) {
        super(file + ": " + seen + "; " + advice, cause);
    }
}
