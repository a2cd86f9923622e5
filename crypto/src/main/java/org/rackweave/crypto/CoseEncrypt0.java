package org.rackweave.crypto;

import org.bouncycastle.crypto.params.KeyParameter;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * COSE_Encrypt0 (RFC 9052, section 5.2) with ChaCha20-Poly1305, and nothing else.
 *
 * <pre>
 * 16([ protected : bstr, unprotected : map, ciphertext : bstr ])
 * authenticated bytes: [ "Encrypt0", protected, external_aad ]
 * </pre>
 */
public final class CoseEncrypt0 {
    private static final byte[] STRUCTURE =
            new CborWriter().array(3).text("Encrypt0").toBytes();

    private final CoseFrame frame;

    private CoseEncrypt0(CoseFrame frame) {
        this.frame = frame;
    }

    /** Reads a message that fills {@code bytes}; believes nothing of it yet. */
    public static Checked<CoseEncrypt0> parse(byte[] bytes) {
        return parse(bytes, 0, bytes.length);
    }

    static Checked<CoseEncrypt0> parse(byte[] bytes, int offset, int length) {
        Checked<CoseFrame> parsed = CoseFrame.parse(CoseFrame.Kind.ENCRYPT0, bytes, offset, length);
        if (parsed instanceof Checked.Rejected<CoseFrame> rejected) {
            return rejected.ofOther();
        }
        CoseFrame frame = ((Checked.Accepted<CoseFrame>) parsed).value();
        return frame.headers.isAlgorithm(CoseAlgorithm.CHACHA20_POLY1305)
                ? new Checked.Accepted<>(new CoseEncrypt0(frame))
                : frame.algorithmRefused();
    }

    /** Decrypts with the IV that the message itself carries in full. */
    public Checked<byte[]> open(byte[] key, byte[] externalAad) {
        CoseHeaders.Slice iv = frame.headers.iv;
        if (iv.length != ChaChaPoly.NONCE_BYTES || key.length != ChaChaPoly.KEY_BYTES) {
            return Checked.rejected(SealRejection.WRONG_FORM);
        }
        return open(new ChaChaPoly(), new KeyParameter(key), frame.copy(iv), externalAad);
    }

    Checked<byte[]> open(ChaChaPoly cipher, KeyParameter key, byte[] nonce, byte[] externalAad) {
        cipher.start(key, nonce);
        associate(cipher, frame.source, frame.protectedOffset, frame.protectedLength, externalAad);
        return cipher.opens(frame.source, frame.contentOffset, frame.contentLength)
                ? new Checked.Accepted<>(cipher.decrypt(frame.source, frame.contentOffset, frame.contentLength))
                : Checked.rejected(SealRejection.BAD_SEAL);
    }

    CoseFrame frame() {
        return frame;
    }

    static byte[] seal(
            ChaChaPoly cipher,
            KeyParameter key,
            byte[] nonce,
            byte[] protectedHeader,
            byte[] externalAad,
            byte[] text) {
        cipher.start(key, nonce);
        associate(cipher, protectedHeader, 0, protectedHeader.length, externalAad);
        return new CborWriter()
                .tag(CoseFrame.Kind.ENCRYPT0.tag())
                .array(CoseFrame.Kind.ENCRYPT0.elements())
                .bytes(protectedHeader)
                .map(0)
                .bytes(cipher.seal(text))
                .toBytes();
    }

    /** Feeds the Enc_structure from where its parts are: a flood of forgeries must not cost a copy of each header. */
    private static void associate(
            ChaChaPoly cipher, byte[] headerSource, int headerOffset, int headerLength, byte[] externalAad) {
        cipher.associate(STRUCTURE, 0, STRUCTURE.length);
        associateLength(cipher, headerLength);
        cipher.associate(headerSource, headerOffset, headerLength);
        associateLength(cipher, externalAad.length);
        cipher.associate(externalAad, 0, externalAad.length);
    }

    private static void associateLength(ChaChaPoly cipher, int length) {
        byte[] head = CborWriter.bytesHead(length);
        cipher.associate(head, 0, head.length);
    }
}
