package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.SliceState;

/** {@code SIGTERM}: a daemon returns or keeps what it borrowed, as configured, says goodbye, and ends in time. */
class ShutdownIT {
    /** What a service manager is told; the daemon plans with less. */
    private static final Duration IN_TIME = Duration.ofSeconds(5);

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final Duration TERM = Duration.ofSeconds(60);

    private final TrialRack rack = TrialRack.of("a", "b");
    private final Operator operator = rack.operator();

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void releaseGivesBackAllThatWasBorrowedBeforeItEnds() {
        rack.configure("b", rack.standard("b").with("borrowing.onShutdown", "release"));
        int lender = rack.launch("a").awaitReady();
        TrialProcess borrower = rack.launch("b");
        int port = borrower.awaitReady();
        borrowTwice(port);

        assertThat(borrower.terminate()).isLessThan(IN_TIME);

        // Not at the end of a term, which is a minute away.
        Soon.is("all of a is free", Duration.ofSeconds(5), () -> count(lender, SliceState.FREE) == 4);
        Soon.is("b has said goodbye", SOON, () -> liveness(lender, "b").equals("left"));
    }

    @Test
    void keepLeavesAllThatWasBorrowedAndTheNextRunGoesOnWithIt() {
        rack.configure("b", rack.standard("b").with("borrowing.onShutdown", "keep"));
        int lender = rack.launch("a").awaitReady();
        TrialProcess borrower = rack.launch("b");
        int port = borrower.awaitReady();
        borrowTwice(port);

        assertThat(borrower.terminate()).isLessThan(IN_TIME);

        Soon.is("b has said goodbye", SOON, () -> liveness(lender, "b").equals("left"));
        assertThat(count(lender, SliceState.ACTIVE)).isEqualTo(2);
        int again = rack.launch("b").awaitReady();
        assertThat(operator.loans(again))
                .extracting(LoanView::state)
                .containsExactly(LoanState.ACTIVE, LoanState.ACTIVE);
        assertThat(count(lender, SliceState.ACTIVE)).isEqualTo(2);
    }

    @Test
    void aLenderThatIsGoneDoesNotMakeTheEndLate() {
        rack.configure("b", rack.standard("b").with("borrowing.onShutdown", "release"));
        TrialProcess lender = rack.launch("a");
        lender.awaitReady();
        TrialProcess borrower = rack.launch("b");
        int port = borrower.awaitReady();
        borrowTwice(port);
        lender.kill();

        assertThat(borrower.terminate()).isLessThan(IN_TIME);

        assertThat(borrower.complained()).contains("not every lender has answered");
    }

    @Test
    void anOwnerThatIsStoppedKeepsItsLoansAndTakesThemUpAgain() {
        TrialProcess lender = rack.launch("a");
        lender.awaitReady();
        int borrower = rack.launch("b").awaitReady();
        borrowTwice(borrower);

        assertThat(lender.terminate()).isLessThan(IN_TIME);

        int again = rack.launch("a").awaitReady();
        assertThat(count(again, SliceState.ACTIVE)).isEqualTo(2);
    }

    private void borrowTwice(int port) {
        operator.awaitNeighbours(port, 1);
        operator.borrow(port, rack.id("a"), TERM);
        operator.borrow(port, rack.id("a"), TERM);
    }

    private long count(int port, SliceState state) {
        return operator.slices(port).stream()
                .filter(slice -> slice.state() == state)
                .count();
    }

    private String liveness(int port, String name) {
        return operator.nodes(port).stream()
                .filter(node -> node.name().equals(name))
                .map(NodeView::liveness)
                .findFirst()
                .orElse("not there");
    }
}
