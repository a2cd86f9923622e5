package org.rackweave.protocol.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;

/** A rack's authority and members in a temporary folder. */
final class TestRack {
    static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    static final InstantSource CLOCK = () -> NOW;
    static final InstantSource AFTER_EXPIRY = () -> NOW.plus(Duration.ofDays(400));
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Path directory;
    private final RackAuthority authority;

    TestRack(Path directory) {
        this.directory = directory;
        try {
            this.authority = RackAuthority.create(directory.resolve("ca"), "lab", NOW, new SecureRandom());
        } catch (IdentityException e) {
            throw new AssertionError(e);
        }
    }

    Identity member(String name, Role role) {
        try {
            Path out = directory.resolve(name);
            authority.issue(name, role, out, NOW);
            return Identity.load(out, NOW);
        } catch (IdentityException e) {
            throw new AssertionError(e);
        }
    }

    static UnicastServer serve(Identity identity, int port, CommandHandler handler) throws Exception {
        return UnicastServer.open(identity, loopback(port), handler, ServerLimits.CARD, CLOCK);
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    static Peer peer(UnicastServer server) {
        return new Peer(loopback(server.port()), Optional.empty());
    }

    static Peer peer(UnicastServer server, NodeId expected) {
        return new Peer(loopback(server.port()), Optional.of(expected));
    }

    static Answer ask(UnicastClient client, Peer peer, Command command) throws Exception {
        return ask(client, peer, command, TIMEOUT);
    }

    static Answer ask(UnicastClient client, Peer peer, Command command, Duration timeout) throws Exception {
        return client.send(peer, command, timeout)
                .toCompletableFuture()
                .get(timeout.toMillis() + 5000, TimeUnit.MILLISECONDS);
    }
}
