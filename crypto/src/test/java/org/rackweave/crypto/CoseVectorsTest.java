package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The public vectors of the COSE working group, each with what it must come to here. */
class CoseVectorsTest {
    private static final String HOLDS = "holds";
    private static final String FAILS = "fails";

    /** The outcome of each file: it holds, its signature fails, or it is rejected with a reason and a name. */
    private static final Map<String, String> EXPECTED = new TreeMap<>();

    static {
        EXPECTED.put("eddsa-examples_eddsa-sig-01", HOLDS);
        EXPECTED.put("ecdsa-examples_ecdsa-sig-01", HOLDS);
        EXPECTED.put("sign1-tests_sign-pass-01", HOLDS);
        EXPECTED.put("sign1-tests_sign-pass-02", HOLDS);
        EXPECTED.put("sign1-tests_sign-pass-03", HOLDS);
        EXPECTED.put("chacha-poly-examples_chacha-poly-enc-01", HOLDS);
        EXPECTED.put("sign1-tests_sign-fail-01", "OTHER_MESSAGE not a COSE message");
        EXPECTED.put("sign1-tests_sign-fail-02", FAILS);
        EXPECTED.put("sign1-tests_sign-fail-03", "ALGORITHM_REFUSED an unassigned algorithm");
        EXPECTED.put("sign1-tests_sign-fail-04", "ALGORITHM_REFUSED an algorithm named by a text");
        EXPECTED.put("sign1-tests_sign-fail-06", FAILS);
        EXPECTED.put("sign1-tests_sign-fail-07", FAILS);
        EXPECTED.put("ecdsa-examples_ecdsa-sig-02", "ALGORITHM_REFUSED ES384");
        EXPECTED.put("ecdsa-examples_ecdsa-sig-03", "ALGORITHM_REFUSED ES512");
        EXPECTED.put("ecdsa-examples_ecdsa-sig-04", "ALGORITHM_REFUSED ES512");
        EXPECTED.put("chacha-poly-examples_chacha-poly-01", "OTHER_MESSAGE COSE_Encrypt");
        EXPECTED.put("encrypted-tests_aes-gcm-01", "ALGORITHM_REFUSED A128GCM");
        EXPECTED.put("encrypted-tests_enc-fail-01", "OTHER_MESSAGE not a COSE message");
        EXPECTED.put("encrypted-tests_enc-fail-02", "ALGORITHM_REFUSED A128GCM");
        EXPECTED.put("encrypted-tests_enc-fail-03", "ALGORITHM_REFUSED an unassigned algorithm");
        EXPECTED.put("encrypted-tests_enc-fail-04", "ALGORITHM_REFUSED an algorithm named by a text");
        EXPECTED.put("encrypted-tests_enc-fail-06", "ALGORITHM_REFUSED A128GCM");
        EXPECTED.put("encrypted-tests_enc-fail-07", "ALGORITHM_REFUSED A128GCM");
        EXPECTED.put("encrypted-tests_enc-pass-01", "ALGORITHM_REFUSED A128GCM");
        EXPECTED.put("encrypted-tests_enc-pass-02", "ALGORITHM_REFUSED A128GCM");
        EXPECTED.put("encrypted-tests_enc-pass-03", "ALGORITHM_REFUSED A128GCM");
        EXPECTED.put("mac0-tests_HMac-01", "OTHER_MESSAGE COSE_Mac0");
        EXPECTED.put("mac0-tests_mac-fail-01", "OTHER_MESSAGE not a COSE message");
        EXPECTED.put("mac0-tests_mac-fail-02", "OTHER_MESSAGE COSE_Mac0");
        EXPECTED.put("mac0-tests_mac-fail-03", "OTHER_MESSAGE COSE_Mac0");
        EXPECTED.put("mac0-tests_mac-fail-04", "OTHER_MESSAGE COSE_Mac0");
        EXPECTED.put("mac0-tests_mac-fail-06", "OTHER_MESSAGE COSE_Mac0");
        EXPECTED.put("mac0-tests_mac-fail-07", "OTHER_MESSAGE COSE_Mac0");
        EXPECTED.put("mac0-tests_mac-pass-01", "OTHER_MESSAGE COSE_Mac0");
        EXPECTED.put("mac0-tests_mac-pass-02", "OTHER_MESSAGE COSE_Mac0");
        EXPECTED.put("mac0-tests_mac-pass-03", "ALGORITHM_REFUSED HMAC 256/256");
        // Ed448 goes by the same number as Ed25519: what tells them apart is the key, and a key of 57 bytes is none
        // here.
        EXPECTED.put("eddsa-examples_eddsa-sig-02", FAILS);
    }

    @TestFactory
    Stream<DynamicTest> each_vector_comes_to_what_it_must() {
        return EXPECTED.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> assertThat(outcome(entry.getKey()))
                        .isEqualTo(entry.getValue())));
    }

    @Test
    void no_vector_is_left_out() throws IOException, URISyntaxException {
        Path directory =
                Path.of(CoseVectorsTest.class.getResource("/vectors/cose").toURI());
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".json"))
                            .map(name -> name.replace(".json", "")))
                    .containsExactlyInAnyOrderElementsOf(EXPECTED.keySet());
        }
    }

    private static String outcome(String name) throws IOException, GeneralSecurityException {
        String json = read(name);
        boolean encrypted = name.startsWith("encrypted") || name.startsWith("chacha");
        return encrypted ? decryption(json) : signature(json);
    }

    private static String signature(String json) throws GeneralSecurityException {
        Checked<CoseSign1> parsed = CoseSign1.parse(hex(json, "cbor"));
        if (parsed instanceof Checked.Rejected<CoseSign1> rejected) {
            return rejected.reason() + " " + rejected.detail();
        }
        CoseSign1 message = ((Checked.Accepted<CoseSign1>) parsed).value();
        byte[] external = field(json, "external").map(HexFormat.of()::parseHex).orElse(new byte[0]);
        boolean holds = message.algorithm() == CoseAlgorithm.ES256
                ? message.verify(p256(json), external)
                : BootPublicKey.fromBytes(hex(json, "x_hex"))
                        .filter(key -> message.verify(key, external))
                        .isPresent();
        return holds ? HOLDS : FAILS;
    }

    private static String decryption(String json) {
        Checked<CoseEncrypt0> parsed = CoseEncrypt0.parse(hex(json, "cbor"));
        if (parsed instanceof Checked.Rejected<CoseEncrypt0> rejected) {
            return rejected.reason() + " " + rejected.detail();
        }
        CoseEncrypt0 message = ((Checked.Accepted<CoseEncrypt0>) parsed).value();
        byte[] text = field(json, "plaintext").orElseThrow().getBytes(StandardCharsets.UTF_8);
        return message.open(hex(json, "CEK_hex"), new byte[0])
                .fold(opened -> Arrays.equals(opened, text) ? HOLDS : "other text", rejected -> FAILS);
    }

    private static PublicKey p256(String json) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        ECPoint point = new ECPoint(coordinate(json, "x"), coordinate(json, "y"));
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class)));
    }

    private static BigInteger coordinate(String json, String name) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(field(json, name).orElseThrow()));
    }

    private static byte[] hex(String json, String name) {
        return HexFormat.of().parseHex(field(json, name).orElseThrow());
    }

    private static Optional<String> field(String json, String name) {
        Matcher matcher =
                Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String read(String name) throws IOException {
        try (InputStream input = CoseVectorsTest.class.getResourceAsStream("/vectors/cose/" + name + ".json")) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
