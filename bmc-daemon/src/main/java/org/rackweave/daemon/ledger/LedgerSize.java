package org.rackweave.daemon.ledger;

/**
 * How the space that an operator gives to the ledger is divided:
 *
 * <pre>
 *  1/4  the database            of which 3/4 until the oldest audit rows are removed, 7/8 until nothing new is lent,
 *                               and the last 1/8 is for taking back: releases, fences, wipes, renewals
 *  1/8  the write-ahead log     twice what it holds when it is written back
 *  1/2  two copies beside it    a backup, a staged or set-aside ledger, a rehearsed migration
 *  1/8  nothing                 file systems need some
 * </pre>
 *
 * @param databaseBytes beyond which SQLite refuses to grow the database
 * @param logBytes after which the write-ahead log is written back into the database
 */
record LedgerSize(long databaseBytes, long logBytes) {
    /**
     * Of a new ledger. Each commit writes whole pages to the log: with 1 KiB a loan writes 75 kB at its owner and 64 kB at its
     * borrower, with 4 KiB 105 and 113 ({@code rackweave-lab bench ledger}). One that was made with other pages keeps them.
     */
    static final int PAGE_BYTES = 1024;

    /** Empty tables with their indices, and a little to work with. */
    private static final long LEAST_DATABASE_BYTES = 192 * 1024;

    /** More makes a start after a crash longer, and wears the flash no less: what is written is nearly all log. */
    private static final long MOST_LOG_BYTES = 1 << 20;

    private static final long LEAST_LOG_BYTES = 32 * 1024;

    static LedgerSize of(long maxBytes) {
        return new LedgerSize(
                Math.max(LEAST_DATABASE_BYTES, maxBytes / 4),
                Math.max(LEAST_LOG_BYTES, Math.min(MOST_LOG_BYTES, maxBytes / 16)));
    }

    /** Above so many bytes in use the oldest audit rows are removed. */
    long pruneAboveBytes() {
        return databaseBytes / 4 * 3;
    }

    /** Above so many bytes in use nothing new is lent. */
    long lendUpToBytes() {
        return databaseBytes / 8 * 7;
    }
}
