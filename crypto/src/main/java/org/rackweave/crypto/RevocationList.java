package org.rackweave.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.rackweave.crypto.cbor.CborFault;
import org.rackweave.crypto.cbor.CborReader;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * Who is no longer a member of a rack, whatever certificate they have: a COSE_Sign1 with ES256 by the rack's root. Anybody may
 * carry it; a list with a higher number takes the place of one with a lower.
 *
 * <pre>
 * external_aad = "rackweave/1 revocations"
 * payload = {
 *   1 : rack id    bytes .size 16
 *   2 : number     unsigned, from 1
 *   3 : issued at  unsigned, seconds since 1970, advisory
 *   4 : members    array of bytes .size 16, ascending, each once; 0 to 200
 * }
 * </pre>
 *
 * <p>A member is named by the hash of its key, so that a new certificate for the same key is revoked too. A member whose last
 * certificate has ended may be left out of later lists.
 *
 * @param rack for which it holds
 * @param number that grows with each list of a rack
 * @param issuedAt by the authority's clock
 * @param members who are revoked
 */
public record RevocationList(RackId rack, long number, Instant issuedAt, SortedSet<NodeId> members) {
    /** The file that carries it, in an authority's, an identity's or a state directory: one PEM block. */
    public static final String FILE = "revocations.pem";

    /** Certificates end after a year: more than these in a year are a new rack. The list fits one order of 4 KiB. */
    public static final int MAX_MEMBERS = 200;

    /** The largest that there can be, with what surrounds it. */
    public static final int MAX_BYTES = 3_800;

    private static final String PEM_LABEL = "RACKWEAVE REVOCATIONS";
    private static final byte[] LABEL = "rackweave/1 revocations".getBytes(StandardCharsets.US_ASCII);
    private static final int FIELDS = 4;
    /** The end of the year 9999: Instant does not hold all that a long can say. */
    private static final long LAST_SECOND = 253_402_300_799L;

    public RevocationList {
        Objects.requireNonNull(rack);
        Objects.requireNonNull(issuedAt);
        members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
        if (number < 1 || members.size() > MAX_MEMBERS) {
            throw new IllegalArgumentException(
                    "a list of revocations counts from 1 and has at most " + MAX_MEMBERS + " members");
        }
    }

    byte[] sign(PrivateKey rootKey, SecureRandom random) {
        CborWriter out = new CborWriter()
                .map(FIELDS)
                .integer(1)
                .bytes(rack.bytes())
                .integer(2)
                .integer(number)
                .integer(3)
                .integer(issuedAt.getEpochSecond())
                .integer(4)
                .array(members.size());
        members.forEach(member -> out.bytes(member.bytes()));
        return CoseSign1.sign(rootKey, LABEL, out.toBytes(), random);
    }

    /** The list in these bytes, if a root that {@code trust} holds signed it for its rack; empty for anything else. */
    public static Optional<RevocationList> read(byte[] bytes, RackTrust trust) {
        if (bytes.length > MAX_BYTES) {
            return Optional.empty();
        }
        Optional<byte[]> payload = CoseSign1.parse(bytes)
                .fold(
                        message -> message.isInOwnForm() && isSigned(message, trust)
                                ? Optional.of(message.unverifiedPayload())
                                : Optional.empty(),
                        no -> Optional.empty());
        return payload.flatMap(RevocationList::decode)
                .filter(list -> list.rack().equals(trust.rackId()));
    }

    private static boolean isSigned(CoseSign1 message, RackTrust trust) {
        return trust.roots().stream().anyMatch(root -> message.verify(root.getPublicKey(), LABEL));
    }

    /** The first eight bytes of the SHA-256 of a list as it was signed, by which two lists are told apart. */
    public static long hash(byte[] signed) {
        return ByteBuffer.wrap(KeyHash.sha256(signed)).getLong();
    }

    /**
     * What a file holds, as it was signed; nothing of it is believed yet.
     *
     * @return empty when there is no such file
     * @throws IdentityException when it cannot be read, or is no such file
     */
    public static Optional<byte[]> load(Path file) throws IdentityException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<byte[]> blocks =
                Pem.decode(PEM_LABEL, SecretDirectory.readBounded(file)).orElse(List.of());
        if (blocks.size() != 1) {
            throw notSigned(file);
        }
        return Optional.of(blocks.get(0));
    }

    /** Puts a signed list into a file, and returns when it is on the disk. */
    public static void store(Path file, byte[] signed) throws IOException {
        SecretDirectory.replace(file, pem(signed).getBytes(StandardCharsets.US_ASCII));
    }

    private static String pem(byte[] signed) {
        return Pem.encode(PEM_LABEL, signed);
    }

    static SecretDirectory.NewFile file(byte[] signed) {
        return new SecretDirectory.NewFile(FILE, SecretDirectory.Secrecy.PUBLIC, pem(signed));
    }

    /**
     * The newest list of a rack in these files, as it was signed; empty where there is none.
     *
     * @throws IdentityException when one of them is no list of this rack
     */
    public static Optional<byte[]> newest(List<Path> files, RackTrust trust) throws IdentityException {
        Optional<byte[]> newest = Optional.empty();
        long number = 0;
        for (Path file : files) {
            Optional<byte[]> signed = load(file);
            Optional<RevocationList> list = signed.flatMap(bytes -> read(bytes, trust));
            if (signed.isPresent() && list.isEmpty()) {
                throw notSigned(file);
            }
            if (list.isPresent() && list.get().number() > number) {
                number = list.get().number();
                newest = signed;
            }
        }
        return newest;
    }

    /** The list in a file of this rack. */
    static Optional<RevocationList> load(Path file, RackTrust trust) throws IdentityException {
        return newest(List.of(file), trust).flatMap(signed -> read(signed, trust));
    }

    private static IdentityException notSigned(Path file) {
        return new IdentityException(
                IdentityException.Reason.NOT_TRUSTED,
                file,
                "is not a list of revocations that this rack's authority signed",
                "put the authority's newest in its place ('rackweave ca revoke' writes it)");
    }

    private static Optional<RevocationList> decode(byte[] payload) {
        CborReader reader = new CborReader(payload, 0, payload.length);
        if (reader.map() != FIELDS) {
            reader.reject(CborFault.MISSING_KEY);
        }
        expect(reader, 1);
        byte[] rack = reader.exactly(RackId.BYTES);
        expect(reader, 2);
        long number = reader.unsigned();
        expect(reader, 3);
        long seconds = reader.unsigned();
        expect(reader, 4);
        int count = reader.array();
        TreeSet<NodeId> members = new TreeSet<>();
        boolean isAscending = true;
        for (int i = 0; i < count && i <= MAX_MEMBERS && isAscending; i++) {
            byte[] member = reader.exactly(NodeId.BYTES);
            NodeId id = NodeId.read(member.length == NodeId.BYTES ? member : new byte[NodeId.BYTES], 0);
            isAscending = members.isEmpty() || members.last().compareTo(id) < 0;
            members.add(id);
        }
        if (!reader.isCleanlyAtEnd()
                || !isAscending
                || count > MAX_MEMBERS
                || number < 1
                || seconds < 0
                || seconds > LAST_SECOND) {
            return Optional.empty();
        }
        return Optional.of(new RevocationList(RackId.read(rack, 0), number, Instant.ofEpochSecond(seconds), members));
    }

    private static void expect(CborReader reader, int label) {
        if (reader.unsigned() != label) {
            reader.reject(CborFault.MISSING_KEY);
        }
    }
}
