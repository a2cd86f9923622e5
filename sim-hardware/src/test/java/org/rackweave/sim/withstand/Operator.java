package org.rackweave.sim.withstand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.coap.Peer;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CounterView;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceView;

/** Asks daemons over DTLS, as an operator's program does. */
final class Operator implements AutoCloseable {
    static final long SLICE_BYTES = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final UnicastClient client;

    private Operator(UnicastClient client) {
        this.client = client;
    }

    static Operator of(Path identity) {
        try {
            return new Operator(UnicastClient.open(Identity.load(identity, Instant.now()), InstantSource.system()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IdentityException e) {
            throw new AssertionError(e);
        }
    }

    Answer ask(int port, Command command) {
        return ask(port, command, LIMIT);
    }

    /** Never throws for what a daemon does: that it does not answer is an answer. */
    Answer ask(int port, Command command, Duration limit) {
        Peer peer = new Peer(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Optional.empty());
        try {
            return client.send(peer, command, limit)
                    .toCompletableFuture()
                    .get(limit.toMillis() + 10_000, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the client promises an answer", e);
        }
    }

    Answer.Description describe(int port) {
        return expect(Answer.Description.class, ask(port, new Command.Describe()));
    }

    List<NodeView> nodes(int port) {
        return expect(Answer.Nodes.class, ask(port, new Command.ListNodes())).nodes();
    }

    List<SliceView> slices(int port) {
        return expect(Answer.Slices.class, ask(port, new Command.ListSlices(Optional.empty())))
                .slices();
    }

    List<LoanView> loans(int port) {
        return expect(Answer.Loans.class, ask(port, new Command.ListLoans())).loans();
    }

    List<AuditRow> auditTrail(int port) {
        List<AuditRow> all = new ArrayList<>();
        long after = 0;
        while (true) {
            List<AuditRow> page = expect(Answer.Audit.class, ask(port, new Command.ReadAudit(after)))
                    .rows();
            if (page.isEmpty()) {
                return all;
            }
            all.addAll(page);
            after = page.get(page.size() - 1).number();
        }
    }

    Map<String, Long> counters(int port) {
        return expect(Answer.Counters.class, ask(port, new Command.ReadCounters())).counters().stream()
                .collect(Collectors.toMap(CounterView::name, CounterView::value));
    }

    /** Borrows one slice and expects to get it. */
    LoanView borrow(int port, NodeId from, Duration term) {
        return expect(Answer.Loan.class, ask(port, borrowing(Optional.of(from), 1, term)))
                .loan();
    }

    static Command.Borrow borrowing(Optional<NodeId> from, int slices, Duration term) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new Command.Borrow(
                new LoanId(random.nextLong(), random.nextLong()),
                new Requirement(
                        ResourceKind.MEMORY,
                        slices * SLICE_BYTES,
                        Optional.empty(),
                        term.toMillis(),
                        0,
                        ForcedEndEffect.TOLERATED,
                        from,
                        Requirement.MAX_LENDERS),
                Command.Borrow.Mode.APPLY);
    }

    /** Waits until a daemon sees so many others alive. */
    void awaitNeighbours(int port, int count) {
        Soon.is(
                count + " neighbours are alive",
                Duration.ofSeconds(20),
                () -> nodes(port).stream()
                                .filter(node -> node.liveness().equals("alive"))
                                .count()
                        == count);
    }

    static <T extends Answer> T expect(Class<T> kind, Answer answer) {
        if (!kind.isInstance(answer)) {
            throw new AssertionError("not " + kind.getSimpleName() + ": " + answer);
        }
        return kind.cast(answer);
    }

    @Override
    public void close() {
        client.close();
    }
}
