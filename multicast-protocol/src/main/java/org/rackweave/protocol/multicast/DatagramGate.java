package org.rackweave.protocol.multicast;

import static org.rackweave.protocol.multicast.DatagramCounter.*;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.rackweave.crypto.BootPublicKey;
import org.rackweave.crypto.BootVerifier;
import org.rackweave.crypto.Checked;
import org.rackweave.crypto.Delegation;
import org.rackweave.crypto.GroupCipher;
import org.rackweave.crypto.GroupEpochId;
import org.rackweave.crypto.Introduction;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.OuterFrame;
import org.rackweave.crypto.RackTrust;
import org.rackweave.crypto.SealRejection;
import org.rackweave.crypto.SignedMessage;

/**
 * What every received datagram passes before anybody believes it, the cheapest check first:
 *
 * <pre>
 *   length, form, type, not our own, not banned, not of an older incarnation, under a group key that is held
 *   boot key known? ── no, and no hello ──► dropped; once a second, if the seal holds, a stranger is reported
 *        │      └───── no, but a hello ───► seal, sequence, hello budgets, decode, certificate, delegation, signature
 *       yes
 *   seal (AEAD), sequence, bucket of (source address, sender), budget of all senders, signature, decode
 * </pre>
 *
 * <p>What an outsider sends ends at the seal, what a member forges at the signature. Until the signature holds,
 * nothing changes but budgets. A hello of an unknown sender must be decoded before its signature can be checked, as
 * the key is in it: by a reader that is strict, bounded, and does not throw.
 *
 * <p>Pure in time: both clocks are handed in. All but {@link #ban} and {@link #use} is for one thread.
 */
public final class DatagramGate {
    private final int maxSenders;
    private final NodeId self;
    private final RackTrust trust;
    private final GroupCipher cipher;
    // One entry a rotation, taken out by the next datagram.
    private final Queue<Keyring> newKeys = new ConcurrentLinkedQueue<>();
    private Keyring keys;
    private final Map<NodeId, KnownSender> known = new HashMap<>();
    private final Set<NodeId> banned = ConcurrentHashMap.newKeySet();
    private final SourceBuckets sources;
    private final SourceBuckets helloSources;
    private final TokenBucket verifyBudget;
    private final TokenBucket helloBudget;
    private final TokenBucket entryBudget;
    private final TokenBucket strangerChecks;
    private final TokenBucket strangerReports;
    private final TokenBucket otherGroupReports;
    // Made once: a flood of what is rejected must not become a flood of garbage.
    private final Map<DatagramCounter, GateOutcome> rejections = new EnumMap<>(DatagramCounter.class);

    /**
     * A gate that knows nobody.
     *
     * @param self this node, whose own datagrams come back
     * @param trust whose certificates are believed
     * @param keys under which seals are opened
     * @param nowMillis by the clock that {@link #accept} is given
     */
    public DatagramGate(NodeId self, RackTrust trust, Keyring keys, long nowMillis) {
        this(self, trust, keys, nowMillis, ProtocolLimits.MAX_NODES);
    }

    DatagramGate(NodeId self, RackTrust trust, Keyring keys, long nowMillis, int maxSenders) {
        this.maxSenders = maxSenders;
        this.self = self;
        this.trust = trust;
        this.keys = keys;
        this.cipher = new GroupCipher(trust.rackId(), keys.all());
        this.sources = new SourceBuckets(ProtocolLimits.SENDER_RATE, nowMillis);
        this.helloSources = new SourceBuckets(ProtocolLimits.HELLO_SENDER_RATE, nowMillis);
        this.verifyBudget = new TokenBucket(ProtocolLimits.VERIFY_RATE, nowMillis);
        this.helloBudget = new TokenBucket(ProtocolLimits.HELLO_RATE, nowMillis);
        this.entryBudget = new TokenBucket(ProtocolLimits.HELLO_RATE, nowMillis);
        this.otherGroupReports = new TokenBucket(ProtocolLimits.STRANGER_REPORT_RATE, nowMillis);
        this.strangerChecks = new TokenBucket(ProtocolLimits.STRANGER_CHECK_RATE, nowMillis);
        this.strangerReports = new TokenBucket(ProtocolLimits.STRANGER_REPORT_RATE, nowMillis);
        for (DatagramCounter reason : DatagramCounter.values()) {
            rejections.put(reason, new GateOutcome.Rejected(reason));
        }
    }

    /** Believes nothing more of this node. Any thread may call it. */
    public void ban(NodeId node) {
        if (banned.size() < ProtocolLimits.MAX_BANNED_NODES) {
            banned.add(node);
        }
    }

    /** From the next datagram on, seals are opened under these keys. Any thread may call it. */
    public void use(Keyring keyring) {
        newKeys.add(keyring);
    }

    /**
     * Judges one datagram. Never throws because of what is in it.
     *
     * @param datagram its bytes
     * @param source where it says it came from
     * @param nowMillis by a clock that only goes forward
     * @param wallTime for certificates and delegations
     */
    public GateOutcome accept(byte[] datagram, InetAddress source, long nowMillis, Instant wallTime) {
        OuterFrame.Result parsed = OuterFrame.parse(datagram, datagram.length);
        if (parsed instanceof OuterFrame.Malformed malformed) {
            return rejected(counterOf(malformed.reason()));
        }
        OuterFrame frame = ((OuterFrame.Parsed) parsed).frame();
        takeNewKeys();
        Arrival arrival = new Arrival(frame, source, nowMillis, wallTime);
        Optional<Payload.Type> type = Payload.Type.ofCode(frame.messageType());
        if (type.isEmpty()) {
            return rejected(UNKNOWN_TYPE);
        }
        if (frame.sender().equals(self)) {
            return rejected(OWN);
        }
        if (banned.contains(frame.sender())) {
            return rejected(BANNED);
        }
        Optional<KnownSender> sender = Optional.ofNullable(known.get(frame.sender()));
        if (sender.isPresent() && frame.bootEpoch() < sender.get().bootEpoch()) {
            return rejected(OLDER_BOOT_EPOCH);
        }
        if (!isUnderKeyFor(type.get(), frame)) {
            return otherGroup(arrival);
        }
        Optional<KnownSender> current = sender.filter(each -> each.isOf(frame));
        boolean expired = current.isPresent() && current.get().isExpired(nowMillis);
        if (current.isPresent() && !expired) {
            return fromKnown(arrival, type.get(), current.get());
        }
        return type.get() == Payload.Type.HELLO
                ? fromUnknown(arrival, sender)
                : fromStranger(arrival, expired ? DELEGATION_EXPIRED : UNKNOWN_SENDER);
    }

    private void takeNewKeys() {
        for (Keyring next = newKeys.poll(); next != null; next = newKeys.poll()) {
            keys = next;
            cipher.hold(next.all());
        }
    }

    /** A hello is heard under the entry key too; what else is said under it is of somebody who missed a rotation. */
    private boolean isUnderKeyFor(Payload.Type type, OuterFrame frame) {
        GroupEpochId groupEpoch = frame.groupEpoch();
        return keys.accepts(groupEpoch)
                || (type == Payload.Type.HELLO && keys.entry().id().equals(groupEpoch));
    }

    private Hello.Seal sealOf(OuterFrame frame) {
        return keys.entry().id().equals(frame.groupEpoch()) ? Hello.Seal.ENTRY : Hello.Seal.GROUP;
    }

    private GateOutcome otherGroup(Arrival arrival) {
        return otherGroupReports.take(arrival.nowMillis())
                ? new GateOutcome.OtherGroup(new NeighbourMessage.OtherGroupHeard(arrival.node(), arrival.source()))
                : rejected(OTHER_GROUP_EPOCH);
    }

    /** Whoever has only the entry key cannot use up what members with a newer one need to be introduced by. */
    private TokenBucket budgetFor(OuterFrame frame) {
        return switch (sealOf(frame)) {
            case ENTRY -> entryBudget;
            case GROUP -> helloBudget;
        };
    }

    int knownSenders() {
        return known.size();
    }

    int sources() {
        return sources.size() + helloSources.size();
    }

    /** A datagram on its way through the gate. */
    private record Arrival(OuterFrame frame, InetAddress source, long nowMillis, Instant wallTime) {
        NodeId node() {
            return frame.sender();
        }
    }

    // ---- a sender whose boot key is known ------------------------------------------------

    private GateOutcome fromKnown(Arrival arrival, Payload.Type type, KnownSender sender) {
        Checked<SignedMessage> opened = cipher.open(arrival.frame());
        if (opened instanceof Checked.Rejected<SignedMessage> rejection) {
            return rejected(counterOf(rejection.reason()));
        }
        if (sender.isRepeated(arrival.frame().sequence())) {
            return rejected(REPEATED);
        }
        if (!sources.take(arrival.source(), arrival.node(), arrival.nowMillis())) {
            return rejected(SOURCE_TOO_FAST);
        }
        if (!verifyBudget.take(arrival.nowMillis())) {
            return rejected(VERIFY_BUDGET_SPENT);
        }
        SignedMessage signed = ((Checked.Accepted<SignedMessage>) opened).value();
        Checked<byte[]> verified = BootVerifier.verify(signed, sender.key());
        if (verified instanceof Checked.Rejected<byte[]> rejection) {
            return rejected(counterOf(rejection.reason()));
        }
        sender.heard(arrival.frame().sequence());
        PayloadDecoding decoding = PayloadCodec.decode(type, ((Checked.Accepted<byte[]>) verified).value());
        if (!(decoding instanceof PayloadDecoding.Decoded decoded)) {
            return rejected(MALFORMED_PAYLOAD);
        }
        Payload payload = decoded.payload();
        if (contradicts(payload, arrival.frame())) {
            return rejected(CONTRADICTS_SENDER);
        }
        if (payload instanceof Hello hello && !sender.hasDelegation(hello.delegation())) {
            Optional<DatagramCounter> fault = renew(arrival, sender, hello);
            if (fault.isPresent()) {
                return rejected(fault.get());
            }
        }
        return accepted(arrival, sender, payload);
    }

    /** A boot key outlives its delegation, which is replaced at half its life. */
    private Optional<DatagramCounter> renew(Arrival arrival, KnownSender sender, Hello hello) {
        if (!budgetFor(arrival.frame()).take(arrival.nowMillis())) {
            return Optional.of(HELLO_TOO_FAST);
        }
        Introducing introducing = introduce(arrival, hello);
        if (introducing.fault().isEmpty()) {
            sender.renew(hello.delegation(), validUntilMillis(arrival, introducing));
        }
        return introducing.fault();
    }

    // ---- a sender whose boot key is not known, or no longer good -------------------------

    private GateOutcome fromUnknown(Arrival arrival, Optional<KnownSender> sender) {
        OuterFrame frame = arrival.frame();
        if (sender.isPresent()
                && frame.bootEpoch() == sender.get().bootEpoch()
                && !sender.get().isOf(frame)) {
            return rejected(SECOND_BOOT_KEY);
        }
        Checked<SignedMessage> opened = cipher.open(frame);
        if (opened instanceof Checked.Rejected<SignedMessage> rejection) {
            return rejected(counterOf(rejection.reason()));
        }
        if (sender.isPresent() && sender.get().isOf(frame) && sender.get().isRepeated(frame.sequence())) {
            return rejected(REPEATED);
        }
        if (!helloSources.take(arrival.source(), arrival.node(), arrival.nowMillis())
                || !budgetFor(frame).take(arrival.nowMillis())) {
            return rejected(HELLO_TOO_FAST);
        }
        return introduced(arrival, ((Checked.Accepted<SignedMessage>) opened).value());
    }

    private GateOutcome introduced(Arrival arrival, SignedMessage signed) {
        PayloadDecoding decoding = PayloadCodec.decode(Payload.Type.HELLO, BootVerifier.unverifiedPayload(signed));
        if (!(decoding instanceof PayloadDecoding.Decoded decoded)) {
            return rejected(MALFORMED_PAYLOAD);
        }
        Hello hello = (Hello) decoded.payload();
        if (contradicts(hello, arrival.frame())) {
            return rejected(CONTRADICTS_SENDER);
        }
        Introducing introducing = introduce(arrival, hello);
        if (introducing.fault().isPresent()) {
            return rejected(introducing.fault().get());
        }
        Introduction introduction = introducing.introduction().orElseThrow();
        BootPublicKey key = introduction.delegation().key();
        if (BootVerifier.verify(signed, key) instanceof Checked.Rejected<byte[]> rejection) {
            return rejected(counterOf(rejection.reason()));
        }
        if (!known.containsKey(arrival.node()) && !makeRoom(arrival.nowMillis())) {
            return rejected(TABLE_FULL);
        }
        KnownSender sender = new KnownSender(
                introduction,
                hello.delegation(),
                validUntilMillis(arrival, introducing),
                arrival.frame().sequence());
        known.put(arrival.node(), sender);
        return accepted(arrival, sender, hello);
    }

    private GateOutcome fromStranger(Arrival arrival, DatagramCounter reason) {
        boolean worthAsking = strangerChecks.take(arrival.nowMillis())
                && cipher.open(arrival.frame()) instanceof Checked.Accepted<SignedMessage>
                && strangerReports.take(arrival.nowMillis());
        return worthAsking
                ? new GateOutcome.Strange(new NeighbourMessage.StrangerHeard(arrival.source()))
                : rejected(reason);
    }

    private boolean makeRoom(long nowMillis) {
        if (known.size() >= maxSenders) {
            known.values().removeIf(sender -> sender.isExpired(nowMillis));
        }
        return known.size() < maxSenders;
    }

    // ---- certificates --------------------------------------------------------------------

    /** What came of a certificate and a delegation: exactly one of the two is there. */
    private record Introducing(Optional<Introduction> introduction, Optional<DatagramCounter> fault) {
        static Introducing failed(DatagramCounter fault) {
            return new Introducing(Optional.empty(), Optional.of(fault));
        }
    }

    private Introducing introduce(Arrival arrival, Hello hello) {
        Checked<Introduction> checked =
                Introduction.check(trust, hello.certificateDer(), hello.delegation(), arrival.wallTime());
        if (checked instanceof Checked.Rejected<Introduction> rejection) {
            return Introducing.failed(
                    rejection.reason() == SealRejection.CERTIFICATE_UNTRUSTED ? BAD_CERTIFICATE : BAD_DELEGATION);
        }
        Introduction introduction = ((Checked.Accepted<Introduction>) checked).value();
        Delegation delegation = introduction.delegation();
        OuterFrame frame = arrival.frame();
        if (!delegation.node().equals(frame.sender())
                || delegation.bootEpoch() != frame.bootEpoch()
                || delegation.key().id() != frame.bootKeyId()) {
            return Introducing.failed(CONTRADICTS_SENDER);
        }
        Instant wallTime = arrival.wallTime();
        boolean isCurrent = !wallTime.plus(ProtocolLimits.CLOCK_SKEW).isBefore(delegation.issuedAt())
                && !wallTime.minus(ProtocolLimits.CLOCK_SKEW).isAfter(delegation.notAfter());
        return isCurrent
                ? new Introducing(Optional.of(introduction), Optional.empty())
                : Introducing.failed(DELEGATION_EXPIRED);
    }

    /**
     * From here on by the clock that only goes forward: wall clocks jump, and a jump must not make strangers of
     * neighbours.
     */
    private static long validUntilMillis(Arrival arrival, Introducing introducing) {
        Instant notAfter = introducing.introduction().orElseThrow().delegation().notAfter();
        Duration left = Duration.between(arrival.wallTime(), notAfter.plus(ProtocolLimits.CLOCK_SKEW));
        return arrival.nowMillis() + left.toMillis();
    }

    private static boolean contradicts(Payload payload, OuterFrame frame) {
        return !payload.node().equals(frame.sender()) || payload.bootEpoch() != frame.bootEpoch();
    }

    // ---- outcomes ------------------------------------------------------------------------

    private GateOutcome accepted(Arrival arrival, KnownSender known, Payload payload) {
        NeighbourMessage.Sender sender = new NeighbourMessage.Sender(
                arrival.node(), known.name(), known.bootEpoch(), arrival.frame().sequence(), arrival.source());
        return switch (payload.type()) {
            case HELLO ->
                new GateOutcome.Accepted(
                        new NeighbourMessage.HelloHeard(sender, (Hello) payload, sealOf(arrival.frame())),
                        ACCEPTED_HELLO);
            case ANNOUNCE ->
                new GateOutcome.Accepted(
                        new NeighbourMessage.AnnounceHeard(sender, (Announce) payload), ACCEPTED_ANNOUNCE);
            case LEAVE ->
                new GateOutcome.Accepted(new NeighbourMessage.LeaveHeard(sender, (Leave) payload), ACCEPTED_LEAVE);
        };
    }

    private GateOutcome rejected(DatagramCounter reason) {
        GateOutcome outcome = rejections.get(reason);
        if (outcome == null) {
            throw new IllegalStateException("a reason without an outcome: " + reason);
        }
        return outcome;
    }

    private static DatagramCounter counterOf(SealRejection reason) {
        return switch (reason) {
            case TOO_SHORT -> TOO_SHORT;
            case TOO_LONG -> TOO_LONG;
            case MALFORMED, OTHER_MESSAGE, UNKNOWN_HEADER, ALGORITHM_REFUSED, WRONG_FORM -> NOT_A_FRAME;
            case UNKNOWN_GROUP_EPOCH -> OTHER_GROUP_EPOCH;
            case BAD_SEAL -> BAD_SEAL;
            case INNER_MALFORMED, OTHER_BOOT_KEY, BAD_SIGNATURE -> BAD_SIGNATURE;
            case DELEGATION_MALFORMED, DELEGATION_OF_OTHER_RACK, DELEGATION_OF_OTHER_NODE, DELEGATION_TOO_LONG ->
                BAD_DELEGATION;
            case CERTIFICATE_UNTRUSTED -> BAD_CERTIFICATE;
        };
    }
}
