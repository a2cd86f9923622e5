package org.rackweave.crypto;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.rackweave.crypto.cbor.CborFault;
import org.rackweave.crypto.cbor.CborReader;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * A node's word that one Ed25519 key signs its datagrams for one boot: a COSE_Sign1 with ES256 by its P-256 key.
 *
 * <pre>
 * external_aad = "rackweave/1 delegation"
 * payload = {
 *   1 : rack id     bytes .size 16
 *   2 : node id     bytes .size 16
 *   3 : boot epoch  unsigned, 32 bits
 *   4 : Ed25519 key bytes .size 32
 *   5 : issued at   unsigned, seconds since 1970
 *   6 : not after   unsigned, seconds since 1970, at most 24 hours later
 * }
 * </pre>
 *
 * <p>The two times are advisory: a card may have no clock when it starts. What ends a delegation for certain is a higher
 * boot epoch; {@link #isCurrent} is for receivers that know the time.
 *
 * @param rack the rack that it holds in
 * @param node whose word it is
 * @param bootEpoch which boot
 * @param key the key that signs
 * @param issuedAt when it was made, by the node's own clock
 * @param notAfter when it ends, by the node's own clock
 */
public record Delegation(
        RackId rack, NodeId node, long bootEpoch, BootPublicKey key, Instant issuedAt, Instant notAfter) {
    /** A boot key that was stolen is of use for this long. */
    public static final Duration MAX_LIFETIME = Duration.ofHours(24);

    private static final byte[] LABEL = "rackweave/1 delegation".getBytes(StandardCharsets.US_ASCII);
    private static final int FIELDS = 6;

    /** Refuses what a delegation never is; bytes from the network are judged before they come here. */
    public Delegation {
        BootKey.requireEpoch(bootEpoch);
        if (!isLifetime(issuedAt.getEpochSecond(), notAfter.getEpochSecond())) {
            throw new IllegalArgumentException(
                    "a delegation lasts at most 24 hours, not " + issuedAt + " to " + notAfter);
        }
    }

    /** Judges a delegation that came together with {@code leaf}, whose trust is judged elsewhere. */
    public static Checked<Delegation> verify(byte[] bytes, X509Certificate leaf, RackId rack) {
        return verify(bytes, leaf.getPublicKey(), rack);
    }

    /** Judges a delegation by {@code key}, the P-256 key of the node that made it. */
    public static Checked<Delegation> verify(byte[] bytes, PublicKey key, RackId rack) {
        Checked<CoseSign1> parsed = CoseSign1.parse(bytes);
        if (parsed instanceof Checked.Rejected<CoseSign1> rejected) {
            return rejected.ofOther();
        }
        CoseSign1 message = ((Checked.Accepted<CoseSign1>) parsed).value();
        if (!message.isInOwnForm() || message.algorithm() != CoseAlgorithm.ES256) {
            return Checked.rejected(SealRejection.WRONG_FORM);
        }
        return message.verify(key, LABEL)
                ? decode(message.unverifiedPayload(), NodeId.of(key), rack)
                : Checked.rejected(SealRejection.BAD_SIGNATURE);
    }

    /** Whether {@code now} lies within the advisory times. */
    public boolean isCurrent(Instant now) {
        return !now.isBefore(issuedAt) && !now.isAfter(notAfter);
    }

    byte[] sign(PrivateKey nodeKey, SecureRandom random) {
        return CoseSign1.sign(nodeKey, LABEL, payload(), random);
    }

    byte[] payload() {
        return new CborWriter()
                .map(FIELDS)
                .integer(1)
                .bytes(rack.bytes())
                .integer(2)
                .bytes(node.bytes())
                .integer(3)
                .integer(bootEpoch)
                .integer(4)
                .bytes(key.bytes())
                .integer(5)
                .integer(issuedAt.getEpochSecond())
                .integer(6)
                .integer(notAfter.getEpochSecond())
                .toBytes();
    }

    private static Checked<Delegation> decode(byte[] payload, NodeId signer, RackId rack) {
        Fields fields = new Fields(payload);
        if (!fields.areWellFormed()) {
            return Checked.rejected(SealRejection.DELEGATION_MALFORMED);
        }
        if (!rack.equals(RackId.read(fields.rack, 0))) {
            return Checked.rejected(SealRejection.DELEGATION_OF_OTHER_RACK);
        }
        if (!signer.equals(NodeId.read(fields.node, 0))) {
            return Checked.rejected(SealRejection.DELEGATION_OF_OTHER_NODE);
        }
        if (!isLifetime(fields.issuedAt, fields.notAfter)) {
            return Checked.rejected(SealRejection.DELEGATION_TOO_LONG);
        }
        Optional<BootPublicKey> key = BootPublicKey.fromBytes(fields.key);
        return key.isEmpty()
                ? Checked.rejected(SealRejection.DELEGATION_MALFORMED)
                : new Checked.Accepted<>(new Delegation(
                        rack,
                        signer,
                        fields.bootEpoch,
                        key.get(),
                        Instant.ofEpochSecond(fields.issuedAt),
                        Instant.ofEpochSecond(fields.notAfter)));
    }

    private static boolean isLifetime(long issuedAt, long notAfter) {
        return issuedAt >= 0
                && notAfter >= issuedAt
                && notAfter - issuedAt <= MAX_LIFETIME.toSeconds()
                && notAfter <= LAST_SECOND;
    }

    /** The end of the year 9999: beyond it times are nonsense, and Instant does not hold all that a long can say. */
    private static final long LAST_SECOND = 253_402_300_799L;

    /** The six fields as they stand in the payload. */
    private static final class Fields {
        private final CborReader reader;
        private final byte[] rack;
        private final byte[] node;
        private final long bootEpoch;
        private final byte[] key;
        private final long issuedAt;
        private final long notAfter;

        Fields(byte[] payload) {
            reader = new CborReader(payload, 0, payload.length);
            if (reader.map() != FIELDS) {
                reader.reject(CborFault.MISSING_KEY);
            }
            rack = bytes(1, RackId.BYTES);
            node = bytes(2, NodeId.BYTES);
            bootEpoch = unsigned(3);
            key = bytes(4, BootPublicKey.BYTES);
            issuedAt = unsigned(5);
            notAfter = unsigned(6);
        }

        boolean areWellFormed() {
            return reader.isCleanlyAtEnd() && bootEpoch <= BootKey.MAX_EPOCH;
        }

        private byte[] bytes(int label, int size) {
            expect(label);
            return reader.exactly(size);
        }

        private long unsigned(int label) {
            expect(label);
            return reader.unsigned();
        }

        private void expect(int label) {
            if (reader.unsigned() != label) {
                reader.reject(CborFault.MISSING_KEY);
            }
        }
    }
}
