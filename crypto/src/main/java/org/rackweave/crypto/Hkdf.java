package org.rackweave.crypto;

import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** HKDF with SHA-256 (RFC 5869). Java 17 has none of its own. */
final class Hkdf {
    private Hkdf() {}

    static byte[] derive(byte[] secret, byte[] salt, byte[] info, int lengthBytes) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(new HKDFParameters(secret, salt, info));
        byte[] output = new byte[lengthBytes];
        generator.generateBytes(output, 0, lengthBytes);
        return output;
    }
}
