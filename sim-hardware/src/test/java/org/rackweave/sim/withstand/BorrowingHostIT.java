package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/**
 * A host with its agent that borrows from another node: what it does not use goes back when it has let go of it, and a card that
 * dies hides no deadline from it.
 */
class BorrowingHostIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final long MIB = 1L << 20;

    private final TrialRack rack = TrialRack.of("a", "b");
    private final Operator operator = rack.operator();
    private final List<Process> vms = new ArrayList<>();
    private final int port = freePort();
    private int lender;
    private TrialProcess card;

    BorrowingHostIT() {
        rack.configure(
                "a",
                rack.standard("a")
                        .with("network.coapPort", port)
                        .with("borrowing.returnUnused", "always")
                        .with("borrowing.unusedAfter", "10s"));
        card = rack.launch("a");
    }

    @BeforeEach
    void twoNodes() {
        lender = rack.launch("b").awaitReady();
        card.awaitReady();
        operator.awaitNeighbours(port, 1);
    }

    @AfterEach
    void close() {
        vms.forEach(Process::destroyForcibly);
        rack.close();
    }

    @Test
    void aLoanOfWhichLittleIsUsedBecomesAsSmallAsItsHostSays() {
        LoanView loan = borrow(3, 1);
        LeaseView used = loan.leases().get(ThreadLocalRandom.current().nextInt(3));
        write(window(used));
        launchAgent("sleep 600");

        Soon.is(
                "only what is used is left",
                SOON,
                () -> read(loan.id()).leases().size() == 1 && count(SliceState.FREE) == 3);

        LoanView left = read(loan.id());
        assertThat(left.state()).isEqualTo(LoanState.ACTIVE);
        assertThat(left.leases()).extracting(LeaseView::id).containsExactly(used.id());
        assertThat(left.requirement().amount()).isEqualTo(MIB);
        assertThat(window(used)).hasSize(MIB);
        assertThat(operator.auditTrail(port))
                .extracting(AuditRow::action)
                .contains("loan.underused", "host.order", "host.done", "loan.let-go", "loan.resized");
        assertThat(operator.counters(port).get("loans_let_go")).isPositive();
    }

    @Test
    void aLoanThatIsNotUsedAtAllGoesBackAsAWhole() {
        LoanView loan = borrow(2, 2);
        launchAgent("sleep 600");

        Soon.is("it is given back", SOON, () -> read(loan.id()).state() == LoanState.ENDED);

        assertThat(read(loan.id()).leases()).isNotEmpty();
        Soon.is("all is free", SOON, () -> count(SliceState.FREE) == 4);
    }

    @Test
    void aCardThatDiesHidesNoDeadlineFromItsHost() {
        LoanView loan = borrow(1, 1);
        LeaseView lease = loan.leases().get(0);
        write(window(lease));
        long vm = launchAgent("exec 3<" + window(lease) + "; while :; do sleep 1; done");
        awaitReport();

        Operator.expect(
                Answer.Lease.class,
                operator.ask(lender, new Command.Revoke(lease.id(), GRACE.toMillis(), "a trial of deadlines")));
        Soon.is("the agent knows", SOON, () -> events().stream()
                .anyMatch(event -> event.kind().equals("host.not-yet")));
        card.kill();
        assertThat(state(vm)).isNotEqualTo('T');

        Soon.is("who has it open is stopped", SOON, () -> state(vm) == 'T');
        Soon.is("the owner has it back", SOON, () -> count(SliceState.FREE) == 4);
        assertThat(state(vm)).as("it does not touch what is gone").isEqualTo('T');
    }

    // ---- asking ----------------------------------------------------------------------------------------------------

    private LoanView borrow(int slices, int least) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Requirement wish = new Requirement(
                ResourceKind.MEMORY,
                slices * MIB,
                Optional.empty(),
                60_000,
                0,
                ForcedEndEffect.TOLERATED,
                Optional.of(rack.id("b")),
                1,
                Optional.empty(),
                Optional.empty(),
                Locality.ANY,
                least * MIB);
        Soon.is("all can be lent", SOON, () -> count(SliceState.FREE) == 4);
        LoanView loan = Operator.expect(
                        Answer.Loan.class,
                        operator.ask(
                                port,
                                new Command.Borrow(
                                        new LoanId(random.nextLong(), random.nextLong()),
                                        wish,
                                        Command.Borrow.Mode.APPLY)))
                .loan();
        assertThat(loan.leases()).hasSize(slices);
        return loan;
    }

    private LoanView read(LoanId loan) {
        return Operator.expect(Answer.Loan.class, operator.ask(port, new Command.ReadLoan(loan)))
                .loan();
    }

    private long count(SliceState state) {
        return operator.slices(lender).stream()
                .filter(slice -> slice.state() == state)
                .count();
    }

    private List<EventView> events() {
        return Operator.expect(Answer.Events.class, operator.ask(port, new Command.ReadEvents(0)))
                .events();
    }

    private void awaitReport() {
        Soon.is(
                "the agent has reported",
                SOON,
                () -> operator.ask(port, new Command.ReadHost()) instanceof Answer.Host);
    }

    // ---- the host --------------------------------------------------------------------------------------------------

    /** Starts a VM that is one shell, and the agent for it. */
    private long launchAgent(String script) {
        try {
            Process vm = new ProcessBuilder("sh", "-c", script).start();
            vms.add(vm);
            rack.launchAgent(
                    "a", port, "report: 500ms\nvms:\n  - { name: db, priority: 1, cores: 1, pid: " + vm.pid() + " }\n");
            return vm.pid();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path window(LeaseView lease) {
        return Path.of(lease.attachment().orElseThrow().address());
    }

    private static void write(Path window) {
        try {
            Files.write(window, new byte[] {1}, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A card that comes back has to be where its agent looks for it. */
    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
