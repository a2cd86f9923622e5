package org.rackweave.protocol.multicast;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.rackweave.crypto.BootKey;
import org.rackweave.crypto.DatagramSealer;
import org.rackweave.crypto.Delegation;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.CounterView;

/** The neighbourhood on real sockets. */
final class SealedNeighbourhood implements Neighbourhood {
    private final Identity identity;
    private final int coapPort;
    private final byte[] certificateDer;
    private final InstantSource wall;
    private final SecureRandom random = new SecureRandom();
    private final DatagramCounters counters = new DatagramCounters();
    private final DatagramGate gate;
    private final MulticastChannel channel;
    // Guards what follows: a sealer is for one thread, and sequences have to leave in their order.
    private final Object sending = new Object();
    private BootKey bootKey;
    private Keyring keys;
    private DatagramSealer sealer;
    private DatagramSealer entrySealer;
    private long sequence;

    SealedNeighbourhood(
            Identity identity,
            BootKey bootKey,
            Keyring keys,
            int coapPort,
            MulticastSettings settings,
            MonotonicMillis clock,
            InstantSource wall,
            Consumer<NeighbourMessage> consumer)
            throws NoMulticastException {
        this.identity = identity;
        this.bootKey = bootKey;
        this.keys = keys;
        this.coapPort = PayloadRules.requirePort(coapPort);
        this.wall = wall;
        this.sealer = new DatagramSealer(bootKey, keys.sending());
        this.entrySealer = new DatagramSealer(bootKey, keys.entry());
        this.certificateDer = certificateOf(identity);
        NodeId self = identity.principal().id();
        DatagramGate newGate = new DatagramGate(self, identity.trust(), keys, clock.millis());
        this.gate = newGate;
        Receiving receiving = new Receiving(newGate, counters, clock, wall, consumer);
        this.channel = MulticastChannel.open(settings, receiving, counters);
    }

    /** What the channel's thread does; apart, so that it touches nothing that is guarded for senders. */
    private record Receiving(
            DatagramGate gate,
            DatagramCounters counters,
            MonotonicMillis clock,
            InstantSource wall,
            Consumer<NeighbourMessage> consumer)
            implements MulticastChannel.Receiver {
        @Override
        public void received(byte[] datagram, InetAddress source) {
            GateOutcome outcome = gate.accept(datagram, source, clock.millis(), wall.instant());
            if (outcome instanceof GateOutcome.Accepted accepted) {
                counters.count(accepted.counter());
                consumer.accept(accepted.message());
            } else if (outcome instanceof GateOutcome.Strange strange) {
                counters.count(DatagramCounter.STRANGERS_REPORTED);
                consumer.accept(strange.message());
            } else if (outcome instanceof GateOutcome.OtherGroup other) {
                counters.count(DatagramCounter.OTHER_GROUP_EPOCH);
                consumer.accept(other.message());
            } else {
                counters.count(((GateOutcome.Rejected) outcome).reason());
            }
        }
    }

    @Override
    public void hello(Hello.Purpose purpose, Hello.Seal seal) {
        synchronized (sending) {
            renewDelegation(wall.instant());
            Hello hello = new Hello(node(), bootEpoch(), coapPort, certificateDer, bootKey.delegationBytes(), purpose);
            send(
                    hello,
                    switch (seal) {
                        case ENTRY -> entrySealer;
                        case GROUP -> sealer;
                    });
        }
    }

    @Override
    public void use(Keyring newKeys) {
        synchronized (sending) {
            keys = newKeys;
            makeSealers();
        }
        gate.use(newKeys);
    }

    @Override
    public void announce(long version, long periodMillis, Offering offering) {
        long epochMillis = Math.max(0, wall.millis());
        send(new Announce(node(), bootEpoch(), version, epochMillis, periodMillis, coapPort, offering));
    }

    @Override
    public void leave(String reason) {
        send(new Leave(node(), bootEpoch(), reason));
    }

    @Override
    public void ban(NodeId node) {
        gate.ban(node);
    }

    @Override
    public List<String> interfaces() {
        return channel.interfaces();
    }

    @Override
    public List<CounterView> counters() {
        return counters.views();
    }

    @Override
    public void close() {
        channel.close();
    }

    private NodeId node() {
        return identity.principal().id();
    }

    private long bootEpoch() {
        synchronized (sending) {
            return bootKey.delegation().bootEpoch();
        }
    }

    private void send(Payload payload) {
        synchronized (sending) {
            send(payload, sealer);
        }
    }

    /** One row of sequences, whatever the seal: with the boot key in every derivation, none is a nonce twice. */
    private void send(Payload payload, DatagramSealer with) {
        byte[] encoded = PayloadCodec.encode(payload);
        synchronized (sending) {
            channel.send(with.seal(payload.type().code(), ++sequence, encoded));
        }
    }

    private void makeSealers() {
        synchronized (sending) {
            sealer = new DatagramSealer(bootKey, keys.sending());
            entrySealer = new DatagramSealer(bootKey, keys.entry());
        }
    }

    /**
     * At half its life, so that neighbours have half a day to hear of the new one; at once when the clock has jumped
     * out of it.
     */
    private void renewDelegation(Instant now) {
        Delegation delegation = bootKey.delegation();
        Duration life = Duration.between(delegation.issuedAt(), delegation.notAfter());
        Instant due = delegation.issuedAt().plus(life.dividedBy(2));
        if (!delegation.isCurrent(now) || now.isAfter(due)) {
            bootKey = bootKey.renewed(identity, now, random);
            makeSealers();
        }
    }

    private static byte[] certificateOf(Identity identity) {
        try {
            byte[] der = identity.certificateChain().get(0).getEncoded();
            if (der.length > ProtocolLimits.MAX_CERTIFICATE_BYTES) {
                throw new IllegalArgumentException(
                        "the node's certificate has " + der.length + " bytes, and a hello has" + " room for "
                                + ProtocolLimits.MAX_CERTIFICATE_BYTES + ": issue it with shorter names");
            }
            return der;
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate has no encoding", e);
        }
    }
}
