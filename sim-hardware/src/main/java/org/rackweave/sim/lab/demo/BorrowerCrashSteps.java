package org.rackweave.sim.lab.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.sim.cxl.PlannedFault;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.Window;

/** A borrower dies with what it borrowed: it is fenced, wiped and offered again. */
final class BorrowerCrashSteps {
    private static final String TERM = "3s";
    private static final long TERM_MILLIS = 3_000;
    private static final String MARK = "written by the host of node a";

    /** Long enough that what was left can be looked at before it is wiped. */
    /** Each wipe is late by a second, so that there is time to look at what a host left. */
    private static final PlannedFault SLOW_WIPE = new PlannedFault(Opcode.SANITIZE, PlannedFault.Kind.LATE, 1_000, 100);

    private final Stage stage;
    private Optional<LoanView> loan = Optional.empty();
    private long killedNanos;

    BorrowerCrashSteps(Stage stage) {
        this.stage = stage;
    }

    List<Step> steps() {
        return List.of(
                new Step("borrow", "a borrows 2 GiB from b over DTLS", this::borrow),
                new Step("write", "a's host writes a pattern through its windows", this::write),
                new Step("renew", "renewals flow", this::renew),
                new Step("kill-borrower", "kill -9 of a", this::killBorrower),
                new Step("fence", "its term runs out, and b fences", this::fence),
                new Step("before-wipe", "the pattern is still there before the wipe", this::lookBeforeWipe),
                new Step("wipe", "b wipes and reads back", this::wipe),
                new Step("offer-again", "what a held is offered again", this::offerAgain));
    }

    private LoanView loan() {
        return loan.orElseThrow(() -> new IllegalStateException("the loan is made in the first step"));
    }

    private List<String> keys() {
        return Stage.keys(loan());
    }

    private void borrow(Seen seen) throws LabFailure {
        LoanView made = stage.borrow(Stage.BORROWER, TERM);
        loan = Optional.of(made);
        long bytes = made.leases().stream().mapToLong(LeaseView::amount).sum();
        Stage.require(
                made.state() == LoanState.ACTIVE, "the loan is %s", made.state().word());
        Stage.require(bytes == Stage.WANTED_BYTES, "the loan is of %s", Stage.gib(bytes));
        for (LeaseView lease : made.leases()) {
            String key = lease.slice().key();
            Stage.require(lease.slice().owner().equals(stage.rack().id(Stage.OWNER)), "slice %s is not b's", key);
            Stage.require(
                    stage.route(key).equals("bound to " + Stage.BORROWER),
                    "b's hardware says of %s: %s",
                    key,
                    stage.route(key));
            seen.line(
                    "slice %s: %s, epoch %d, hardware says: %s",
                    key, Stage.gib(lease.amount()), lease.epoch().value(), stage.route(key));
        }
        seen.line("loan %s, term %s", made.id().brief(), TERM);
    }

    private void write(Seen seen) throws LabFailure {
        List<Window> windows = Stage.windows(loan());
        stage.host("write", MARK, windows);
        for (String key : keys()) {
            Stage.require(marks(key) == Window.marks(), "b's slice %s has %d marks", key, marks(key));
        }
        seen.line("another process mapped %d windows and wrote \"%s\"", windows.size(), MARK);
        seen.line("b's slices %s hold it at start, middle and end", String.join(", ", keys()));
    }

    private int marks(String key) throws LabFailure {
        try {
            return stage.ownersView(key).marksOf(MARK);
        } catch (IOException failed) {
            throw new LabFailure("cannot look into slice " + key + ": " + failed.getMessage(), failed);
        }
    }

    private void renew(Seen seen) throws LabFailure {
        String key = keys().get(0);
        long startNanos = System.nanoTime();
        List<Long> renewedAt = new ArrayList<>();
        long[] before = {remaining(key)};
        Await.until("two renewals of " + key, Stage.PATIENCE, () -> {
            long now = remaining(key);
            if (now > before[0]) {
                renewedAt.add((System.nanoTime() - startNanos) / 1_000_000);
            }
            before[0] = now;
            return renewedAt.size() >= 2 ? Optional.of(true) : Optional.empty();
        });
        seen.line(
                "b counted a new term for %s at %d ms and %d ms of this step; %d ms left",
                key, renewedAt.get(0), renewedAt.get(1), before[0]);
    }

    private long remaining(String key) throws LabFailure {
        return lease(key).remainingMillis();
    }

    private LeaseView lease(String key) throws LabFailure {
        return Leases.onSlice(stage, Stage.OWNER, key).orElseThrow(() -> new LabFailure("b lends " + key + " no more"));
    }

    private void killBorrower(Seen seen) throws LabFailure {
        stage.hardware().tell(Stage.OWNER, SLOW_WIPE);
        killedNanos = System.nanoTime();
        stage.rack().process(Stage.BORROWER).kill();
        Stage.require(!stage.rack().process(Stage.BORROWER).isRunning(), "the process is still there");
        seen.line("process %d is gone", stage.rack().process(Stage.BORROWER).pid());
        for (String key : keys()) {
            Stage.require(
                    stage.slice(Stage.OWNER, key).state() == SliceState.ACTIVE,
                    "b took %s back before its term was over",
                    key);
        }
        seen.line("b still holds its word: %s active, %d ms left", String.join(", ", keys()), remaining(keys().get(0)));
    }

    private void fence(Seen seen) throws LabFailure {
        List<String> keys = keys();
        for (String key : keys) {
            SliceView slice = Await.until("b takes " + key + " back", Stage.PATIENCE, () -> fenced(key));
            Stage.require(stage.route(key).equals("unbound"), "b's hardware says of %s: %s", key, stage.route(key));
            seen.line("slice %s: %s, hardware says: %s", key, slice.state().word(), stage.route(key));
        }
        long afterMillis = (System.nanoTime() - killedNanos) / 1_000_000;
        for (Window window : Stage.windows(loan())) {
            Stage.require(!Files.exists(window.file()), "a's host still has the window %s", window.file());
        }
        seen.line("a's windows are gone, %d ms after the kill (term %d ms)", afterMillis, TERM_MILLIS);
    }

    private Optional<SliceView> fenced(String key) throws LabFailure {
        SliceView slice = stage.slice(Stage.OWNER, key);
        return slice.state() == SliceState.SANITISING ? Optional.of(slice) : Optional.empty();
    }

    private void lookBeforeWipe(Seen seen) throws LabFailure {
        for (String key : keys()) {
            int marks = marks(key);
            SliceState state = stage.slice(Stage.OWNER, key).state();
            Stage.require(
                    marks == Window.marks() && state == SliceState.SANITISING,
                    "slice %s is %s and has %d marks",
                    key,
                    state.word(),
                    marks);
            seen.line("slice %s is %s and still says \"%s\"", key, state.word(), MARK);
        }
        seen.line("(b's device was told to be late with each wipe by %d ms)", SLOW_WIPE.millis());
    }

    private void wipe(Seen seen) throws LabFailure {
        for (String key : keys()) {
            Await.until(
                    "b wipes " + key,
                    Stage.PATIENCE,
                    () -> stage.slice(Stage.OWNER, key).state() == SliceState.FREE
                            ? Optional.of(true)
                            : Optional.empty());
        }
        stage.hardware().calm(Stage.OWNER);
        List<AuditRow> wipes = stage.audit(Stage.OWNER).stream()
                .filter(row -> row.action().equals("slice.wiped"))
                .toList();
        for (String key : keys()) {
            long nonZero = nonZero(key);
            Stage.require(nonZero == 0, "slice %s is free and has %d bytes that are not zero", key, nonZero);
            AuditRow row = wipes.stream()
                    .filter(wiped -> wiped.subject().equals(key))
                    .reduce((first, last) -> last)
                    .orElseThrow(() -> new LabFailure("b's audit trail does not say that " + key + " was wiped"));
            seen.line("slice %s: every byte read here is zero; audit row %d: %s", key, row.number(), row.detail());
        }
    }

    private long nonZero(String key) throws LabFailure {
        try {
            return stage.ownersView(key).nonZeroBytes();
        } catch (IOException failed) {
            throw new LabFailure("cannot read slice " + key + ": " + failed.getMessage(), failed);
        }
    }

    private void offerAgain(Seen seen) throws LabFailure {
        NodeView.Capacity capacity = Await.until(
                "c sees all of b's memory free",
                Duration.ofSeconds(30),
                () -> stage.rack().view(Stage.NEXT, Stage.OWNER).stream()
                        .flatMap(view -> view.capacity().stream())
                        .filter(each -> each.kind() == ResourceKind.MEMORY && each.free() == each.total())
                        .findFirst());
        long afterMillis = (System.nanoTime() - killedNanos) / 1_000_000;
        seen.line(
                "c knows that b has %s of %s free, %d ms after the kill",
                Stage.gib(capacity.free()), Stage.gib(capacity.total()), afterMillis);
        String liveness = Await.until("c knows that a is dead", Stage.PATIENCE, () -> stage.rack()
                .view(Stage.NEXT, Stage.BORROWER)
                .map(NodeView::liveness)
                .filter("dead"::equals));
        seen.line("c holds a for %s", liveness);
    }
}
