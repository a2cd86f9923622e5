package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/**
 * A wall clock that jumps: Debian's {@code faketime} lies to one daemon about the time of day, and only about that. Terms are
 * counted by a clock that nobody sets.
 */
@Tag("tools")
class ClockJumpIT {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String MONTHS_ON = "+200d";
    private static final String DAY_BACK = "-1d";

    private final TrialRack rack = TrialRack.of("a", "b");
    private final Operator operator = rack.operator();
    private final Path lie = rack.scratch("clock").resolve("offset");

    @BeforeEach
    void requireFaketime() {
        assertThat(rack.asDaemonUser("sh", "-c", "command -v faketime").exitCode())
                .as("faketime is not there; install the Debian package 'faketime'")
                .isZero();
    }

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void anOwnersClockThatJumpsEndsNoLoanAndLengthensNone() {
        TrialProcess lender = underFaketime("a");
        int owner = lender.awaitReady();
        TrialProcess borrower = rack.launch("b");
        int port = borrower.awaitReady();
        operator.awaitNeighbours(port, 1);
        Duration term = Duration.ofSeconds(5);
        LoanView loan = operator.borrow(port, rack.id("a"), term);

        jump(MONTHS_ON);
        Soon.is("the owner's audit trail is months on", SOON, () -> {
            LoanView another = operator.borrow(port, rack.id("a"), term);
            operator.ask(port, new Command.ReleaseLoan(another.id()));
            return newest(owner).isAfter(Instant.now().plus(Duration.ofDays(199)));
        });

        // Renewed across a whole term, so that an expiry by the wall clock would have been seen.
        renewedFor(term, owner, port, loan);
        jump(DAY_BACK);
        renewedFor(term, owner, port, loan);

        // And it ends when its term is over by the clock on everybody's wrist.
        borrower.kill();
        long killedNanos = System.nanoTime();
        Soon.is("the owner has taken it back", SOON, () -> isFree(owner, loan));
        Duration lived = Duration.ofNanos(System.nanoTime() - killedNanos);
        assertThat(lived).isBetween(term.dividedBy(2), term.plusSeconds(3));
        assertThat(rack.commandLine("a", "audit", "verify").errors()).isEmpty();
    }

    @Test
    void aBorrowersClockThatJumpsLosesNoLoanAndLengthensNone() {
        TrialProcess lender = rack.launch("a");
        int owner = lender.awaitReady();
        TrialProcess borrower = underFaketime("b");
        int port = borrower.awaitReady();
        operator.awaitNeighbours(port, 1);
        Duration term = Duration.ofSeconds(5);
        LoanView loan = operator.borrow(port, rack.id("a"), term);

        jump(DAY_BACK);
        renewedFor(term, owner, port, loan);

        lender.kill();
        long killedNanos = System.nanoTime();
        Soon.is("the borrower counts it as lost", SOON, () -> state(port, loan)
                .filter(LoanState.LOST::equals)
                .isPresent());
        assertThat(Duration.ofNanos(System.nanoTime() - killedNanos)).isBetween(term.dividedBy(2), term.plusSeconds(1));
    }

    private void renewedFor(Duration span, int owner, int port, LoanView loan) {
        long endNanos = System.nanoTime() + span.toNanos() + 1_000_000_000L;
        Soon.is("a term and a second have passed", span.plusSeconds(5), () -> {
            assertThat(state(port, loan)).contains(LoanState.ACTIVE);
            assertThat(slice(owner, loan).state()).isEqualTo(SliceState.ACTIVE);
            return System.nanoTime() - endNanos > 0;
        });
    }

    private Optional<LoanState> state(int port, LoanView loan) {
        return operator.loans(port).stream()
                .filter(each -> each.id().equals(loan.id()))
                .map(LoanView::state)
                .findFirst();
    }

    private boolean isFree(int owner, LoanView loan) {
        return slice(owner, loan).state() == SliceState.FREE;
    }

    private SliceView slice(int owner, LoanView loan) {
        return operator.slices(owner).stream()
                .filter(each -> each.id().equals(loan.leases().get(0).slice()))
                .findFirst()
                .orElseThrow();
    }

    private Instant newest(int owner) {
        return operator.auditTrail(owner).stream()
                .map(AuditRow::atEpochMillis)
                .map(Instant::ofEpochMilli)
                .reduce((first, second) -> second)
                .orElse(Instant.EPOCH);
    }

    /** The offset is read from a file once a second, so that it can jump while the daemon runs. */
    private TrialProcess underFaketime(String name) {
        jump("+0");
        return rack.launch(
                name,
                "faketime",
                "-m",
                "-f",
                "+0",
                "env",
                "-u",
                "FAKETIME",
                "FAKETIME_TIMESTAMP_FILE=" + lie,
                "FAKETIME_CACHE_DURATION=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                // Its default turns each timed wait of a JVM into a busy loop (seen with 0.9.10): a start took 15 s.
                "FAKETIME_FORCE_MONOTONIC_FIX=0");
    }

    private void jump(String offset) {
        try {
            Path fresh = lie.resolveSibling("offset.new");
            Files.writeString(fresh, offset + "\n", StandardCharsets.US_ASCII);
            rack.user().give(fresh);
            Files.move(fresh, lie, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
