package org.rackweave.protocol.multicast;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import org.rackweave.crypto.BootKey;
import org.rackweave.crypto.DatagramSealer;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;

/** A node of a rack in a temporary folder, and the datagrams that it would send. */
final class TestMember {
    static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final SecureRandom RANDOM = new SecureRandom();

    final Identity identity;
    final GroupKey groupKey;
    BootKey bootKey;
    private DatagramSealer sealer;
    long sequence;

    private TestMember(Identity identity, GroupKey groupKey, long bootEpoch) {
        this.identity = identity;
        this.groupKey = groupKey;
        boot(bootEpoch);
    }

    static RackAuthority rack(Path directory) {
        try {
            return RackAuthority.create(directory, "lab", NOW, RANDOM);
        } catch (IdentityException e) {
            throw new AssertionError(e);
        }
    }

    static TestMember node(RackAuthority rack, Path directory) {
        try {
            rack.issue(directory.getFileName().toString(), Role.NODE, directory, NOW);
            return new TestMember(Identity.load(directory, NOW), GroupKey.load(directory), 1);
        } catch (IdentityException e) {
            throw new AssertionError(e);
        }
    }

    /** A node whose group key the test knows. */
    static TestMember node(RackAuthority rack, Path directory, GroupKey groupKey) {
        return new TestMember(node(rack, directory).identity, groupKey, 1);
    }

    /** Somebody of the rack who is no node, and yet got hold of the group key. */
    static TestMember operator(RackAuthority rack, Path directory, GroupKey groupKey) {
        try {
            rack.issue(directory.getFileName().toString(), Role.OPERATOR, directory, NOW);
            return new TestMember(Identity.load(directory, NOW), groupKey, 1);
        } catch (IdentityException e) {
            throw new AssertionError(e);
        }
    }

    NodeId id() {
        return identity.principal().id();
    }

    long bootEpoch() {
        return bootKey.delegation().bootEpoch();
    }

    void boot(long bootEpoch) {
        bootKey = BootKey.generate(identity, bootEpoch, NOW, RANDOM);
        sealer = new DatagramSealer(bootKey, groupKey);
        sequence = 0;
    }

    void renewDelegation(Instant now) {
        bootKey = bootKey.renewed(identity, now, RANDOM);
        sealer = new DatagramSealer(bootKey, groupKey);
    }

    byte[] seal(int type, byte[] payload) {
        return sealer.seal(type, ++sequence, payload);
    }

    byte[] seal(Payload payload) {
        return seal(payload.type().code(), PayloadCodec.encode(payload));
    }

    Hello helloPayload() {
        return new Hello(id(), bootEpoch(), 5_684, certificateDer(), bootKey.delegationBytes(), Hello.Purpose.TELL);
    }

    Announce announcePayload() {
        return new Announce(id(), bootEpoch(), 1, 0, 1_000, 5_684, Offering.NOTHING);
    }

    byte[] hello() {
        return seal(helloPayload());
    }

    byte[] announce() {
        return seal(announcePayload());
    }

    byte[] announceUnder(GroupKey key) {
        return under(key, announcePayload());
    }

    byte[] helloUnder(GroupKey key) {
        return under(key, helloPayload());
    }

    private byte[] under(GroupKey key, Payload payload) {
        return new DatagramSealer(bootKey, key).seal(payload.type().code(), ++sequence, PayloadCodec.encode(payload));
    }

    byte[] leave() {
        return seal(new Leave(id(), bootEpoch(), "shutdown"));
    }

    byte[] certificateDer() {
        try {
            return identity.certificateChain().get(0).getEncoded();
        } catch (CertificateEncodingException e) {
            throw new AssertionError(e);
        }
    }
}
