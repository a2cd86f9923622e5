package org.rackweave.daemon.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.LedgerHead;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.AuditChain;
import org.rackweave.protocol.message.AuditRow;

/**
 * The ends of the audit trail. A step writes rows in a transaction that is open and answers the trail as it is then; whoever
 * steps keeps the old one until the commit.
 *
 * <pre>
 *   removed rows │ anchor │ rows that are held … signed head … signed head … rows since │
 * </pre>
 *
 * @param anchor the last row that was removed
 * @param number of the last row; 0 before the first
 * @param hash of the last row
 * @param headNumber up to which row the trail is signed
 * @param headAtMillis when that was, by the wall clock
 */
record Trail(LedgerHead.Anchor anchor, long number, String hash, long headNumber, long headAtMillis) {
    /** Rows that are always held: what was done last can be looked up however small the ledger is. */
    static final long KEEP_ROWS = 256;

    /** Rows that are removed at once: few, so that no commit is much longer than the others. */
    static final long PRUNE_ROWS = 256;

    /** Rows after which the trail is signed: one signature costs a slow card about as much as three commits. */
    static final long SIGN_ROWS = 256;

    /** The time after which new rows are signed, however few, in milliseconds: so long a removed tail may go unseen. */
    static final long SIGN_MILLIS = 15 * 60_000;

    static final LedgerHead.Anchor NO_ANCHOR = new LedgerHead.Anchor(0, AuditChain.START, 0, 0);

    Trail {
        Objects.requireNonNull(anchor);
        Objects.requireNonNull(hash);
    }

    static Trail of(Connection connection) throws SQLException {
        LedgerHead.Anchor anchor = TrailRows.anchor(connection).orElse(NO_ANCHOR);
        Optional<AuditRow> last = Rows.lastAudit(connection);
        List<TrailRows.Head> heads = TrailRows.newestHeads(connection, 1);
        Optional<LedgerHead> head = heads.stream().findFirst().flatMap(stored -> LedgerHead.claimed(stored.sign1())
                .filter(h -> h.number() == stored.number()));
        return new Trail(
                anchor,
                last.map(AuditRow::number).orElse(anchor.number()),
                last.map(AuditRow::hash).orElse(anchor.hash()),
                heads.isEmpty() ? 0 : heads.get(0).number(),
                head.map(LedgerHead::atEpochMillis).orElse(0L));
    }

    Trail append(PreparedStatement statement, Effect.Audit audit, long wallMillis) throws SQLException {
        String next = AuditChain.hash(
                hash, number + 1, wallMillis, audit.actor(), audit.action(), audit.subject(), audit.detail());
        Rows.append(
                statement,
                new AuditRow(
                        number + 1, wallMillis, audit.actor(), audit.action(), audit.subject(), audit.detail(), next));
        return new Trail(anchor, number + 1, next, headNumber, headAtMillis);
    }

    /** How many rows may be removed now. */
    long prunable() {
        return Math.max(0, Math.min(PRUNE_ROWS, number - anchor.number() - KEEP_ROWS));
    }

    /** Removes the oldest rows, and the heads that say nothing without them, once the anchor says where they ended. */
    Trail prune(Connection connection, long rows, long wallMillis) throws SQLException {
        long through = anchor.number() + rows;
        AuditRow last = Rows.audit(connection, through - 1, 1).get(0);
        LedgerHead.Anchor moved = new LedgerHead.Anchor(through, last.hash(), Math.max(0, wallMillis), rows);
        TrailRows.save(connection, moved);
        TrailRows.removeThrough(connection, through);
        return new Trail(moved, number, hash, headNumber, headAtMillis);
    }

    boolean isHeadDue(long wallMillis) {
        long rows = number - headNumber;
        // A wall clock that was set back is no reason to wait for it.
        boolean late = headNumber == 0 || Math.abs(wallMillis - headAtMillis) >= SIGN_MILLIS;
        return rows >= SIGN_ROWS || (rows > 0 && late);
    }

    Trail sign(Connection connection, HeadSigner signer, long wallMillis) throws SQLException {
        TrailRows.save(connection, signer.node(), signer.certificate());
        TrailRows.save(connection, new TrailRows.Head(number, signer.sign(this, wallMillis)));
        return new Trail(anchor, number, hash, number, wallMillis);
    }
}
