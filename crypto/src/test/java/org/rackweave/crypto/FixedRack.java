package org.rackweave.crypto;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * A rack whose keys are written here, so that golden bytes mean the same for ever. The P-256 key is the one of RFC 6979,
 * appendix A.2.5; the Ed25519 key the first of RFC 8032, section 7.1.
 */
final class FixedRack {
    static final RackId RACK = RackId.parse("00112233445566778899aabbccddeeff");
    static final PrivateKey NODE_KEY;
    static final PublicKey NODE_PUBLIC_KEY;
    static final String GROUP_KEY_HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    static final GroupKey GROUP_KEY = GroupKey.of(7, HexFormat.of().parseHex(GROUP_KEY_HEX));
    static final Ed25519PrivateKeyParameters BOOT_KEY = new Ed25519PrivateKeyParameters(
            HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
    static final byte[] PAYLOAD = "lend me 2 GiB".getBytes(StandardCharsets.US_ASCII);

    static {
        try {
            AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
            named.init(new ECGenParameterSpec("secp256r1"));
            ECParameterSpec curve = named.getParameterSpec(ECParameterSpec.class);
            KeyFactory factory = KeyFactory.getInstance("EC");
            NODE_KEY = factory.generatePrivate(new ECPrivateKeySpec(
                    number("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"), curve));
            NODE_PUBLIC_KEY = factory.generatePublic(new ECPublicKeySpec(
                    new ECPoint(
                            number("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"),
                            number("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")),
                    curve));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private FixedRack() {}

    static Delegation delegation() {
        return new Delegation(
                RACK,
                NodeId.of(NODE_PUBLIC_KEY),
                3,
                new BootPublicKey(BOOT_KEY.generatePublicKey()),
                Instant.parse("2026-11-01T00:00:00Z"),
                Instant.parse("2026-11-02T00:00:00Z"));
    }

    static BootKey bootKey() {
        Delegation delegation = delegation();
        return new BootKey(BOOT_KEY, delegation, delegation.sign(NODE_KEY, new SecureRandom()), new AtomicLong(-1));
    }

    private static BigInteger number(String hex) {
        return new BigInteger(hex, 16);
    }
}
