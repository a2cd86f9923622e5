package org.rackweave.sim.lab.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WantView;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.LabFailure;

/** Not enough for all: lenders are combined, a demand waits, is filled, and loses it again to a higher priority. */
final class LineSteps {
    private static final String TERM = "9s";
    /** What {@code rackweave borrow} asks at, so that all before here are of it. */
    private static final int USUAL_PRIORITY = 4;

    private static final int HIGHER_PRIORITY = 7;

    /** Two terms of a third each are longer than a lease is left alone after its grant in this rack. */
    private static final int RENEWALS = 2;

    private static final long COMBINED_BYTES = 4 * Stage.GIB;
    private static final long WAITING_BYTES = Stage.GIB;
    private static final long URGENT_BYTES = 3 * Stage.GIB;

    private final Stage stage;
    private Optional<LoanView> combined = Optional.empty();
    private Optional<LoanView> waiting = Optional.empty();
    private Optional<LoanView> urgent = Optional.empty();

    LineSteps(Stage stage) {
        this.stage = stage;
    }

    List<Step> steps() {
        return List.of(
                new Step("combine", "a borrows more than any node has, from two", this::combine),
                new Step("wait", "b waits in line at c: its priority is not higher", this::standInLine),
                new Step("fill", "a gives back, and what b waits for comes to it", this::fill),
                new Step("reclaim", "a needs all of c's at a higher priority: b is told", this::reclaim),
                new Step("reclaimed", "b lets go within its grace, and a has it", this::reclaimed));
    }

    private static LoanView made(Optional<LoanView> loan) {
        return loan.orElseThrow(() -> new IllegalStateException("the loan is made in an earlier step"));
    }

    // ---- two lenders -----------------------------------------------------------------------------------------------

    private void combine(Seen seen) throws LabFailure {
        LoanView loan = stage.borrow(Stage.BORROWER, "4GiB", TERM);
        combined = Optional.of(loan);
        requireState(loan, LoanState.ACTIVE);
        Map<String, Long> lent = new TreeMap<>();
        for (LeaseView lease : loan.leases()) {
            lent.merge(stage.rack().name(lease.slice().owner()), lease.amount(), Long::sum);
        }
        long bytes = lent.values().stream().mapToLong(Long::longValue).sum();
        Stage.require(bytes == COMBINED_BYTES, "the loan is of %s", Stage.gib(bytes));
        Stage.require(lent.size() == 2, "the lenders are %s", lent.keySet());
        List<String> parts = new ArrayList<>();
        lent.forEach((owner, amount) -> parts.add(Stage.gib(amount) + " of " + owner));
        seen.line("one loan %s, %s: %s", loan.id().brief(), loan.state().word(), String.join(", ", parts));
        seen.line("because: %s", loan.explanation());
    }

    // ---- a demand that stands --------------------------------------------------------------------------------------

    private void standInLine(Seen seen) throws LabFailure {
        LoanView asked = stage.borrow(Stage.OWNER, "1GiB", TERM, "--from", Stage.NEXT, "--standing");
        waiting = Optional.of(asked);
        requireState(asked, LoanState.WAITING);
        LoanView inLine = Await.until("b has a place in c's line", Stage.PATIENCE, () -> placed(Stage.OWNER, asked));
        seen.line("loan %s of b is %s, %s", inLine.id().brief(), inLine.state().word(), place(inLine));
        tellLine(seen);
        awaitRenewals(made(combined), Stage.NEXT);
        LoanView later = stage.loan(Stage.OWNER, asked.id());
        requireState(later, LoanState.WAITING);
        requireState(stage.loan(Stage.BORROWER, made(combined).id()), LoanState.ACTIVE);
        for (SliceView slice : stage.slices(Stage.NEXT)) {
            Stage.require(
                    slice.state() == SliceState.ACTIVE,
                    "c's slice %s is %s",
                    slice.id().key(),
                    slice.state().word());
        }
        seen.line("a's loan was renewed meanwhile: an equal priority takes nothing back");
    }

    private Optional<LoanView> placed(String borrower, LoanView asked) throws LabFailure {
        LoanView loan = stage.loan(borrower, asked.id());
        return loan.place().isPresent() ? Optional.of(loan) : Optional.empty();
    }

    private static String place(LoanView loan) {
        LinePlace at = loan.place().orElseThrow(() -> new IllegalStateException("it was waited for"));
        return String.format(Locale.ROOT, "place %d of %d, %s coming", at.place(), at.of(), Stage.gib(at.coming()));
    }

    /** The owner's line as it would be shown to a field engineer. */
    private void tellLine(Seen seen) throws LabFailure {
        for (WantView want : stage.rack()
                .ask(Stage.NEXT, new Command.ListWants(), Answer.Wants.class)
                .wants()) {
            seen.line(
                    "c's line, place %d of %d: %s wants %s at priority %d",
                    want.place().place(),
                    want.place().of(),
                    stage.rack().name(want.borrower()),
                    Stage.gib(want.amount()),
                    want.requirement().priority());
        }
    }

    /** What this owner lends to a loan is counted anew so often. */
    private void awaitRenewals(LoanView loan, String owner) throws LabFailure {
        Map<String, Long> before = new TreeMap<>();
        Map<String, Integer> renewals = new TreeMap<>();
        for (LeaseView lease : loan.leases()) {
            if (lease.slice().owner().equals(stage.rack().id(owner))) {
                renewals.put(lease.slice().key(), 0);
            }
        }
        List<String> keys = List.copyOf(renewals.keySet());
        Await.until(owner + " renews " + keys, Stage.PATIENCE, () -> {
            for (String key : keys) {
                long now = Leases.onSlice(stage, owner, key)
                        .orElseThrow(() -> new LabFailure(owner + " lends " + key + " no more"))
                        .remainingMillis();
                boolean isNew = now > before.getOrDefault(key, Long.MAX_VALUE);
                renewals.merge(key, isNew ? 1 : 0, Integer::sum);
                before.put(key, now);
            }
            return renewals.values().stream().allMatch(count -> count >= RENEWALS)
                    ? Optional.of(true)
                    : Optional.empty();
        });
    }

    private void fill(Seen seen) throws LabFailure {
        String id = made(combined).id().toString();
        stage.rack().commandLine(Stage.BORROWER, "release", id, "--yes").requireDone("rackweave release");
        LoanView filled = Await.until("b's demand is filled", Stage.PATIENCE, () -> active(Stage.OWNER, made(waiting)));
        long bytes = filled.leases().stream().mapToLong(LeaseView::amount).sum();
        Stage.require(bytes == WAITING_BYTES, "the loan is of %s", Stage.gib(bytes));
        seen.line("a's loan %s is given back", made(combined).id().brief());
        for (LeaseView lease : filled.leases()) {
            String key = lease.slice().key();
            Stage.require(lease.wipe().isPresent(), "c granted %s without a certificate of its wipe", key);
            seen.line(
                    "b's loan %s is %s: c's slice %s, wiped before, epoch %d",
                    filled.id().brief(),
                    filled.state().word(),
                    key,
                    lease.epoch().value());
        }
    }

    private Optional<LoanView> active(String borrower, LoanView asked) throws LabFailure {
        LoanView loan = stage.loan(borrower, asked.id());
        return loan.state() == LoanState.ACTIVE ? Optional.of(loan) : Optional.empty();
    }

    // ---- a higher priority -----------------------------------------------------------------------------------------

    private void reclaim(Seen seen) throws LabFailure {
        LoanView victim = stage.loan(Stage.OWNER, made(waiting).id());
        // A lease is left alone for a while after its grant, so that two demands do not take turns with it.
        awaitRenewals(victim, Stage.NEXT);
        LoanView asked = stage.borrow(
                Stage.BORROWER,
                "3GiB",
                TERM,
                "--from",
                Stage.NEXT,
                "--priority",
                Integer.toString(HIGHER_PRIORITY),
                "--standing");
        urgent = Optional.of(asked);
        requireState(asked, LoanState.WAITING);
        seen.line(
                "a asks for %s at priority %d; b holds %s at %d",
                Stage.gib(URGENT_BYTES), HIGHER_PRIORITY, Stage.gib(WAITING_BYTES), USUAL_PRIORITY);
        String key = Stage.keys(victim).get(0);
        LeaseView recalled =
                Await.until("c takes " + key + " back", Stage.PATIENCE, () -> Leases.onSlice(stage, Stage.NEXT, key)
                        .filter(lease -> lease.state() == SliceState.RECLAIMING));
        seen.line(
                "c: %s is %s, %d ms left of the grace; %s",
                key, recalled.state().word(), recalled.remainingMillis(), recalled.reason());
        requireState(stage.loan(Stage.OWNER, victim.id()), LoanState.ACTIVE);
        seen.line("b still has it, and was told: %s", recallTold(victim));
    }

    private String recallTold(LoanView victim) throws LabFailure {
        return Await.until("b is told", Stage.PATIENCE, () -> stage.events(Stage.OWNER).stream()
                .filter(event -> event.kind().equals("loan.recalled")
                        && event.subject().equals(victim.id().toString()))
                .map(EventView::text)
                .findFirst());
    }

    private void reclaimed(Seen seen) throws LabFailure {
        LoanView ended = Await.until("b's loan is over", Stage.PATIENCE, () -> {
            LoanView loan = stage.loan(Stage.OWNER, made(waiting).id());
            return loan.state() == LoanState.ENDED ? Optional.of(loan) : Optional.empty();
        });
        seen.line("b's loan %s is %s: %s", ended.id().brief(), ended.state().word(), ended.explanation());
        LoanView loan = Await.until("a has what it needs", Stage.PATIENCE, () -> active(Stage.BORROWER, made(urgent)));
        long bytes = loan.leases().stream().mapToLong(LeaseView::amount).sum();
        Stage.require(bytes == URGENT_BYTES, "the loan is of %s", Stage.gib(bytes));
        seen.line("a's loan %s is %s: %s of c", loan.id().brief(), loan.state().word(), Stage.gib(bytes));
        long revoked = stage.counter(Stage.NEXT, "leases_reclaimed");
        Stage.require(revoked == 1, "c took %d leases back", revoked);
        seen.line("c took 1 lease back in all: the fewest that were enough");
    }

    private static void requireState(LoanView loan, LoanState state) throws LabFailure {
        Stage.require(
                loan.state() == state,
                "loan %s is %s: %s",
                loan.id().brief(),
                loan.state().word(),
                loan.explanation());
    }
}
