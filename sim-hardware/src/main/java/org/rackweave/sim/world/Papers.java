package org.rackweave.sim.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.rackweave.crypto.BootKey;
import org.rackweave.crypto.DatagramSealer;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.multicast.Announce;
import org.rackweave.protocol.multicast.DatagramGate;
import org.rackweave.protocol.multicast.GateOutcome;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Keyring;
import org.rackweave.protocol.multicast.Leave;
import org.rackweave.protocol.multicast.NeighbourMessage;
import org.rackweave.protocol.multicast.Payload;
import org.rackweave.protocol.multicast.PayloadCodec;

/**
 * Certificate, boot key and group key of a real member, which lends them to whichever simulated node says something that has to
 * go through the real gate. Its keys are not of the seed: nothing that follows from a run may depend on them.
 */
final class Papers {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final long BOOT_EPOCH = 1;
    private static final NodeId RECEIVER = new NodeId(1, 1);
    private static final int PORT = 5684;

    private final Identity identity;
    private final GroupKey groupKey;

    private static final class Once {
        static final Papers DRAWN = draw();
    }

    private Papers(Identity identity, GroupKey groupKey) {
        this.identity = identity;
        this.groupKey = groupKey;
    }

    /** The same for all runs: each would otherwise wait for its keys. */
    static Papers drawn() {
        return Once.DRAWN;
    }

    private static Papers draw() {
        try {
            Path directory = Files.createTempDirectory("rackweave-world");
            try {
                RackAuthority rack = RackAuthority.create(directory.resolve("ca"), "world", NOW, new SecureRandom());
                Path node = directory.resolve("node");
                rack.issue("node", Role.NODE, node, NOW);
                return new Papers(Identity.load(node, NOW), GroupKey.load(node));
            } finally {
                remove(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the papers of a member cannot be made below java.io.tmpdir", e);
        } catch (IdentityException e) {
            throw new IllegalStateException("the papers of a member cannot be made", e);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /**
     * Seals what a node says, and opens it with a gate of the product that has heard a hello of this member.
     *
     * @param onItsWay what becomes of the sealed bytes
     * @return what the gate believes; empty when it believes nothing
     */
    Optional<Payload> throughTheGate(Payload said, InetAddress from, UnaryOperator<byte[]> onItsWay) {
        // A boot key seals each sequence once, in order, and runs are in several threads: each datagram has its own.
        BootKey bootKey = BootKey.generate(identity, BOOT_EPOCH, NOW, new SecureRandom());
        DatagramSealer sealer = new DatagramSealer(bootKey, groupKey);
        DatagramGate gate = new DatagramGate(RECEIVER, identity.trust(), Keyring.of(groupKey), 0);
        Hello hello = new Hello(
                identity.principal().id(),
                BOOT_EPOCH,
                PORT,
                certificate(),
                bootKey.delegationBytes(),
                Hello.Purpose.TELL);
        if (!(gate.accept(seal(sealer, 1, hello), from, 0, NOW) instanceof GateOutcome.Accepted)) {
            throw new IllegalStateException("the gate does not let in what is as it was sent");
        }
        Payload ours = said instanceof Hello other
                ? withPapers(other, hello)
                : as(said, identity.principal().id(), BOOT_EPOCH);
        byte[] datagram = seal(sealer, 2, ours);
        if (!(gate.accept(onItsWay.apply(datagram), from, 1, NOW) instanceof GateOutcome.Accepted accepted)) {
            return Optional.empty();
        }
        Payload heard = payloadOf(accepted.message());
        return Optional.of(
                said instanceof Hello other
                        ? withPapers((Hello) heard, other)
                        : as(heard, said.node(), said.bootEpoch()));
    }

    private static byte[] seal(DatagramSealer sealer, long sequence, Payload payload) {
        return sealer.seal(payload.type().code(), sequence, PayloadCodec.encode(payload));
    }

    private byte[] certificate() {
        try {
            return identity.certificateChain().get(0).getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    private static Payload payloadOf(NeighbourMessage message) {
        if (message instanceof NeighbourMessage.HelloHeard heard) {
            return heard.hello();
        } else if (message instanceof NeighbourMessage.AnnounceHeard heard) {
            return heard.announce();
        } else if (message instanceof NeighbourMessage.LeaveHeard heard) {
            return heard.leave();
        }
        throw new IllegalArgumentException("nothing that a member says: " + message);
    }

    /** The same purpose and port, and the papers of another. */
    private static Hello withPapers(Hello hello, Hello of) {
        return new Hello(
                of.node(), of.bootEpoch(), hello.coapPort(), of.certificateDer(), of.delegation(), hello.purpose());
    }

    /** The same, said by another. */
    private static Payload as(Payload payload, NodeId node, long bootEpoch) {
        if (payload instanceof Announce announce) {
            return new Announce(
                    node,
                    bootEpoch,
                    announce.version(),
                    announce.advisoryEpochMillis(),
                    announce.periodMillis(),
                    announce.coapPort(),
                    announce.offering());
        }
        return new Leave(node, bootEpoch, ((Leave) payload).reason());
    }
}
