package org.rackweave.sim.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.coap.Peer;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.NodeView;

/** A rack of daemons on this machine: starts and stops its nodes, and asks them with the operator's identity. */
public final class Rack implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

    private final Distribution distribution;
    private final RackLayout layout;
    private final UnicastClient client;
    private final Map<String, NodeId> ids;
    private final Map<String, DaemonProcess> running = new LinkedHashMap<>();

    private Rack(Distribution distribution, RackLayout layout, UnicastClient client, Map<String, NodeId> ids) {
        this.distribution = distribution;
        this.layout = layout;
        this.client = client;
        this.ids = ids;
    }

    /** Takes up a rack that was set up; no node of it runs yet. */
    public static Rack open(Distribution distribution, RackLayout layout, List<String> names) throws LabFailure {
        try {
            Map<String, NodeId> ids = new LinkedHashMap<>();
            for (String name : names) {
                ids.put(
                        name,
                        Identity.load(layout.identity(name), Instant.now())
                                .principal()
                                .id());
            }
            Identity operator = Identity.load(layout.identity(RackLayout.OPERATOR), Instant.now());
            return new Rack(distribution, layout, UnicastClient.open(operator, InstantSource.system()), ids);
        } catch (IdentityException | IOException failed) {
            throw LabFailure.because(failed);
        }
    }

    public RackLayout layout() {
        return layout;
    }

    public Distribution distribution() {
        return distribution;
    }

    public List<String> names() {
        return List.copyOf(ids.keySet());
    }

    public NodeId id(String name) {
        NodeId id = ids.get(name);
        if (id == null) {
            throw new IllegalArgumentException("no node is called " + name);
        }
        return id;
    }

    /** The name of a node, or its number where it is not of this rack. */
    public String name(NodeId id) {
        return ids.entrySet().stream()
                .filter(entry -> entry.getValue().equals(id))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(id::toString);
    }

    /** Starts a node's daemon and writes down which process it is. */
    public DaemonProcess start(String name) throws LabFailure {
        return start(name, Map.of());
    }

    /** The same with more in its environment. */
    public synchronized DaemonProcess start(String name, Map<String, String> environment) throws LabFailure {
        DaemonProcess process = DaemonProcess.start(distribution, layout, name, environment);
        running.put(name, process);
        record();
        return process;
    }

    /** The last run of a node's daemon. */
    public synchronized DaemonProcess process(String name) {
        return Optional.ofNullable(running.get(name))
                .orElseThrow(() -> new IllegalArgumentException("node " + name + " was never started"));
    }

    private void record() throws LabFailure {
        List<RunningProcess> processes = new ArrayList<>();
        running.values().forEach(process -> processes.add(new RunningProcess(process.name(), process.pid())));
        try {
            RunningProcess.write(layout, processes);
        } catch (IOException failed) {
            throw new LabFailure("cannot write " + layout.processes() + ": " + failed.getMessage(), failed);
        }
    }

    /** Asks a node. A refusal is an answer; that there is none is one too. */
    public Answer ask(String name, Command command) throws LabFailure {
        Peer peer = new Peer(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), process(name).port()),
                Optional.of(id(name)));
        try {
            return client.send(peer, command, ANSWER_LIMIT)
                    .toCompletableFuture()
                    .get(ANSWER_LIMIT.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while node " + name + " was asked", interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw new LabFailure("node " + name + " was asked and there was no answer", failed);
        }
    }

    /** Asks a node, and takes nothing but that kind of answer. */
    public <T extends Answer> T ask(String name, Command command, Class<T> wanted) throws LabFailure {
        Answer answer = ask(name, command);
        if (wanted.isInstance(answer)) {
            return wanted.cast(answer);
        }
        if (!process(name).isRunning()) {
            throw new LabFailure("node " + name + " has ended; see its log in " + layout.node(name));
        }
        String instead = answer instanceof Answer.Refused refused
                ? refused.code().word() + ": " + refused.detail()
                : answer.getClass().getSimpleName();
        throw new LabFailure("node " + name + " was asked to " + command.kind() + " and said " + instead);
    }

    /** Waits until each of these nodes has found all the others alive and knows what they have. */
    public Duration awaitConvergence(List<String> names, Duration limit) throws LabFailure {
        long startNanos = System.nanoTime();
        for (String name : names) {
            Await.until(name + " sees all of " + names + " alive", limit, () -> seesAll(name, names));
        }
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private Optional<Boolean> seesAll(String name, List<String> names) throws LabFailure {
        if (!process(name).isRunning()) {
            throw new LabFailure("node " + name + " has ended; see its log in " + layout.node(name));
        }
        if (!(ask(name, new Command.ListNodes()) instanceof Answer.Nodes nodes)) {
            return Optional.empty();
        }
        long found = nodes.nodes().stream()
                .filter(node -> names.stream().anyMatch(other -> id(other).equals(node.id())))
                .filter(node ->
                        node.liveness().equals("self") || node.liveness().equals("alive"))
                .filter(node -> !node.capacity().isEmpty())
                .count();
        return found == names.size() ? Optional.of(true) : Optional.empty();
    }

    /** How one node sees another; empty when it does not know it. */
    public Optional<NodeView> view(String from, String of) throws LabFailure {
        return ask(from, new Command.ListNodes(), Answer.Nodes.class).nodes().stream()
                .filter(node -> node.id().equals(id(of)))
                .findFirst();
    }

    /** What the environment of a command line must say, so that it speaks to this node as the operator. */
    public Map<String, String> environment(String name) {
        return Map.of(
                "RACKWEAVE_CONFIG", layout.configuration(name).toString(),
                "RACKWEAVE_IDENTITY", layout.identity(RackLayout.OPERATOR).toString());
    }

    /** Runs {@code rackweave} against a node. */
    public ProgramRun commandLine(String name, String... arguments) throws LabFailure {
        List<String> command = new ArrayList<>();
        command.add(distribution.commandLine().toString());
        command.addAll(List.of(arguments));
        return ProgramRun.of(environment(name), command);
    }

    /** Runs {@code rackweave-lab}, as somebody else on this machine would. */
    public ProgramRun lab(String... arguments) throws LabFailure {
        List<String> command = new ArrayList<>();
        command.add(distribution.lab().toString());
        command.addAll(List.of(arguments));
        return ProgramRun.of(Map.of(), command);
    }

    /** Kills every node at once; for when the lab itself ends. */
    public synchronized void killAll() {
        running.values().forEach(DaemonProcess::destroyNow);
    }

    /** Lets go of the nodes without stopping them. */
    @Override
    public void close() {
        client.close();
    }

    /** Stops the daemons that a directory says were started, by {@code SIGTERM}; the answer says what became of each. */
    public static List<String> down(RackLayout layout) throws LabFailure {
        List<String> told = new ArrayList<>();
        try {
            for (RunningProcess process : RunningProcess.read(layout)) {
                Optional<ProcessHandle> handle = process.handle(layout);
                handle.ifPresent(ProcessHandle::destroy);
                told.add("node " + process.name() + ": "
                        + (handle.isPresent() ? end(handle.get()) : "was not running any more"));
            }
            Files.writeString(layout.processes(), "", StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw LabFailure.because(failed);
        }
        return told;
    }

    private static String end(ProcessHandle handle) {
        try {
            handle.onExit().get(10, TimeUnit.SECONDS);
            return "stopped (process " + handle.pid() + ")";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "told to stop (process " + handle.pid() + ")";
        } catch (ExecutionException | TimeoutException slow) {
            return "still stopping after 10 s (process " + handle.pid() + ")";
        }
    }
}
