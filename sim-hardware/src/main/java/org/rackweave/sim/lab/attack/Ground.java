package org.rackweave.sim.lab.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.RackId;
import org.rackweave.crypto.RevocationList;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.RackLayout;
import org.rackweave.sim.lab.ScratchDirectory;
import org.rackweave.sim.lab.adversary.Eavesdropper;

/**
 * Where it is played: the victim, the air that its rack's datagrams go through, and what attackers of each kind hold. The authority of
 * the rack made one of its nodes, "mallory", for the insider's part; it is a member like any other until it is revoked.
 */
final class Ground implements AutoCloseable {
    private static final String INSIDER = "mallory";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** An unknown boot key is checked twice a second. */
    private static final Duration HELLO_SPACING = Duration.ofMillis(600);

    private static final int BURST = 32;

    private static final long SEED = 20_261_122;

    private final Victim victim;
    private final List<NodeId> neighbours;
    private final int multicastPort;
    private final Path scratch;
    private final SecureRandom random = new SecureRandom();
    private final Random noise = new Random(SEED);
    private final RackAuthority authority;
    private long incarnation;

    private Ground(Victim victim, List<NodeId> neighbours, int multicastPort, Path scratch, RackAuthority authority) {
        this.victim = victim;
        this.neighbours = neighbours;
        this.multicastPort = multicastPort;
        this.scratch = scratch;
        this.authority = authority;
    }

    static Ground open(RackLayout layout, String node) throws LabFailure {
        Victim victim = Victim.open(layout, node);
        Path scratch = ScratchDirectory.create("rackweave-attack-");
        boolean complete = false;
        try {
            int port = Integer.parseInt(Files.readString(layout.multicastPort(), StandardCharsets.UTF_8)
                    .strip());
            List<NodeId> neighbours = new ArrayList<>(victim.alive());
            if (neighbours.isEmpty()) {
                throw new LabFailure("node " + node + " sees no neighbour alive whose datagrams could be used");
            }
            RackAuthority authority = RackAuthority.open(layout.authority(), new SecureRandom());
            authority.issue(INSIDER, Role.NODE, scratch.resolve(INSIDER), Instant.now());
            complete = true;
            return new Ground(victim, neighbours, port, scratch, authority);
        } catch (IOException | NumberFormatException failed) {
            throw new LabFailure(layout.root() + " is no rehearsal rack: " + failed.getMessage(), failed);
        } catch (IdentityException failed) {
            throw LabFailure.because(failed);
        } finally {
            if (!complete) {
                victim.close();
                ScratchDirectory.remove(scratch);
            }
        }
    }

    Victim victim() {
        return victim;
    }

    /** Whom the victim saw alive before the first attack. */
    List<NodeId> neighbours() {
        return List.copyOf(neighbours);
    }

    Random noise() {
        return noise;
    }

    Eavesdropper listen() throws LabFailure {
        return Eavesdropper.open(multicastPort);
    }

    /** A genuine datagram of the neighbour that attackers pretend to be. */
    byte[] overheard(Eavesdropper air) throws LabFailure {
        return Await.until("a datagram of a neighbour", PATIENCE, () -> {
            byte[] datagram = air.capture();
            return keyIdIn(datagram).isPresent() ? Optional.of(datagram) : Optional.empty();
        });
    }

    /** The 40 bytes of a neighbour's key id, which anybody on the wire can read. */
    Optional<byte[]> keyIdIn(byte[] datagram) {
        byte[] id = neighbours.get(0).bytes();
        for (int at = 0; at + ForgedSeal.KEY_ID_BYTES <= datagram.length; at++) {
            if (Arrays.equals(datagram, at, at + id.length, id, 0, id.length)) {
                return Optional.of(Arrays.copyOfRange(datagram, at, at + ForgedSeal.KEY_ID_BYTES));
            }
        }
        return Optional.empty();
    }

    /** Sends with pauses, so that the kernel of a busy machine loses few of them. */
    void send(List<byte[]> datagrams) throws LabFailure {
        try (Eavesdropper air = listen()) {
            for (int i = 0; i < datagrams.size(); i++) {
                air.send(datagrams.get(i));
                if (i % BURST == BURST - 1) {
                    pause();
                }
            }
        }
    }

    private static void pause() throws LabFailure {
        try {
            Thread.sleep(2);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", interrupted);
        }
    }

    /** A node of this rack in a new incarnation. */
    Insider insider() throws LabFailure {
        return insider(++incarnation);
    }

    /** Says hello until the victim believes it: strangers' hellos are checked at a bounded rate. */
    void introduce(Insider insider) throws LabFailure {
        Map<String, Long> before = victim.counters();
        Await.until("the victim believes the insider's hello", PATIENCE, () -> {
            send(List.of(insider.hello()));
            return Await.within(
                    HELLO_SPACING,
                    () -> victim.grownBy(before, "accepted_hello") > 0 ? Optional.of(true) : Optional.empty());
        });
    }

    /** The same incarnation with another boot key: a card that lost its boot epoch, or two with the same keys. */
    Insider insiderAgain() throws LabFailure {
        return insider(incarnation);
    }

    private Insider insider(long bootEpoch) throws LabFailure {
        return new Insider(insiderIdentity(), keyInUse().key(), bootEpoch, random);
    }

    Identity insiderIdentity() throws LabFailure {
        return identity(scratch.resolve(INSIDER));
    }

    /** One of somebody who is of this rack, but of another role. */
    Identity auditor() throws LabFailure {
        return identity(victim.layout().identity(RackLayout.AUDITOR));
    }

    /** A node of another rack, in form and in every check but one like a node of this one. */
    Identity stranger() throws LabFailure {
        try {
            Path stranger = scratch.resolve("stranger");
            if (!Files.exists(stranger)) {
                Instant now = Instant.now();
                RackAuthority.create(scratch.resolve("elsewhere"), "elsewhere", now, random)
                        .issue("b", Role.NODE, stranger, now);
            }
            return identity(stranger);
        } catch (IdentityException e) {
            throw LabFailure.because(e);
        }
    }

    Insider strangersCard() throws LabFailure {
        try {
            Identity stranger = stranger();
            return new Insider(stranger, GroupKey.load(scratch.resolve("stranger")), 1, random);
        } catch (IdentityException e) {
            throw LabFailure.because(e);
        }
    }

    /** What whoever stole the group key, and nothing else, can make. */
    ForgedSeal forger() throws LabFailure {
        return new ForgedSeal(keyInUse().key().bytes(), rack());
    }

    /** What every member is given that asks for it. */
    private MadeKey keyInUse() throws LabFailure {
        try {
            UnicastClient client = UnicastClient.open(insiderIdentity(), InstantSource.system());
            try {
                Answer answer = victim.ask(client, new Command.ReadGroupKey());
                if (answer instanceof Answer.GroupKeys told && !told.keys().isEmpty()) {
                    return Collections.min(told.keys());
                }
                throw new LabFailure("the victim gives a member no group key: " + answer);
            } finally {
                client.close();
            }
        } catch (IOException e) {
            throw LabFailure.because(e);
        }
    }

    /** The authority revokes the insider, and an operator brings the list to the victim. */
    byte[] revokeInsider() throws LabFailure {
        try {
            authority.revoke(List.of(insiderIdentity().principal().id().toString()), Instant.now());
            return RevocationList.load(victim.layout().authority().resolve(RevocationList.FILE))
                    .orElseThrow(() -> new LabFailure("the authority has written no list"));
        } catch (IdentityException e) {
            throw LabFailure.because(e);
        }
    }

    private RackId rack() {
        return authority.rackId();
    }

    private static Identity identity(Path directory) throws LabFailure {
        try {
            return Identity.load(directory, Instant.now());
        } catch (IdentityException e) {
            throw LabFailure.because(e);
        }
    }

    @Override
    public void close() throws LabFailure {
        victim.close();
        ScratchDirectory.remove(scratch);
    }
}
