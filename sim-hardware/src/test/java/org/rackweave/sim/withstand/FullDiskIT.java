package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceState;

/** A disk that takes nothing more: the daemon goes on to answer, lends nothing new, says why, and recovers by itself. */
class FullDiskIT {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final Duration TERM = Duration.ofSeconds(60);

    private final TrialRack rack = TrialRack.of("a", "b");

    @AfterEach
    void close() {
        rack.close();
    }

    /** The kernel refuses each write beyond a length: needs no rights, and works everywhere. */
    @Test
    void aLedgerThatTheKernelRefusesToGrowStopsLendingAndNothingElse() {
        // A path so long that the message about it has to be cut.
        Path state = rack.scratch("x".repeat(200)).resolve("state");
        rack.configure("a", rack.standard("a").with("node.stateDir", state));
        int borrower = rack.launch("b").awaitReady();
        TrialProcess daemon = rack.launch("a");
        int port = daemon.awaitReady();

        // No longer than its write-ahead log is by now; what it says goes to a file too, which is far shorter.
        withstands(
                daemon,
                port,
                borrower,
                () -> limitFiles(daemon, Long.toString(size(state.resolve("ledger.db-wal")))),
                () -> limitFiles(daemon, "unlimited"));
    }

    /** A file system of its own, of 4 MiB, filled to the last block. */
    @Test
    void aFileSystemThatIsFullStopsLendingAndNothingElse() {
        Path mount = rack.scratch("small-disk");
        List<String> namespace = List.of("unshare", "--user", "--map-current-user", "--keep-caps", "--mount");
        Assumptions.assumeTrue(rack.may(namespace), "this kernel lets an ordinary user have a file system of its own");
        rack.configure("a", rack.standard("a").with("node.stateDir", mount.resolve("state")));
        int borrower = rack.launch("b").awaitReady();
        TrialProcess daemon = rack.launch(
                "a",
                "unshare",
                "--user",
                "--map-current-user",
                "--keep-caps",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=4m,mode=0777 none '" + mount + "' && exec \"$@\"",
                "sh");
        int port = daemon.awaitReady();
        Path filler = daemon.root().resolve(mount.toString().substring(1)).resolve("filler");

        withstands(daemon, port, borrower, () -> fill(filler), () -> remove(filler));
    }

    private void withstands(TrialProcess daemon, int port, int borrower, Runnable fill, Runnable free) {
        Operator operator = rack.operator();
        operator.awaitNeighbours(borrower, 1);
        Soon.is("all of a is free", SOON, () -> free(operator, port) == 4);
        LoanView before = operator.borrow(borrower, rack.id("a"), TERM);

        fill.run();
        Answer refused = Soon.get("a loan is refused for want of space", SOON, () -> {
            Answer answer = operator.ask(borrower, Operator.borrowing(Optional.of(rack.id("a")), 1, TERM));
            return Optional.of(answer).filter(Answer.Refused.class::isInstance);
        });

        assertThat(((Answer.Refused) refused).code()).isIn(RefusalCode.UNAVAILABLE, RefusalCode.NO_MATCH);
        saysThatItDoesNotLend(operator, port);
        Ended status = rack.commandLine("a", "status", "--node", "127.0.0.1:" + port);
        assertThat(status.exitCode()).as(status.errors()).isZero();
        // Folded to the width of a terminal, paths too.
        assertThat(status.output().replaceAll("\\s+", "")).contains("ledger.db:cannotbewritten", "freespace");
        // It keeps saying so, however often it is asked and however often it has tried again.
        long failures = operator.counters(port).get("ledger_failures");
        Soon.is("it has tried again", SOON, () -> operator.counters(port).get("ledger_failures") > failures + 2);
        saysThatItDoesNotLend(operator, port);
        // Reads are served, the loan that was there lives, and nothing of it is repeated in the log.
        assertThat(operator.slices(port)).hasSize(4);
        assertThat(operator.auditTrail(port)).isNotEmpty();
        assertThat(operator.loans(borrower)).extracting(LoanView::id).contains(before.id());
        assertThat(daemon.isRunning()).isTrue();
        assertThat(daemon.complained().lines().filter(line -> line.contains("ledger.")))
                .as(daemon.complained())
                .hasSize(1);

        free.run();
        Soon.is("it lends again", SOON, () -> operator.describe(port).lending().isEmpty());
        Soon.is("it says so to its neighbours", SOON, () -> operator.nodes(borrower).stream()
                .filter(node -> node.name().equals("a"))
                .anyMatch(node -> node.capacity().stream().anyMatch(each -> each.free() == 3 * Operator.SLICE_BYTES)));
        LoanView after = operator.borrow(borrower, rack.id("a"), TERM);
        assertThat(operator.ask(borrower, new Command.ReleaseLoan(after.id()))).isInstanceOf(Answer.Loan.class);
        assertThat(operator.ask(borrower, new Command.ReleaseLoan(before.id()))).isInstanceOf(Answer.Loan.class);
        Soon.is("all of a is free again", SOON, () -> free(operator, port) == 4);
        Ended verified = rack.commandLine("a", "audit", "verify", "--node", "127.0.0.1:" + port);
        assertThat(verified.exitCode()).as(verified.errors()).isZero();
    }

    private static void saysThatItDoesNotLend(Operator operator, int port) {
        for (int i = 0; i < 20; i++) {
            assertThat(operator.describe(port).lending()).contains("cannot be written", "free space");
        }
    }

    private static long free(Operator operator, int port) {
        return operator.slices(port).stream()
                .filter(slice -> slice.state() == SliceState.FREE)
                .count();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void limitFiles(TrialProcess daemon, String bytes) {
        // Only the soft limit, which its own user may raise again.
        assertThat(rack.asDaemonUser("prlimit", "--pid", Long.toString(daemon.pid()), "--fsize=" + bytes + ":")
                        .errors())
                .isEmpty();
    }

    private void fill(Path filler) {
        Ended full = rack.asDaemonUser("dd", "if=/dev/zero", "of=" + filler, "bs=4096");
        assertThat(full.errors()).contains("No space left");
    }

    private void remove(Path filler) {
        assertThat(rack.asDaemonUser("rm", filler.toString()).errors()).isEmpty();
    }
}
