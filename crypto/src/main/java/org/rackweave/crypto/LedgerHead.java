package org.rackweave.crypto;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.rackweave.crypto.cbor.CborFault;
import org.rackweave.crypto.cbor.CborReader;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * A node's word on how far its audit trail went: a COSE_Sign1 with ES256 by its P-256 key. Who knows a head finds every later
 * change of a row before it, and that rows are missing up to it.
 *
 * <pre>
 * external_aad = "rackweave/1 ledger head"
 * payload = {
 *   1 : node id           bytes .size 16
 *   2 : number            unsigned, the last row's
 *   3 : hash              bytes .size 32, the last row's
 *   4 : signed at         unsigned, milliseconds since 1970
 *   5 : anchor's number   unsigned, 0 when no row was removed yet
 *   6 : anchor's hash     bytes .size 32, of the last row that was removed
 *   7 : anchor's time     unsigned, milliseconds since 1970
 *   8 : anchor's count    unsigned, how many rows were removed at that time
 * }
 * </pre>
 *
 * @param node whose ledger it is
 * @param number of the last row, from 1
 * @param hash of the last row, 64 lower-case hexadecimal digits
 * @param atEpochMillis when it was signed, by the node's wall clock, advisory
 * @param anchor where the trail begins
 */
public record LedgerHead(NodeId node, long number, String hash, long atEpochMillis, Anchor anchor) {
    private static final byte[] LABEL = "rackweave/1 ledger head".getBytes(StandardCharsets.US_ASCII);
    private static final int FIELDS = 8;
    private static final int HASH_BYTES = 32;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    public LedgerHead {
        Objects.requireNonNull(node);
        Objects.requireNonNull(anchor);
        if (number < 1 || atEpochMillis < 0) {
            throw new IllegalArgumentException("a head has a row and a time: " + number + ", " + atEpochMillis);
        }
        requireHash(hash);
    }

    /**
     * Where a trail begins: the last row that was removed from it.
     *
     * @param number of that row; 0 when none was removed
     * @param hash of that row, which the hash of the next one covers; 64 lower-case hexadecimal digits
     * @param atEpochMillis when it was removed, by the node's wall clock, advisory
     * @param count how many rows were removed at that time
     */
    public record Anchor(long number, String hash, long atEpochMillis, long count) {
        public Anchor {
            if (number < 0 || atEpochMillis < 0 || count < 0 || count > number) {
                throw new IllegalArgumentException(
                        "an anchor's numbers are not negative, and it removes no more rows than there were");
            }
            requireHash(hash);
        }
    }

    private static void requireHash(String hash) {
        if (!HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("a hash is 64 lower-case hexadecimal digits");
        }
    }

    /** Signs it with the key of the node that it names. */
    public byte[] sign(Identity identity, SecureRandom random) {
        return CoseSign1.sign(identity.privateKey(), LABEL, payload(), random);
    }

    /** What these bytes claim; empty when they are no signed head. Believe it only after {@link #isSigned}. */
    public static Optional<LedgerHead> claimed(byte[] bytes) {
        return CoseSign1.parse(bytes)
                .fold(
                        message -> message.isInOwnForm() ? decode(message.unverifiedPayload()) : Optional.empty(),
                        no -> Optional.empty());
    }

    /** Whether {@code key} signed these bytes, and is the key of the node that they name. */
    public static boolean isSigned(byte[] bytes, PublicKey key) {
        return claimed(bytes).filter(head -> head.node().equals(NodeId.of(key))).isPresent()
                && CoseSign1.parse(bytes).fold(message -> message.verify(key, LABEL), no -> false);
    }

    byte[] payload() {
        HexFormat hex = HexFormat.of();
        return new CborWriter()
                .map(FIELDS)
                .integer(1)
                .bytes(node.bytes())
                .integer(2)
                .integer(number)
                .integer(3)
                .bytes(hex.parseHex(hash))
                .integer(4)
                .integer(atEpochMillis)
                .integer(5)
                .integer(anchor.number())
                .integer(6)
                .bytes(hex.parseHex(anchor.hash()))
                .integer(7)
                .integer(anchor.atEpochMillis())
                .integer(8)
                .integer(anchor.count())
                .toBytes();
    }

    private static Optional<LedgerHead> decode(byte[] payload) {
        CborReader reader = new CborReader(payload, 0, payload.length);
        if (reader.map() != FIELDS) {
            reader.reject(CborFault.MISSING_KEY);
        }
        byte[] node = bytes(reader, 1, NodeId.BYTES);
        long number = unsigned(reader, 2);
        byte[] hash = bytes(reader, 3, HASH_BYTES);
        long atEpochMillis = unsigned(reader, 4);
        long anchorNumber = unsigned(reader, 5);
        byte[] anchorHash = bytes(reader, 6, HASH_BYTES);
        long anchorMillis = unsigned(reader, 7);
        long count = unsigned(reader, 8);
        if (!reader.isCleanlyAtEnd() || number < 1 || count > anchorNumber) {
            return Optional.empty();
        }
        HexFormat hex = HexFormat.of();
        return Optional.of(new LedgerHead(
                NodeId.read(node, 0),
                number,
                hex.formatHex(hash),
                atEpochMillis,
                new Anchor(anchorNumber, hex.formatHex(anchorHash), anchorMillis, count)));
    }

    private static byte[] bytes(CborReader reader, int label, int size) {
        expect(reader, label);
        return reader.exactly(size);
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
