package org.rackweave.sim.lab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;
import org.rackweave.sim.lab.ScratchDirectory;

/**
 * One etcd with its own defaults, its data beside our ledger's, and clients with a gRPC connection each. A grant is a lease,
 * and a transaction that puts the holder under the slice's key if nobody has: two entries of its log, each synced, as ours has
 * a reservation and a commit.
 */
final class EtcdGranter implements Granter {
    private static final String PROGRAM = "etcd";
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Path directory;
    private final String version;
    private final Process process;
    private final EtcdConnections connections;
    private final List<EtcdClient> clients = new ArrayList<>();
    private final Thread cleaner = new Thread(this::clean, "clean-up of etcd");

    private EtcdGranter(Path directory, String version, Process process, EtcdConnections connections) {
        this.directory = directory;
        this.version = version;
        this.process = process;
        this.connections = connections;
        Runtime.getRuntime().addShutdownHook(cleaner);
    }

    /** Starts it; empty where there is none. */
    static Optional<Granter> start(int count, int places) throws LabFailure {
        Optional<Path> program = program();
        if (program.isEmpty()) {
            return Optional.empty();
        }
        String version = ProgramRun.of(Map.of(), List.of(program.get().toString(), "--version"))
                .output()
                .lines()
                .findFirst()
                .orElse("")
                .replaceAll("[^0-9.]", "");
        Path directory = ScratchDirectory.create("rackweave-bench-etcd-");
        try {
            int port = freePort();
            Process process = run(program.get(), directory, port, freePort());
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            Await.until("etcd listens at " + address, START_LIMIT, () -> listens(process, address));
            EtcdGranter granter = new EtcdGranter(directory, version, process, EtcdConnections.open());
            for (int i = 0; i < count; i++) {
                granter.clients.add(new EtcdClient(granter.connections.connect(address), "borrower-" + i, places));
            }
            return Optional.of(granter);
        } catch (IOException failed) {
            throw new LabFailure("cannot start etcd: " + failed.getMessage(), failed);
        }
    }

    private static Optional<Path> program() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(directory -> Path.of(directory, PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Process run(Path program, Path directory, int clientPort, int peerPort) throws IOException {
        String client = "http://127.0.0.1:" + clientPort;
        String peer = "http://127.0.0.1:" + peerPort;
        return new ProcessBuilder(
                        program.toString(),
                        "--data-dir",
                        directory.resolve("data").toString(),
                        "--listen-client-urls",
                        client,
                        "--advertise-client-urls",
                        client,
                        "--listen-peer-urls",
                        peer,
                        "--initial-advertise-peer-urls",
                        peer,
                        "--initial-cluster",
                        "default=" + peer)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    private static Optional<Boolean> listens(Process process, InetSocketAddress address) throws LabFailure {
        if (!process.isAlive()) {
            throw new LabFailure("etcd ended with " + process.exitValue() + " instead of serving");
        }
        try (Socket probe = new Socket()) {
            probe.connect(address);
            return Optional.of(true);
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public String name() {
        return "etcd " + version;
    }

    @Override
    public List<EtcdClient> clients() {
        return clients;
    }

    /** A revoked lease has taken its key with it when it is answered. */
    @Override
    public void settle() {
        // Nothing is left to be done.
    }

    @Override
    public long pid() {
        return process.pid();
    }

    private void clean() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ScratchDirectory.remove(directory);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(cleaner);
        connections.close();
        clean();
    }
}
