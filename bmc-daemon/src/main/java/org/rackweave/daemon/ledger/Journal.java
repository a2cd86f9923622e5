package org.rackweave.daemon.ledger;

import java.util.List;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.AuditRow;

/** What the conductor needs of a ledger. A daemon has a {@link Ledger}; a simulated rack keeps its rows in memory. */
public interface Journal {
    /**
     * Writes what a batch of steps wants persisted, and returns when it is on the disk. After an exception nothing of it is.
     *
     * @param effects those that are not to be persisted are passed over
     * @return whether there was anything to write
     */
    Commit commit(List<Effect> effects, long wallMillis) throws LedgerException;

    /** Audit rows after a number, in order. */
    List<AuditRow> audit(long after, int limit) throws LedgerException;

    long lastAuditNumber();

    String lastAuditHash();

    /** Audit rows were given to somebody who may keep them: those after a number, up to another. */
    default void handedOut(long after, long through) {}

    /** What was done to keep within bounds since it was opened. */
    default Upkeep upkeep() {
        return Upkeep.NONE;
    }

    /**
     * What was done to keep within bounds since it was opened.
     *
     * @param prunedRows audit rows that were removed
     * @param prunedUnread those of them that nobody had read
     * @param room what there is room for
     */
    record Upkeep(long prunedRows, long prunedUnread, Room room) {
        public static final Upkeep NONE = new Upkeep(0, 0, Room.TO_LEND);
    }

    /** What there is room for. */
    enum Room {
        TO_LEND,
        /** The rest is for releases, fences, wipes and renewals of what is lent already. */
        ONLY_TO_TAKE_BACK
    }

    /** What a commit that did not fail has shown of the ledger. */
    enum Commit {
        WRITTEN,
        /** Whether it could have been written, nobody knows. */
        NOTHING_TO_WRITE
    }
}
