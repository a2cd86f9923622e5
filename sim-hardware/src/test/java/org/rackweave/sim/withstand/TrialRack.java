package org.rackweave.sim.withstand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.sim.interposer.RackDirectory;

/** Nodes of one rack in a temporary folder, and every process that was started for them. */
final class TrialRack implements AutoCloseable {
    static final String GROUP = "239.82.87.1";
    private static final String OPERATOR = "operator";

    /** Certificates are a month old, so that a clock that goes back a day finds them valid. */
    private static final Instant ISSUED = Instant.now().minus(Duration.ofDays(30));

    private final Path directory;
    private final OrdinaryUser user;
    private final BuiltDistribution distribution;
    private final RackAuthority authority;
    private final int multicastPort;
    private final Map<String, NodeId> ids = new LinkedHashMap<>();
    private final List<TrialProcess> started = new CopyOnWriteArrayList<>();
    private final Thread atExit = new Thread(() -> started.forEach(TrialProcess::destroyNow));
    private final List<Operator> operators = new ArrayList<>();

    private TrialRack(int multicastPort) {
        this.multicastPort = multicastPort;
        try {
            directory = Files.createTempDirectory("rackweave-withstand-");
            // Below it each directory has its own owner; this one only has to be passed through.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
            user = OrdinaryUser.here();
            distribution = runnable(BuiltDistribution.find());
            authority = RackAuthority.create(directory.resolve("ca"), "trial", ISSUED, new SecureRandom());
            authority.issue(OPERATOR, Role.OPERATOR, identity(OPERATOR), ISSUED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IdentityException e) {
            throw new AssertionError(e);
        }
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** A rack with these nodes, each with the {@link #standard} configuration, none of them started. */
    static TrialRack of(String... names) {
        return at(freePort(), names);
    }

    /** Another rack, with an authority of its own, that announces at the same group and port. */
    TrialRack strangerWith(String... names) {
        return at(multicastPort, names);
    }

    private static TrialRack at(int multicastPort, String... names) {
        TrialRack rack = new TrialRack(multicastPort);
        try {
            for (String name : names) {
                rack.ids.put(
                        name,
                        rack.authority
                                .issue(name, Role.NODE, rack.identity(name), ISSUED)
                                .id());
                rack.user.give(rack.identity(name));
                rack.configure(name, rack.standard(name));
            }
            return rack;
        } catch (IdentityException e) {
            rack.close();
            throw new AssertionError(e);
        }
    }

    private BuiltDistribution runnable(BuiltDistribution built) throws IOException {
        List<String> command = new ArrayList<>(user.prefix());
        command.addAll(List.of("test", "-x", built.daemon().toString()));
        boolean can = start(directory, "may-it-be-run", command).awaitEnd().exitCode() == 0;
        return can ? built : built.copiedTo(directory.resolve("distribution"));
    }

    // ---- where things are -------------------------------------------------------------------------------------------

    Path identity(String name) {
        return directory.resolve("identity-" + name);
    }

    Path state(String name) {
        return node(name).resolve("state");
    }

    Path ledger(String name) {
        return state(name).resolve("ledger.db");
    }

    Path configuration(String name) {
        return node(name).resolve("rackweave.yaml");
    }

    RackDirectory hardware() {
        return new RackDirectory(directory.resolve("hardware"));
    }

    /** An identity as a thief has it who copied it: owned by the user of the tests. */
    Path stolenIdentity(String name) {
        Path copy = directory.resolve("stolen-" + name);
        BuiltDistribution.copyTree(identity(name), copy);
        try (Stream<Path> all = Files.walk(copy)) {
            UserPrincipal thief = Files.getOwner(directory);
            for (Path each : all.toList()) {
                Files.setOwner(each, thief);
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path authority() {
        return directory.resolve("ca");
    }

    int multicastPort() {
        return multicastPort;
    }

    NodeId id(String name) {
        return ids.get(name);
    }

    List<String> names() {
        return List.copyOf(ids.keySet());
    }

    OrdinaryUser user() {
        return user;
    }

    /** A new directory that belongs to the daemons' user. */
    Path scratch(String name) {
        try {
            Path made = Files.createDirectories(directory.resolve(name));
            user.give(made);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path node(String name) {
        return directory.resolve("node-" + name);
    }

    // ---- configurations ---------------------------------------------------------------------------------------------

    /** Four slices of 1 MiB on loopback, terms from a second on. */
    NodeSettings standard(String name) {
        return new NodeSettings()
                .with("node.identityDir", identity(name))
                .with("node.stateDir", state(name))
                .with("network.interfaces", "[lo]")
                .with("network.multicastPort", multicastPort)
                .with("network.ipv4Group", GROUP)
                .with("network.coapAddress", "127.0.0.1")
                .with("network.coapPort", 0)
                .with("announce.minPeriod", "200ms")
                .with("announce.helloPeriod", "5s")
                .with("lending.interposer.provider", "simulated")
                .with("lending.interposer.settings.rackDir", hardware().root())
                .with("lending.interposer.settings.memorySlices", "\"4\"")
                .with("lending.interposer.settings.sliceBytes", "\"1MiB\"")
                .with("lending.claims", "[\"*\"]")
                .with("lending.minTerm", "1s")
                .with("lending.reservation", "10s")
                .with("lending.firstTerm", "5s")
                .with("lending.grace", "5s")
                .with("borrowing.defaultTerm", "30s")
                .with("borrowing.requestTimeout", "5s");
    }

    void configure(String name, NodeSettings settings) {
        configure(name, settings.toYaml());
    }

    void configure(String name, String yaml) {
        try {
            Files.createDirectories(node(name));
            Files.createDirectories(hardware().root());
            Files.writeString(configuration(name), yaml, StandardCharsets.UTF_8);
            user.give(node(name));
            user.give(hardware().root());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- processes --------------------------------------------------------------------------------------------------

    /**
     * Starts a node and returns without waiting for it.
     *
     * @param wrapper a program and its arguments that run the rest of the command line
     */
    TrialProcess launch(String name, String... wrapper) {
        return run(
                name,
                distribution.daemon(),
                List.of(wrapper),
                "--config",
                configuration(name).toString());
    }

    /**
     * Starts the agent of a node's host, as the user of the tests: it moves processes of theirs.
     *
     * @param options what it is told beside where its card and its identity are
     */
    TrialProcess launchAgent(String name, int port, String options) {
        try {
            Path file = directory.resolve("agent-of-" + name + ".yaml");
            Files.writeString(
                    file, "card: \"127.0.0.1:" + port + "\"\nidentityDir: " + agentIdentity(name) + "\n" + options);
            return start(
                    directory,
                    "rackweave-agent",
                    List.of(
                            distribution.home().resolve("bin/rackweave-agent").toString(),
                            "--config",
                            file.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A directory with all that the agent of a node's host needs on another machine: {@code rackweave}, {@code identity} and
     * {@code agent.yaml}.
     *
     * @param card where that machine reaches the node
     * @param place where that machine finds the directory
     * @param options what the agent is told beside where its card and its identity are
     */
    Path agentFiles(String name, String card, Path place, String options) {
        try {
            Path files = Files.createDirectory(directory.resolve("files-of-" + name));
            distribution.copiedTo(files.resolve("rackweave"));
            BuiltDistribution.copyTree(agentIdentity(name), files.resolve("identity"));
            Files.writeString(
                    files.resolve("agent.yaml"),
                    "card: \"" + card + "\"\nidentityDir: " + place.resolve("identity") + "\n" + options);
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A directory with all that nodes need on another machine, and an operator there: {@code rackweave}, {@code operator}, and for each
     * node {@code identity-NAME} and {@code NAME.yaml}.
     *
     * @param settings of each node, with paths as that machine has them
     */
    Path nodeFiles(Map<String, NodeSettings> settings) {
        try {
            Path files = Files.createDirectory(directory.resolve("files-of-nodes"));
            distribution.copiedTo(files.resolve("rackweave"));
            BuiltDistribution.copyTree(identity(OPERATOR), files.resolve(OPERATOR));
            for (Map.Entry<String, NodeSettings> node : settings.entrySet()) {
                BuiltDistribution.copyTree(identity(node.getKey()), files.resolve("identity-" + node.getKey()));
                Files.writeString(
                        files.resolve(node.getKey() + ".yaml"), node.getValue().toYaml(), StandardCharsets.UTF_8);
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path agentIdentity(String name) {
        Path identity = identity("agent-of-" + name);
        try {
            if (!Files.exists(identity)) {
                authority.issue("agent-of-" + name, Role.HOST_AGENT, Optional.of(id(name)), identity, ISSUED);
            }
            return identity;
        } catch (IdentityException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts a node that is expected to give up. */
    Ended refused(String name) {
        return launch(name).awaitEnd();
    }

    /** Runs {@code rackweaved} with these arguments to its end. */
    Ended daemonProgram(String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--config");
        all.add(configuration(name).toString());
        return run(name, distribution.daemon(), List.of(), all.toArray(String[]::new))
                .awaitEnd();
    }

    /** Runs {@code rackweave} as the operator, against a node, to its end. */
    Ended commandLine(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(distribution.commandLine().toString());
        command.addAll(List.of(
                "--config",
                configuration(name).toString(),
                "--identity",
                identity(OPERATOR).toString()));
        command.addAll(List.of(arguments));
        return start(node(name), "rackweave", command).awaitEnd();
    }

    /** Starts a program of the lab and returns without waiting for it. */
    TrialProcess launchLab(String... arguments) {
        return run(directory, distribution.lab(), List.of(), arguments);
    }

    /** Runs any program as the user that daemons run as. */
    Ended asDaemonUser(String... command) {
        List<String> all = new ArrayList<>(user.prefix());
        all.addAll(List.of(command));
        return start(directory, "program", all).awaitEnd();
    }

    /** Whether that user can run programs by this one. */
    boolean may(List<String> wrapper) {
        List<String> all = new ArrayList<>(wrapper);
        all.add("true");
        return asDaemonUser(all.toArray(String[]::new)).exitCode() == 0;
    }

    private TrialProcess run(String name, Path program, List<String> wrapper, String... arguments) {
        return run(node(name), program, wrapper, arguments);
    }

    private TrialProcess run(Path where, Path program, List<String> wrapper, String... arguments) {
        List<String> command = new ArrayList<>(user.prefix());
        command.addAll(wrapper);
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return start(where, program.getFileName().toString(), command);
    }

    private TrialProcess start(Path where, String what, List<String> command) {
        try {
            Path output = Files.createTempFile(where, what + "-", ".out");
            Path errors = Files.createTempFile(where, what + "-", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            TrialProcess process = new TrialProcess(builder.start(), output, errors);
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Somebody with the operator's certificate. */
    Operator operator() {
        Operator operator = Operator.of(identity(OPERATOR));
        operators.add(operator);
        return operator;
    }

    @Override
    public void close() {
        operators.forEach(Operator::close);
        started.forEach(TrialProcess::destroyNow);
        started.forEach(TrialProcess::awaitEnd);
        Runtime.getRuntime().removeShutdownHook(atExit);
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its own for each rack, so that tests that run side by side do not hear each other. */
    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
