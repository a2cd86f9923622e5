package org.rackweave.sim.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.LedgerHead;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CounterView;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;
import org.rackweave.sim.lab.Rack;
import org.rackweave.sim.lab.RackPlan;
import org.rackweave.sim.lab.Slices;

/** What the ledger costs a flash over years: bytes written for a loan, the size after many loans, the time of a check. */
final class LedgerBenchmark implements Benchmark {
    private static final String BORROWER = "a";
    private static final String OWNER = "b";
    private static final long SLICE_BYTES = 1 << 20;
    private static final long TERM_MILLIS = 600_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int WARM_UP = 20;
    private static final int SIGNATURES = 200;
    private static final double KILOBYTE = 1e3;
    private static final double MEBIBYTE = 1 << 20;
    private static final double PAGE_BYTES = 4096;

    /** What a ledger may fill by default, in MiB. */
    private static final double MAX_MEBIBYTES = 22;

    /** A loan every ten minutes for ten years, on 22 MiB of which each block can be erased 3,000 times. */
    private static final double MAX_KILOBYTES_PER_LOAN = 22 * 1.048_576 * 3_000 * 1e3 / (10 * 365.25 * 24 * 6);

    private static final double MAX_CHECK_SECONDS = 3;

    private final SecureRandom random = new SecureRandom();

    /** What a daemon had written at one time. */
    private record Written(double bytes, double commits) {}

    @Override
    public String name() {
        return "ledger";
    }

    @Override
    public String sentence() {
        return "bytes written to storage for a loan; size of the ledger after many, time of a check and of a signature";
    }

    @Override
    public List<Figure> run(Settings settings) throws LabFailure {
        int loans = settings.effort() == Effort.QUICK ? 200 : 3_000;
        try (BenchRack bench =
                BenchRack.create(settings.distribution(), RackPlan.of(2, 4, SLICE_BYTES, Duration.ofSeconds(1)))) {
            Rack rack = bench.rack();
            rack.start(BORROWER);
            rack.start(OWNER);
            rack.awaitConvergence(rack.names(), PATIENCE);
            for (int i = 0; i < WARM_UP; i++) {
                borrowAndReturn(rack);
            }
            Written owner = written(rack, OWNER);
            Written borrower = written(rack, BORROWER);
            double largest = 0;
            for (int i = 0; i < loans; i++) {
                borrowAndReturn(rack);
                largest = Math.max(largest, Math.max(mebibytes(rack, OWNER), mebibytes(rack, BORROWER)));
            }
            List<Figure> figures = new ArrayList<>();
            figures.add(wear("written per loan, owner", owner, written(rack, OWNER), loans));
            figures.add(wear("written per loan, borrower", borrower, written(rack, BORROWER), loans));
            figures.add(new Figure(
                    "state directory, largest",
                    largest,
                    "MiB",
                    "ledger.maxSize",
                    MAX_MEBIBYTES,
                    "<= 1/2, as two copies must fit beside; after " + (loans + WARM_UP) + " loans",
                    Figure.Verdict.of(largest <= MAX_MEBIBYTES / 2)));
            figures.add(signature(rack));
            rack.process(OWNER).stop();
            figures.add(check(rack));
            return figures;
        }
    }

    private static Figure wear(String what, Written before, Written after, int loans) {
        double ours = (after.bytes() - before.bytes()) / loans / KILOBYTE;
        double commits = (after.commits() - before.commits()) / loans;
        return new Figure(
                what,
                ours,
                "kB",
                "4 KiB a commit",
                commits * PAGE_BYTES / KILOBYTE,
                String.format(
                        Locale.ROOT,
                        "<= %.0f kB: ten years of a loan each 10 min on 22 MiB of 3,000 erasures; %d loans",
                        MAX_KILOBYTES_PER_LOAN,
                        loans),
                Figure.Verdict.of(ours > 0 && ours <= MAX_KILOBYTES_PER_LOAN));
    }

    private void borrowAndReturn(Rack rack) throws LabFailure {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY,
                SLICE_BYTES,
                Optional.empty(),
                TERM_MILLIS,
                4,
                ForcedEndEffect.TOLERATED,
                Optional.of(rack.id(OWNER)),
                1);
        LoanId id = new LoanId(random.nextLong(), random.nextLong());
        LoanView loan = rack.ask(
                        BORROWER, new Command.Borrow(id, requirement, Command.Borrow.Mode.APPLY), Answer.Loan.class)
                .loan();
        if (loan.state() != LoanState.ACTIVE) {
            throw new LabFailure("a loan is " + loan.state().word() + ": " + loan.explanation());
        }
        rack.ask(BORROWER, new Command.ReleaseLoan(loan.id()), Answer.Loan.class);
        Await.until(
                "all slices of the owner are free",
                PATIENCE,
                () -> Slices.of(rack, OWNER).stream().allMatch(slice -> slice.state() == SliceState.FREE)
                        ? Optional.of(true)
                        : Optional.empty());
    }

    /** By the kernel's account of all that the process writes: ledger, log, and the rest. */
    private static Written written(Rack rack, String name) throws LabFailure {
        double commits = 0;
        double bytes = 0;
        for (CounterView counter : rack.ask(name, new Command.ReadCounters(), Answer.Counters.class)
                .counters()) {
            commits += counter.name().equals("ledger_commits") ? counter.value() : 0;
            bytes += counter.name().equals("storage_bytes_written") ? counter.value() : 0;
        }
        return new Written(bytes, commits);
    }

    private static double mebibytes(Rack rack, String name) throws LabFailure {
        try (Stream<Path> files = Files.list(rack.layout().state(name))) {
            return files.mapToLong(file -> file.toFile().length()).sum() / MEBIBYTE;
        } catch (IOException failed) {
            throw new LabFailure("cannot look into the state of " + name + ": " + failed.getMessage(), failed);
        }
    }

    private Figure signature(Rack rack) throws LabFailure {
        Histogram ours = new Histogram(3);
        Histogram fsync = new Histogram(3);
        try {
            Identity identity = Identity.load(rack.layout().identity(OWNER), Instant.now());
            LedgerHead head = new LedgerHead(
                    identity.principal().id(), 1, "0".repeat(64), 0, new LedgerHead.Anchor(0, "0".repeat(64), 0, 0));
            for (int i = 0; i < SIGNATURES; i++) {
                long startNanos = System.nanoTime();
                byte[] signed = head.sign(identity, random);
                ours.recordValue(Math.max(1, (System.nanoTime() - startNanos) / 1_000));
                fsync.recordValue(Math.max(1, Fsync.nanos(rack.layout().root().resolve("fsync"), signed) / 1_000));
            }
        } catch (IdentityException failed) {
            throw new LabFailure("cannot sign: " + failed.getMessage(), failed);
        }
        double millis = ours.getValueAtPercentile(50) / 1_000.0;
        double peer = fsync.getValueAtPercentile(50) / 1_000.0;
        return new Figure(
                "signature of a head, p50",
                millis,
                "ms",
                "fsync, p50",
                peer,
                "<= 3 x + 2 ms, once per 256 audit rows",
                Figure.Verdict.of(millis <= 3 * peer + 2));
    }

    private static Figure check(Rack rack) throws LabFailure {
        String program = rack.distribution().daemon().toString();
        long startNanos = System.nanoTime();
        ProgramRun.of(Map.of(), List.of(program, "--version")).requireDone("rackweaved --version");
        long bareNanos = System.nanoTime() - startNanos;
        String configuration = rack.layout().configuration(OWNER).toString();
        startNanos = System.nanoTime();
        ProgramRun.of(Map.of(), List.of(program, "ledger", "check", "--config", configuration))
                .requireDone("rackweaved ledger check");
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return new Figure(
                "ledger check, whole",
                seconds,
                "s",
                "--version",
                bareNanos / 1e9,
                "<= " + MAX_CHECK_SECONDS + " s, start of the program included",
                Figure.Verdict.of(seconds <= MAX_CHECK_SECONDS));
    }
}
