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
import org.rackweave.daemon.lease.Leg;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.lease.WantRow;
import org.rackweave.daemon.ledger.Journal;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.protocol.message.AuditChain;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.LeaseId;
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
    /** What a commit that failed may have left on the disk, until the next one that does not fail. */
    private List<Effect> ghost = List.of();

    private boolean isSettling;
    private boolean wasRestored;

    /** A copy of the file. */
    record Copy(Map<String, SliceRow> slices, Map<LoanId, LoanRow> loans, Map<LoanId, WantRow> wants, String bootId) {}

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

    /** Whether there is a loan that has this lease, and has not ended it. */
    boolean owes(LeaseId lease) {
        return loans.values().stream()
                .flatMap(loan -> loan.legs().stream())
                .anyMatch(leg -> leg.lease().equals(lease) && leg.state() != Leg.State.ENDED);
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

    Copy copy() {
        return new Copy(new TreeMap<>(slices), new LinkedHashMap<>(loans), new LinkedHashMap<>(wants), bootId);
    }

    /** Somebody puts an older copy in place. What happened since is forgotten, the audit trail too as far as it matters here. */
    void restore(Copy copy) {
        wasRestored = true;
        slices.clear();
        slices.putAll(copy.slices());
        loans.clear();
        loans.putAll(copy.loans());
        wants.clear();
        wants.putAll(copy.wants());
        bootId = copy.bootId();
        ghost = List.of();
    }

    /** The process is gone. @return whether a commit that had failed turns out to be on the disk */
    boolean settle(boolean ghostAppears) {
        boolean appears = ghostAppears && !ghost.isEmpty();
        if (appears) {
            isSettling = true;
            write(ghost, 0);
            isSettling = false;
        }
        ghost = List.of();
        return appears;
    }

    /** Whether it has been an older copy once. */
    boolean wasRestored() {
        return wasRestored;
    }

    /** Whether what is written now was meant to be written earlier. */
    boolean isSettling() {
        return isSettling;
    }

    LedgerException failing(List<Effect> effects) {
        ghost = List.copyOf(effects);
        return new LedgerException(file, "cannot be written (an error of its disk, as the seed says)", "wait");
    }

    void rememberBoot(String id) throws LedgerException {
        requireSpace();
        bootId = id;
    }

    @Override
    public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
        if (effects.stream().noneMatch(SimulatedJournal::isKept)) {
            return Commit.NOTHING_TO_WRITE;
        }
        requireSpace();
        ghost = List.of();
        write(effects, wallMillis);
        return Commit.WRITTEN;
    }

    /** Whether it is something to write. */
    static boolean isKept(Effect effect) {
        return effect instanceof Effect.SaveSlice
                || effect instanceof Effect.SaveLoan
                || effect instanceof Effect.ForgetLoan
                || effect instanceof Effect.SaveWant
                || effect instanceof Effect.ForgetWant
                || effect instanceof Effect.Audit;
    }

    private void write(List<Effect> effects, long wallMillis) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.SaveSlice save) {
                SliceRow row = save.row();
                kept.slice(slices.put(row.facts().key(), row), row);
            } else if (effect instanceof Effect.SaveLoan save) {
                kept.loan(loans.put(save.row().id(), save.row()), save.row());
            } else if (effect instanceof Effect.ForgetLoan forget) {
                loans.remove(forget.loan());
            } else if (effect instanceof Effect.SaveWant save) {
                wants.put(save.row().loan(), save.row());
            } else if (effect instanceof Effect.ForgetWant forget) {
                wants.remove(forget.loan());
            } else if (effect instanceof Effect.Audit row) {
                append(row, wallMillis);
            }
        }
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
