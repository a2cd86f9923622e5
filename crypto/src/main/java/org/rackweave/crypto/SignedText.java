package org.rackweave.crypto;

import static org.rackweave.crypto.IdentityException.Reason.MALFORMED;
import static org.rackweave.crypto.IdentityException.Reason.NOT_TRUSTED;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.rackweave.crypto.cbor.CborFault;
import org.rackweave.crypto.cbor.CborReader;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * A text that a person of this rack signed for one purpose, in a file that anybody may carry: one PEM block
 * {@code RACKWEAVE SIGNED TEXT} around
 *
 * <pre>
 * [ certificate : bytes, the signer's leaf in DER
 *   message     : bytes, COSE_Sign1 with ES256 by its key, external_aad "rackweave/1 signed text" ]
 * payload = {
 *   1 : rack id    bytes .size 16
 *   2 : purpose    text
 *   3 : signed at  unsigned, seconds since 1970
 *   4 : text       text
 * }
 * </pre>
 *
 * <p>The certificate is judged at the time of signing, which the signer claims: what was ordered stays ordered when the
 * certificate of whoever ordered it ends. What takes it back is a newer text.
 *
 * @param signer who signed it
 * @param signedAt when, by the signer's clock
 * @param text what was signed
 */
public record SignedText(Principal signer, Instant signedAt, String text) {
    /** Rules for some hundred nodes; a larger file is a mistake that must not fill a card's memory. */
    public static final int MAX_TEXT_BYTES = 64 * 1024;

    private static final byte[] AAD = "rackweave/1 signed text".getBytes(StandardCharsets.US_ASCII);
    private static final String PEM_LABEL = "RACKWEAVE SIGNED TEXT";
    private static final String SIGN_IT_ANEW = "take the file from whoever signed it, or have it signed anew";
    private static final int FIELDS = 4;
    private static final int MAX_PURPOSE_BYTES = 64;
    private static final int MAX_CERTIFICATE_BYTES = 1024;

    /** In base64, with the certificate and the signature. */
    private static final int MAX_FILE_BYTES = 2 * MAX_TEXT_BYTES;

    public SignedText {
        Objects.requireNonNull(signer);
        Objects.requireNonNull(signedAt);
        Objects.requireNonNull(text);
    }

    /** The file's content. */
    public static String sign(Identity signer, String purpose, String text, Instant now, SecureRandom random) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("a signed text has at most " + MAX_TEXT_BYTES + " bytes");
        }
        byte[] payload = new CborWriter()
                .map(FIELDS)
                .integer(1)
                .bytes(signer.trust().rackId().bytes())
                .integer(2)
                .text(purpose)
                .integer(3)
                .integer(now.getEpochSecond())
                .integer(4)
                .text(text)
                .toBytes();
        byte[] whole = new CborWriter()
                .array(2)
                .bytes(IdentityFiles.der(signer.certificateChain().get(0)))
                .bytes(CoseSign1.sign(signer.privateKey(), AAD, payload, random))
                .toBytes();
        return Pem.encode(PEM_LABEL, whole);
    }

    /**
     * Reads a file and believes it.
     *
     * @param role what the signer has to be
     * @throws IdentityException when it cannot be read, is damaged, is for another purpose or rack, or was signed by somebody
     *     else than a holder of that role
     */
    public static SignedText read(Path file, String purpose, Role role, RackTrust trust) throws IdentityException {
        byte[] pem;
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IdentityException(
                        MALFORMED, file, "has more than " + MAX_FILE_BYTES + " bytes", SIGN_IT_ANEW);
            }
            pem = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IdentityException(
                    IdentityException.Reason.INPUT_OUTPUT, file, "cannot be read (" + e + ")", "check the path", e);
        }
        return read(file, pem, purpose, role, trust);
    }

    static SignedText read(Path file, byte[] pem, String purpose, Role role, RackTrust trust) throws IdentityException {
        List<byte[]> blocks = Pem.decode(PEM_LABEL, pem).orElse(List.of());
        if (blocks.size() != 1) {
            throw new IdentityException(MALFORMED, file, "is not one signed text in PEM", SIGN_IT_ANEW);
        }
        CborReader reader = new CborReader(blocks.get(0), 0, blocks.get(0).length);
        reader.array(2);
        byte[] der = reader.bytes(MAX_CERTIFICATE_BYTES);
        byte[] message = reader.bytes(MAX_FILE_BYTES);
        if (!reader.isCleanlyAtEnd()) {
            throw new IdentityException(MALFORMED, file, "is damaged", SIGN_IT_ANEW);
        }
        X509Certificate leaf = CertificateProfile.parse(der)
                .orElseThrow(() -> new IdentityException(MALFORMED, file, "has a damaged certificate", SIGN_IT_ANEW));
        CoseSign1 signed = form(file, message);
        Payload payload = new Payload(signed.unverifiedPayload());
        if (!payload.isWellFormed) {
            throw changed(file);
        }
        // The root's word on the certificate comes before any arithmetic with the key in it.
        Verdict verdict = trust.verify(List.of(leaf), payload.signedAt);
        if (verdict instanceof Verdict.Untrusted untrusted) {
            throw new IdentityException(
                    NOT_TRUSTED,
                    file,
                    trust.rackId().equals(payload.rack) ? untrusted.reason().sentence() : "was signed for another rack",
                    SIGN_IT_ANEW);
        }
        if (!signed.verify(leaf.getPublicKey(), AAD)) {
            throw changed(file);
        }
        Principal signer = ((Verdict.Trusted) verdict).principal();
        requireMeant(file, payload, purpose, trust);
        if (signer.role() != role) {
            throw new IdentityException(
                    NOT_TRUSTED,
                    file,
                    "was signed by " + signer + ", and only an " + role.word() + " may sign it",
                    SIGN_IT_ANEW);
        }
        return new SignedText(signer, payload.signedAt, payload.text);
    }

    private static CoseSign1 form(Path file, byte[] bytes) throws IdentityException {
        Checked<CoseSign1> parsed = CoseSign1.parse(bytes);
        if (parsed instanceof Checked.Accepted<CoseSign1> accepted
                && accepted.value().isInOwnForm()
                && accepted.value().algorithm() == CoseAlgorithm.ES256) {
            return accepted.value();
        }
        throw changed(file);
    }

    private static void requireMeant(Path file, Payload payload, String purpose, RackTrust trust)
            throws IdentityException {
        if (!trust.rackId().equals(payload.rack)) {
            throw new IdentityException(NOT_TRUSTED, file, "was signed for another rack", SIGN_IT_ANEW);
        }
        if (!purpose.equals(payload.purpose)) {
            throw new IdentityException(
                    NOT_TRUSTED, file, "was signed as a " + payload.purpose + ", not as a " + purpose, SIGN_IT_ANEW);
        }
    }

    private static IdentityException changed(Path file) {
        return new IdentityException(
                NOT_TRUSTED, file, "was changed after it was signed: its signature does not hold", SIGN_IT_ANEW);
    }

    /** What was signed. */
    private static final class Payload {
        /** The end of the year 9999: beyond it times are nonsense, and Instant does not hold all that a long can say. */
        private static final long LAST_SECOND = 253_402_300_799L;

        private final RackId rack;
        private final String purpose;
        private final Instant signedAt;
        private final String text;
        private final boolean isWellFormed;

        Payload(byte[] bytes) {
            CborReader reader = new CborReader(bytes, 0, bytes.length);
            if (reader.map() != FIELDS) {
                reader.reject(CborFault.MISSING_KEY);
            }
            expect(reader, 1);
            byte[] rackBytes = reader.exactly(RackId.BYTES);
            expect(reader, 2);
            purpose = reader.text(MAX_PURPOSE_BYTES);
            expect(reader, 3);
            long seconds = reader.unsigned();
            expect(reader, 4);
            text = reader.text(MAX_TEXT_BYTES);
            isWellFormed = reader.isCleanlyAtEnd() && seconds >= 0 && seconds <= LAST_SECOND;
            rack = RackId.read(isWellFormed ? rackBytes : new byte[RackId.BYTES], 0);
            signedAt = isWellFormed ? Instant.ofEpochSecond(seconds) : Instant.EPOCH;
        }

        private static void expect(CborReader reader, int label) {
            if (reader.unsigned() != label) {
                reader.reject(CborFault.MISSING_KEY);
            }
        }
    }
}
