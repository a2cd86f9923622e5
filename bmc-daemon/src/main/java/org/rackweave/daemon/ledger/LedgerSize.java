package org.rackweave.daemon.ledger;

/**
 * How the space that an operator gives to the ledger is divided, in pages of {@value #PAGE_BYTES} bytes:
 *
 * <pre>
 *  1/4  the database            of which 3/4 until the oldest audit rows are removed, 7/8 until nothing new is lent,
 *                               and the last 1/8 is for taking back: releases, fences, wipes, renewals
 *  1/8  the write-ahead log     twice what it holds when it is written back
 *  1/2  two copies beside it    a backup, a staged or set-aside ledger, a rehearsed migration
 *  1/8  nothing                 file systems need some
 * </pre>
 *
 * @param databasePages beyond which SQLite refuses to grow the database
 * @param checkpointPages of the write-ahead log, after which it is written back into the database
 */
record LedgerSize(long databasePages, long checkpointPages) {
    static final int PAGE_BYTES = 4096;

    /** Empty tables with their indices, and a little to work with. */
    private static final long LEAST_PAGES = 48;

    /** More in the log wears the flash less, as a page that changes often is written back once, but makes a start longer. */
    private static final long MOST_CHECKPOINT_PAGES = 256;

    private static final long LEAST_CHECKPOINT_PAGES = 8;

    static LedgerSize of(long maxBytes) {
        long pages = maxBytes / PAGE_BYTES;
        return new LedgerSize(
                Math.max(LEAST_PAGES, pages / 4),
                Math.max(LEAST_CHECKPOINT_PAGES, Math.min(MOST_CHECKPOINT_PAGES, pages / 16)));
    }

    /** Above so many pages in use the oldest audit rows are removed. */
    long pruneAbovePages() {
        return databasePages * 3 / 4;
    }

    /** Above so many pages in use nothing new is lent. */
    long lendUpToPages() {
        return databasePages * 7 / 8;
    }

    long databaseBytes() {
        return databasePages * PAGE_BYTES;
    }

    /** What the file of the log is cut back to. */
    long logBytes() {
        return checkpointPages * (PAGE_BYTES + 24L) + 32;
    }
}
