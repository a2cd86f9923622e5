package org.rackweave.crypto;

import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** HKDF with SHA-256 (RFC 5869), in its two steps. Java 17 has none of its own. */
final class Hkdf {
    private Hkdf() {}

    /** The part that depends on secret and salt alone, to be computed once. */
    static byte[] extract(byte[] secret, byte[] salt) {
        return new HKDFBytesGenerator(new SHA256Digest()).extractPRK(salt, secret);
    }

    static byte[] expand(byte[] extracted, byte[] info, int lengthBytes) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(HKDFParameters.skipExtractParameters(extracted, info));
        byte[] output = new byte[lengthBytes];
        generator.generateBytes(output, 0, lengthBytes);
        return output;
    }
}
