package org.rackweave.crypto;

import java.util.Optional;

/** The three COSE algorithms of Rackweave. Every other one is refused, by name where it has one. */
public enum CoseAlgorithm {
    /** ECDSA on P-256 with SHA-256: the hardware key's. */
    ES256(-7),
    /** Ed25519: the boot key's. */
    EDDSA(-8),
    /** ChaCha20-Poly1305: the group's seal. */
    CHACHA20_POLY1305(24);

    private final int identifier;

    CoseAlgorithm(int identifier) {
        this.identifier = identifier;
    }

    /** Its number in the COSE registry. */
    public int identifier() {
        return identifier;
    }

    static Optional<CoseAlgorithm> of(long identifier) {
        for (CoseAlgorithm algorithm : values()) {
            if (algorithm.identifier == identifier) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }

    /** The registry's name for an algorithm, used here or not. Constants only: a flood of odd numbers builds no text. */
    static String nameOf(long identifier) {
        if (identifier < Integer.MIN_VALUE || identifier > Integer.MAX_VALUE) {
            return "an unassigned algorithm";
        }
        return switch ((int) identifier) {
            case -39 -> "PS512";
            case -38 -> "PS384";
            case -37 -> "PS256";
            case -36 -> "ES512";
            case -35 -> "ES384";
            case -8 -> "EdDSA";
            case -7 -> "ES256";
            case -6 -> "direct";
            case 1 -> "A128GCM";
            case 2 -> "A192GCM";
            case 3 -> "A256GCM";
            case 4 -> "HMAC 256/64";
            case 5 -> "HMAC 256/256";
            case 6 -> "HMAC 384/384";
            case 7 -> "HMAC 512/512";
            case 10, 11, 12, 13, 30, 31, 32, 33 -> "AES-CCM";
            case 14, 15, 25, 26 -> "AES-MAC";
            case 24 -> "ChaCha20/Poly1305";
            default -> "an unassigned algorithm";
        };
    }
}
