package org.rackweave.sim.lab.attack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.rackweave.config.Configuration;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.coap.Peer;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CounterView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.RackLayout;

/** The daemon that is attacked, as an operator sees it. */
final class Victim implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RackLayout layout;
    private final InetSocketAddress address;
    private final NodeId id;
    private final UnicastClient operator;

    private Victim(RackLayout layout, InetSocketAddress address, NodeId id, UnicastClient operator) {
        this.layout = layout;
        this.address = address;
        this.id = id;
        this.operator = operator;
    }

    static Victim open(RackLayout layout, String name) throws LabFailure {
        Path file = layout.state(name).resolve(Configuration.Network.COAP_PORT_FILE);
        try {
            int port = Integer.parseInt(Files.readString(file).strip());
            Instant now = Instant.now();
            return new Victim(
                    layout,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    Identity.load(layout.identity(name), now).principal().id(),
                    UnicastClient.open(
                            Identity.load(layout.identity(RackLayout.OPERATOR), now), InstantSource.system()));
        } catch (IOException | NumberFormatException unknown) {
            throw new LabFailure(
                    "node " + name + " of " + layout.root() + " does not run: " + file + " names no port", unknown);
        } catch (IdentityException failed) {
            throw LabFailure.because(failed);
        }
    }

    RackLayout layout() {
        return layout;
    }

    InetSocketAddress address() {
        return address;
    }

    NodeId id() {
        return id;
    }

    /** Asks it as the operator. */
    Answer ask(Command command) throws LabFailure {
        return ask(operator, command);
    }

    private <T extends Answer> T ask(Command command, Class<T> wanted) throws LabFailure {
        Answer answer = ask(command);
        if (!wanted.isInstance(answer)) {
            throw new LabFailure("the victim at " + address + " was asked to " + command.kind() + ": " + answer);
        }
        return wanted.cast(answer);
    }

    /** Asks it as somebody else. */
    Answer ask(UnicastClient who, Command command) throws LabFailure {
        try {
            return who.send(new Peer(address, Optional.of(id)), command, ANSWER_LIMIT)
                    .toCompletableFuture()
                    .get(ANSWER_LIMIT.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw new LabFailure("the victim gave no answer to " + command, failed);
        }
    }

    /** What it has counted, by the counter's name. */
    Map<String, Long> counters() throws LabFailure {
        return ask(new Command.ReadCounters(), Answer.Counters.class).counters().stream()
                .collect(Collectors.toMap(CounterView::name, CounterView::value));
    }

    /** Whom it believes to be there, but for itself. */
    SortedSet<NodeId> alive() throws LabFailure {
        return ask(new Command.ListNodes(), Answer.Nodes.class).nodes().stream()
                .filter(node -> node.liveness().equals("alive"))
                .map(NodeView::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** How many leases it has granted. */
    int leases() throws LabFailure {
        return ask(new Command.ListLeases(), Answer.Leases.class).leases().size();
    }

    /** Waits until counters have grown by so much in sum, and says by how much they did in the end. */
    Row.Outcome counted(Map<String, Long> before, long atLeast, String... names) throws LabFailure {
        Optional<Long> grown = Await.within(PATIENCE, () -> {
            long sum = grownBy(before, names);
            return sum >= atLeast ? Optional.of(sum) : Optional.empty();
        });
        long sum = grown.isPresent() ? grown.get() : grownBy(before, names);
        return new Row.Outcome(grown.isPresent(), String.join(" + ", names) + " grew by " + sum);
    }

    /** By how much counters have grown in sum. */
    long grownBy(Map<String, Long> before, String... names) throws LabFailure {
        Map<String, Long> now = counters();
        long sum = 0;
        for (String name : names) {
            Long value = now.get(name);
            if (value == null) {
                throw new LabFailure("the victim counts nothing called " + name);
            }
            sum += value - before.getOrDefault(name, 0L);
        }
        return sum;
    }

    @Override
    public void close() {
        operator.close();
    }
}
