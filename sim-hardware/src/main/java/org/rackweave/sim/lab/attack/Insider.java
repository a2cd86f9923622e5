package org.rackweave.sim.lab.attack;

import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import org.rackweave.crypto.BootKey;
import org.rackweave.crypto.DatagramSealer;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.Announce;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Offering;
import org.rackweave.protocol.multicast.Payload;
import org.rackweave.protocol.multicast.PayloadCodec;
import org.rackweave.sim.lab.LabFailure;

/** A node in one incarnation, with keys of its own and no scruples. */
final class Insider {
    private static final int COAP_PORT = 9;
    private static final long PERIOD_MILLIS = 60_000;

    private final Identity identity;
    private final BootKey bootKey;
    private final DatagramSealer sealer;
    private long sequence;

    Insider(Identity identity, GroupKey groupKey, long bootEpoch, SecureRandom random) {
        this.identity = identity;
        this.bootKey = BootKey.generate(identity, bootEpoch, Instant.now(), random);
        this.sealer = new DatagramSealer(bootKey, groupKey);
    }

    NodeId id() {
        return identity.principal().id();
    }

    byte[] hello() throws LabFailure {
        return sealed(helloPayload());
    }

    Hello helloPayload() throws LabFailure {
        try {
            return new Hello(
                    id(),
                    bootKey.delegation().bootEpoch(),
                    COAP_PORT,
                    identity.certificateChain().get(0).getEncoded(),
                    bootKey.delegationBytes(),
                    Hello.Purpose.TELL);
        } catch (CertificateEncodingException e) {
            throw LabFailure.because(e);
        }
    }

    /** @param node in whose name */
    byte[] announce(NodeId node) {
        return sealed(
                new Announce(node, bootKey.delegation().bootEpoch(), 1, 0, PERIOD_MILLIS, COAP_PORT, Offering.NOTHING));
    }

    private byte[] sealed(Payload payload) {
        return sealed(payload.type().code(), PayloadCodec.encode(payload));
    }

    byte[] sealed(int type, byte[] payload) {
        return sealer.seal(type, ++sequence, payload);
    }
}
