package org.rackweave.sim.world;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.lease.WantRow;
import org.rackweave.daemon.ledger.Journal;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.protocol.message.AuditChain;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.LoanId;

/** A node's ledger, as what is on its disk. It outlives the processes that use it; a commit is there whole, or not at all. */
final class SimulatedJournal implements Journal {
    /** Newest rows of the audit trail that can be read. */
    private static final int AUDIT_ROWS = 64;

    private final Path file;
    private final Kept kept;
    private final Map<String, SliceRow> slices = new TreeMap<>();
    private final Map<LoanId, LoanRow> loans = new LinkedHashMap<>();
    private final Map<LoanId, WantRow> wants = new LinkedHashMap<>();
    private final List<AuditRow> audit = new ArrayList<>();
    private long lastNumber;
    private String lastHash = AuditChain.START;
    private String bootId = "";
    private boolean full;

    /** Sees each row that was kept. */
    interface Kept {
        void slice(@Nullable SliceRow before, SliceRow after);

        void loan(@Nullable LoanRow before, LoanRow after);
    }

    SimulatedJournal(String node, Kept kept) {
        this.file = Path.of(node, "ledger.db");
        this.kept = kept;
    }

    Collection<SliceRow> slices() {
        return Collections.unmodifiableCollection(slices.values());
    }

    Collection<LoanRow> loans() {
        return Collections.unmodifiableCollection(loans.values());
    }

    Collection<WantRow> wants() {
        return Collections.unmodifiableCollection(wants.values());
    }

    @Nullable SliceRow slice(String key) {
        return slices.get(key);
    }

    String bootId() {
        return bootId;
    }

    boolean isFull() {
        return full;
    }

    void full(boolean now) {
        full = now;
    }

    void rememberBoot(String id) throws LedgerException {
        requireSpace();
        bootId = id;
    }

    @Override
    public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
        Commit outcome = Commit.NOTHING_TO_WRITE;
        for (Effect effect : effects) {
            if (effect instanceof Effect.SaveSlice save) {
                requireSpace();
                SliceRow row = save.row();
                kept.slice(slices.put(row.facts().key(), row), row);
            } else if (effect instanceof Effect.SaveLoan save) {
                requireSpace();
                kept.loan(loans.put(save.row().id(), save.row()), save.row());
            } else if (effect instanceof Effect.ForgetLoan forget) {
                requireSpace();
                loans.remove(forget.loan());
            } else if (effect instanceof Effect.SaveWant save) {
                requireSpace();
                wants.put(save.row().loan(), save.row());
            } else if (effect instanceof Effect.ForgetWant forget) {
                requireSpace();
                wants.remove(forget.loan());
            } else if (effect instanceof Effect.Audit row) {
                requireSpace();
                append(row, wallMillis);
            } else {
                continue;
            }
            outcome = Commit.WRITTEN;
        }
        return outcome;
    }

    private void requireSpace() throws LedgerException {
        if (full) {
            throw new LedgerException(file, "cannot be written (its disk is full, as the seed says)", "wait");
        }
    }

    private void append(Effect.Audit row, long wallMillis) {
        lastNumber++;
        lastHash = AuditChain.hash(
                lastHash, lastNumber, wallMillis, row.actor(), row.action(), row.subject(), row.detail());
        audit.add(
                new AuditRow(lastNumber, wallMillis, row.actor(), row.action(), row.subject(), row.detail(), lastHash));
        if (audit.size() > AUDIT_ROWS) {
            audit.remove(0);
        }
    }

    @Override
    public List<AuditRow> audit(long after, int limit) {
        return audit.stream().filter(row -> row.number() > after).limit(limit).toList();
    }

    @Override
    public long lastAuditNumber() {
        return lastNumber;
    }

    @Override
    public String lastAuditHash() {
        return lastHash;
    }
}
