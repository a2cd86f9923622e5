package org.rackweave.sim.lab.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.WipeCertificate;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.DaemonProcess;
import org.rackweave.sim.lab.JsonObject;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;
import org.rackweave.sim.lab.Window;

/** An owner dies in the middle of a loan: the loan lives, and nobody else gets what it is of. */
final class OwnerCrashSteps {
    private static final String TERM = "9s";
    private static final String MARK = "written by the host of node c";

    private static final String GRANT = "lease.grant";
    private static final String WIPE = "slice.wiped";
    private static final List<String> LIFE = List.of(GRANT, "slice.fenced", WIPE);

    private final Stage stage;
    private Optional<LoanView> loan = Optional.empty();
    private final Map<String, Long> epochs = new TreeMap<>();

    OwnerCrashSteps(Stage stage) {
        this.stage = stage;
    }

    List<Step> steps() {
        return List.of(
                new Step("borrow-again", "c borrows it and reads zeros", this::borrowAgain),
                new Step("contend", "a comes back and wants it too", this::contend),
                new Step("kill-owner", "kill -9 of b in the middle of c's loan", this::killOwner),
                new Step("restart-owner", "b starts again, and the loan lives", this::restartOwner),
                new Step("sole-holder", "nobody else ever held it", this::soleHolder));
    }

    private LoanView loan() {
        return loan.orElseThrow(() -> new IllegalStateException("the loan is made in the first step"));
    }

    private void borrowAgain(Seen seen) throws LabFailure {
        LoanView made = stage.borrow(Stage.NEXT, TERM);
        loan = Optional.of(made);
        Stage.require(
                made.state() == LoanState.ACTIVE, "the loan is %s", made.state().word());
        for (LeaseView lease : made.leases()) {
            epochs.put(lease.slice().key(), lease.epoch().value());
            String certificate = lease.wipe().map(OwnerCrashSteps::shown).orElse("never lent before");
            seen.line(
                    "slice %s, epoch %d: %s", lease.slice().key(), lease.epoch().value(), certificate);
        }
        for (JsonObject line : stage.host("read", MARK, Stage.windows(made))) {
            long nonZero = line.number("nonZeroBytes");
            Stage.require(nonZero == 0, "c's host read %d bytes that are not zero", nonZero);
        }
        seen.line("c's host read all %s: every byte is zero", Stage.gib(Stage.WANTED_BYTES));
        stage.host("write", MARK, Stage.windows(made));
        requireMarks();
        seen.line("then it wrote \"%s\"", MARK);
    }

    private static String shown(WipeCertificate wipe) {
        return "granted with a certificate: " + wipe.method() + ", " + Stage.gib(wipe.verifiedBytes())
                + " read back after epoch " + wipe.epoch().value();
    }

    private void contend(Seen seen) throws LabFailure {
        DaemonProcess process = stage.rack().start(Stage.BORROWER);
        stage.rack().awaitConvergence(Stage.ALL, Stage.PATIENCE);
        seen.line("a runs again as process %d and is alive for all", process.pid());
        ProgramRun run = stage.rack()
                .commandLine(
                        Stage.BORROWER,
                        "borrow",
                        "--kind",
                        "memory",
                        "--amount",
                        "2GiB",
                        "--term",
                        TERM,
                        "--from",
                        Stage.OWNER,
                        "--forced-end",
                        "tolerated");
        Stage.require(
                run.exitCode() != 0, "a was lent what c holds: %s", run.output().strip());
        seen.line(
                "refused, exit code %d: %s",
                run.exitCode(), run.errors().strip().lines().findFirst().orElse(""));
    }

    private void killOwner(Seen seen) throws LabFailure {
        DaemonProcess process = stage.rack().process(Stage.OWNER);
        process.kill();
        Stage.require(!process.isRunning(), "the process is still there");
        seen.line("process %d is gone", process.pid());
        requireRoutes();
        requireMarks();
        seen.line("c's host still reads what it wrote: the data path needs no daemon");
    }

    private void restartOwner(Seen seen) throws LabFailure {
        DaemonProcess process = stage.rack().start(Stage.OWNER);
        requireRoutes();
        seen.line(
                "node b serves again after %d ms as process %d",
                process.startTime().toMillis(), process.pid());
        Map<String, Long> remaining = new TreeMap<>();
        for (LeaseView before : loan().leases()) {
            remaining.put(before.slice().key(), sameLease(before).remainingMillis());
        }
        for (Map.Entry<String, Long> left : remaining.entrySet()) {
            Await.until("c renews " + left.getKey() + " at the restarted b", Stage.PATIENCE, () -> renewed(left));
            seen.line(
                    "slice %s: same lease, same epoch %d, %d ms left when b came back, renewed since",
                    left.getKey(), epochs.getOrDefault(left.getKey(), 0L), left.getValue());
        }
        requireRoutes();
        LoanView now = stage.loan(Stage.NEXT, loan().id());
        Stage.require(
                now.state() == LoanState.ACTIVE,
                "for c the loan is %s",
                now.state().word());
        requireMarks();
        seen.line(
                "for c the loan is %s, and its memory holds what it wrote",
                now.state().word());
    }

    private LeaseView sameLease(LeaseView before) throws LabFailure {
        String key = before.slice().key();
        LeaseView after = Leases.onSlice(stage, Stage.OWNER, key)
                .orElseThrow(() -> new LabFailure("b forgot that it lends " + key));
        Stage.require(
                after.id().equals(before.id()) && after.epoch().equals(before.epoch()),
                "slice %s is now held by lease %s with epoch %d",
                key,
                after.id().brief(),
                after.epoch().value());
        return after;
    }

    private Optional<Boolean> renewed(Map.Entry<String, Long> left) throws LabFailure {
        LeaseView lease = Leases.onSlice(stage, Stage.OWNER, left.getKey())
                .orElseThrow(() -> new LabFailure("b lends " + left.getKey() + " no more"));
        return lease.remainingMillis() > left.getValue() ? Optional.of(true) : Optional.empty();
    }

    /** Three witnesses: the owner's audit trail, its hardware, and the windows that hosts have. */
    private void soleHolder(Seen seen) throws LabFailure {
        List<AuditRow> rows = stage.audit(Stage.OWNER);
        for (LeaseView lease : loan().leases()) {
            seen.line("%s", history(rows, lease));
        }
        requireRoutes();
        seen.line("hardware: %s", String.join("; ", routes()));
        for (String other : List.of(Stage.BORROWER, Stage.OWNER)) {
            int windows = stage.hardware().windows(other, Stage.OWNER);
            Stage.require(windows == 0, "host %s sees %d parts of b's memory", other, windows);
        }
        seen.line("no other host sees any of b's memory");
    }

    /** All that the owner's audit trail has of a slice: a wipe before each grant, and no grant after c's. */
    private static String history(List<AuditRow> rows, LeaseView lease) throws LabFailure {
        String key = lease.slice().key();
        List<AuditRow> life = rows.stream()
                .filter(row -> row.subject().equals(key) || row.detail().contains("\"slice\":\"" + key + "\""))
                .filter(row -> LIFE.contains(row.action()))
                .toList();
        StringBuilder told = new StringBuilder(key + ":");
        String before = "";
        for (AuditRow row : life) {
            Stage.require(
                    !row.action().equals(GRANT) || before.equals(WIPE),
                    "audit row %d grants %s, and before it comes: %s",
                    row.number(),
                    key,
                    before);
            before = row.action();
            told.append(' ')
                    .append(row.action())
                    .append(" (row ")
                    .append(row.number())
                    .append(')');
        }
        AuditRow last = life.get(life.size() - 1);
        Stage.require(
                last.action().equals(GRANT) && last.subject().equals(lease.id().toString()),
                "the last that b's audit trail has of %s is not the grant to c: %s",
                key,
                told);
        return told + ", which is c's";
    }

    private List<String> routes() throws LabFailure {
        List<String> routes = new ArrayList<>();
        for (String key : epochs.keySet()) {
            routes.add(key + " " + stage.route(key));
        }
        return routes;
    }

    private void requireRoutes() throws LabFailure {
        for (Map.Entry<String, Long> held : epochs.entrySet()) {
            String expected = "bound to " + Stage.NEXT;
            String route = stage.route(held.getKey());
            Stage.require(route.equals(expected), "b's hardware says of %s: %s", held.getKey(), route);
        }
    }

    private void requireMarks() throws LabFailure {
        for (Window window : Stage.windows(loan())) {
            try {
                int marks = window.marksOf(MARK);
                Stage.require(marks == Window.marks(), "the window %s has %d marks", window.file(), marks);
            } catch (IOException failed) {
                throw new LabFailure("c's host cannot read its window: " + failed.getMessage(), failed);
            }
        }
    }
}
