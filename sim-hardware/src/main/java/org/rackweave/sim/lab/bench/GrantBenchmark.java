package org.rackweave.sim.lab.bench;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.Rack;
import org.rackweave.sim.lab.RackPlan;
import org.rackweave.sim.lab.Slices;

/** How long a grant takes beside an fsync, and how soon what a dead borrower held is offered again, beside its term. */
final class GrantBenchmark implements Benchmark {
    private static final String BORROWER = "a";
    private static final String OWNER = "b";
    private static final long SLICE_BYTES = 1 << 20;
    private static final long TERM_MILLIS = 60_000;
    private static final long SHORT_TERM_MILLIS = 3_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int FSYNC_BYTES = 4096;
    private static final int WARM_UP = 20;

    private final SecureRandom random = new SecureRandom();

    @Override
    public String name() {
        return "grant";
    }

    @Override
    public String sentence() {
        return "latency of a durable grant beside an fsync; kill -9 to re-offer beside the term";
    }

    @Override
    public List<Figure> run(Settings settings) throws LabFailure {
        int loans = settings.effort() == Effort.QUICK ? 50 : 500;
        Histogram grant = new Histogram(3);
        Histogram fsync = new Histogram(3);
        try (BenchRack bench =
                BenchRack.create(settings.distribution(), RackPlan.of(2, 4, SLICE_BYTES, Duration.ofSeconds(1)))) {
            Rack rack = bench.rack();
            rack.start(BORROWER);
            rack.start(OWNER);
            rack.awaitConvergence(rack.names(), PATIENCE);
            for (int i = 0; i < WARM_UP; i++) {
                borrowAndReturn(rack);
            }
            Path file = rack.layout().root().resolve("fsync");
            // In turns, so that what else uses this disk hits both alike.
            for (int i = 0; i < loans; i++) {
                grant.recordValue(Math.max(1, borrowAndReturn(rack) / 1_000));
                fsync.recordValue(Math.max(1, Fsync.nanos(file, new byte[FSYNC_BYTES]) / 1_000));
            }
            return List.of(beside(grant, fsync, 50), beside(grant, fsync, 99), reoffer(killAndAwaitOffer(rack)));
        }
    }

    private static Figure beside(Histogram grant, Histogram fsync, int percentile) {
        double ours = grant.getValueAtPercentile(percentile) / 1_000.0;
        double theirs = fsync.getValueAtPercentile(percentile) / 1_000.0;
        return new Figure(
                "grant, p" + percentile,
                ours,
                "ms",
                "fsync 4 KiB, p" + percentile,
                theirs,
                "<= 3 x + 2 ms, " + grant.getTotalCount() + " loans",
                Figure.Verdict.of(ours <= 3 * theirs + 2));
    }

    private static Figure reoffer(double seconds) {
        double term = SHORT_TERM_MILLIS / 1_000.0;
        return new Figure(
                "kill -9 to re-offer",
                seconds,
                "s",
                "the term",
                term,
                "<= the term + 1 s",
                Figure.Verdict.of(seconds <= term + 1));
    }

    /** From the request until the answer that all is granted; then gives it back and waits until it is free. */
    private long borrowAndReturn(Rack rack) throws LabFailure {
        long startNanos = System.nanoTime();
        LoanView loan = borrow(rack, TERM_MILLIS);
        long nanos = System.nanoTime() - startNanos;
        rack.ask(BORROWER, new Command.ReleaseLoan(loan.id()), Answer.Loan.class);
        awaitAllFree(rack);
        return nanos;
    }

    private LoanView borrow(Rack rack, long termMillis) throws LabFailure {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY,
                SLICE_BYTES,
                Optional.empty(),
                termMillis,
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
        return loan;
    }

    private static void awaitAllFree(Rack rack) throws LabFailure {
        Await.until(
                "all slices of the owner are free",
                PATIENCE,
                () -> Slices.of(rack, OWNER).stream().allMatch(slice -> slice.state() == SliceState.FREE)
                        ? Optional.of(true)
                        : Optional.empty());
    }

    private double killAndAwaitOffer(Rack rack) throws LabFailure {
        borrow(rack, SHORT_TERM_MILLIS);
        rack.process(BORROWER).kill();
        long killedNanos = System.nanoTime();
        awaitAllFree(rack);
        return (System.nanoTime() - killedNanos) / 1e9;
    }
}
