package org.rackweave.crypto;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.cbor.CborFault;
import org.rackweave.crypto.cbor.CborReader;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * An owner's word on what it did to a slice after its last holder: a COSE_Sign1 with ES256 by the owner's P-256 key. The key is in it,
 * and the owner's id is the hash of that key: whoever has the bytes and knows the id needs nothing else to check them.
 *
 * <pre>
 * external_aad = "rackweave/1 wipe"
 * payload = {
 *   1 : node id          bytes .size 16
 *   2 : key              bytes, at most 128: SubjectPublicKeyInfo in DER, whose hash the node id is
 *   3 : slice key        text, at most 64 characters
 *   4 : epoch            unsigned, of whoever held it last
 *   5 : by               text, at most 32 characters: who wiped
 *   6 : method           text, at most 64 characters
 *   7 : wiped bytes      unsigned
 *   8 : verified bytes   unsigned
 *   9 : duration         unsigned, milliseconds
 *  10 : wiped at         unsigned, milliseconds since 1970
 *  11 : lock state       text, at most 96 characters, empty when the device does not tell
 *  12 : firmware         text, at most 96 characters, empty when the device does not tell
 * }
 * </pre>
 *
 * @param node the owner
 * @param sliceKey what was wiped, by its owner's name for it
 * @param epoch of the loan whose leavings were wiped; 0 before the first one
 * @param by who wiped: the device, the command that released it, a wash host, nobody
 * @param method how
 * @param wipedBytes how far
 * @param verifiedBytes how much of it was read back and seen to be zero
 * @param durationMillis how long both took
 * @param atEpochMillis when it was done, by the owner's wall clock, advisory
 * @param lockState what the device said of its locks after the wipe; empty when it does not tell
 * @param firmware what the device said that it runs after the wipe; empty when it does not tell
 */
public record WipeStatement(
        NodeId node,
        String sliceKey,
        long epoch,
        String by,
        String method,
        long wipedBytes,
        long verifiedBytes,
        long durationMillis,
        long atEpochMillis,
        String lockState,
        String firmware) {
    public static final int MAX_SLICE_KEY_CHARS = 64;
    public static final int MAX_BY_CHARS = 32;
    public static final int MAX_METHOD_CHARS = 64;
    public static final int MAX_TOLD_CHARS = 96;

    /** The longest form of one, in bytes: the texts with three bytes a character, all numbers with nine. */
    public static final int MAX_SIGNED_BYTES = 1536;

    private static final byte[] LABEL = "rackweave/1 wipe".getBytes(StandardCharsets.US_ASCII);
    private static final int FIELDS = 12;
    private static final int MAX_KEY_BYTES = 128;
    private static final int MAX_BYTES_PER_CHAR = 3;

    public WipeStatement {
        Objects.requireNonNull(node);
        if (epoch < 0 || wipedBytes < 0 || verifiedBytes < 0 || durationMillis < 0 || atEpochMillis < 0) {
            throw new IllegalArgumentException("no number of a wipe is negative");
        }
        requireText("slice key", sliceKey, 1, MAX_SLICE_KEY_CHARS);
        requireText("who wiped", by, 1, MAX_BY_CHARS);
        requireText("method", method, 1, MAX_METHOD_CHARS);
        requireText("lock state", lockState, 0, MAX_TOLD_CHARS);
        requireText("firmware", firmware, 0, MAX_TOLD_CHARS);
    }

    private static void requireText(String what, String text, int minChars, int maxChars) {
        if (text.length() < minChars || text.length() > maxChars) {
            throw new IllegalArgumentException(
                    "the " + what + " of a wipe has " + minChars + " to " + maxChars + " characters");
        }
    }

    /** Signs it with the key of the node that it names. */
    public byte[] sign(Identity identity, SecureRandom random) {
        return sign(identity.privateKey(), identity.certificateChain().get(0).getPublicKey(), random);
    }

    byte[] sign(PrivateKey key, PublicKey publicKey, SecureRandom random) {
        if (!node.equals(NodeId.of(publicKey))) {
            throw new IllegalArgumentException("a wipe is signed by its owner, and this is not the key of " + node);
        }
        return CoseSign1.sign(key, LABEL, payload(publicKey.getEncoded()), random);
    }

    /** What these bytes say, when the node that they name signed them; empty for any other bytes. */
    public static Optional<WipeStatement> opened(byte[] bytes) {
        return CoseSign1.parse(bytes)
                .fold(
                        message -> message.isInOwnForm()
                                ? decode(message.unverifiedPayload())
                                        .filter(claim -> message.verify(claim.key(), LABEL))
                                        .map(Claim::statement)
                                : Optional.empty(),
                        no -> Optional.empty());
    }

    /** What is claimed, and the key that has to have signed it. */
    private record Claim(WipeStatement statement, PublicKey key) {}

    byte[] payload(byte[] key) {
        return new CborWriter()
                .map(FIELDS)
                .integer(1)
                .bytes(node.bytes())
                .integer(2)
                .bytes(key)
                .integer(3)
                .text(sliceKey)
                .integer(4)
                .unsigned(epoch)
                .integer(5)
                .text(by)
                .integer(6)
                .text(method)
                .integer(7)
                .unsigned(wipedBytes)
                .integer(8)
                .unsigned(verifiedBytes)
                .integer(9)
                .unsigned(durationMillis)
                .integer(10)
                .unsigned(atEpochMillis)
                .integer(11)
                .text(lockState)
                .integer(12)
                .text(firmware)
                .toBytes();
    }

    private static Optional<Claim> decode(byte[] payload) {
        CborReader reader = new CborReader(payload, 0, payload.length);
        if (reader.map() != FIELDS) {
            reader.reject(CborFault.MISSING_KEY);
        }
        expect(reader, 1);
        byte[] node = reader.exactly(NodeId.BYTES);
        expect(reader, 2);
        byte[] key = reader.bytes(MAX_KEY_BYTES);
        String sliceKey = text(reader, 3, MAX_SLICE_KEY_CHARS);
        long epoch = unsigned(reader, 4);
        String by = text(reader, 5, MAX_BY_CHARS);
        String method = text(reader, 6, MAX_METHOD_CHARS);
        long wipedBytes = unsigned(reader, 7);
        long verifiedBytes = unsigned(reader, 8);
        long durationMillis = unsigned(reader, 9);
        long atEpochMillis = unsigned(reader, 10);
        String lockState = text(reader, 11, MAX_TOLD_CHARS);
        String firmware = text(reader, 12, MAX_TOLD_CHARS);
        Optional<PublicKey> owner = P256.publicKey(key);
        boolean isNamed = reader.isCleanlyAtEnd() && !sliceKey.isEmpty() && !by.isEmpty() && !method.isEmpty();
        if (!isNamed || owner.isEmpty() || !NodeId.of(owner.get()).equals(NodeId.read(node, 0))) {
            return Optional.empty();
        }
        WipeStatement statement = new WipeStatement(
                NodeId.read(node, 0),
                sliceKey,
                epoch,
                by,
                method,
                wipedBytes,
                verifiedBytes,
                durationMillis,
                atEpochMillis,
                lockState,
                firmware);
        return Optional.of(new Claim(statement, owner.get()));
    }

    private static String text(CborReader reader, int label, int maxChars) {
        expect(reader, label);
        String text = reader.text(maxChars * MAX_BYTES_PER_CHAR);
        if (text.length() > maxChars) {
            reader.reject(CborFault.WRONG_LENGTH);
        }
        return text;
    }

    private static long unsigned(CborReader reader, int label) {
        expect(reader, label);
        return reader.unsigned();
    }

    private static void expect(CborReader reader, int label) {
        if (reader.unsigned() != label) {
            reader.reject(CborFault.MISSING_KEY);
        }
    }
}
