package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class P256Test {
    private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.US_ASCII);
    private final KeyPair pair = P256.generate(new SeededRandom(8));

    @Test
    void what_the_platform_signs_holds_in_either_form() throws Exception {
        for (int i = 0; i < 200; i++) {
            byte[] message = {(byte) i};
            Signature platform = Signature.getInstance("SHA256withECDSA");
            platform.initSign(pair.getPrivate());
            platform.update(message);

            assertThat(P256.verifyDer(pair.getPublic(), message, platform.sign()))
                    .isTrue();
            assertThat(P256.verify(
                            pair.getPublic(), message, P256.sign(pair.getPrivate(), message, new SeededRandom(i))))
                    .isTrue();
        }
    }

    @Test
    void what_is_signed_here_holds_on_the_platform() throws Exception {
        for (int i = 0; i < 200; i++) {
            byte[] message = {(byte) i};
            Signature platform = Signature.getInstance("SHA256withECDSAinP1363Format");
            platform.initVerify(pair.getPublic());
            platform.update(message);

            assertThat(platform.verify(P256.sign(pair.getPrivate(), message, new SeededRandom(i))))
                    .isTrue();
        }
    }

    @Test
    void a_key_that_does_not_show_itself_signs_through_its_provider() {
        byte[] signature = P256.sign(new TokenKey(pair.getPrivate()), MESSAGE, new SeededRandom(1));

        assertThat(P256.verify(pair.getPublic(), MESSAGE, signature)).isTrue();
    }

    /** Of no type that says which curve it is on. */
    private record TokenKey(PrivateKey inside) implements PrivateKey {
        @Override
        public String getAlgorithm() {
            return inside.getAlgorithm();
        }

        @Override
        public String getFormat() {
            return inside.getFormat();
        }

        @Override
        public byte[] getEncoded() {
            return inside.getEncoded();
        }
    }

    @Test
    void a_signature_of_another_message_key_or_length_does_not_hold() {
        byte[] signature = P256.sign(pair.getPrivate(), MESSAGE, new SeededRandom(1));
        KeyPair other = P256.generate(new SeededRandom(9));

        assertThat(P256.verify(pair.getPublic(), new byte[1], signature)).isFalse();
        assertThat(P256.verify(other.getPublic(), MESSAGE, signature)).isFalse();
        assertThat(P256.verify(pair.getPublic(), MESSAGE, Arrays.copyOf(signature, 63)))
                .isFalse();
        assertThat(P256.verify(pair.getPublic(), MESSAGE, Arrays.copyOf(signature, 65)))
                .isFalse();
    }

    @Test
    void numbers_out_of_range_do_not_hold() {
        byte[] order = HexFormat.of().parseHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        byte[] one = new byte[32];
        one[31] = 1;
        for (byte[] r : new byte[][] {new byte[32], one, order}) {
            for (byte[] s : new byte[][] {new byte[32], one, order}) {
                byte[] signature = Arrays.copyOf(r, 64);
                System.arraycopy(s, 0, signature, 32, 32);
                assertThat(P256.verify(pair.getPublic(), MESSAGE, signature)).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "30",
                "3000",
                "3003020101",
                "30060201010201",
                "3006020101020100",
                "30060201010a0101",
                "3006020101028101",
                "3006020181020101",
                "300702020001020101",
                "308006020101020101",
                "30060201010201010000"
            })
    void a_sequence_in_another_form_has_no_two_numbers(String hex) {
        assertThat(P256.rawOf(HexFormat.of().parseHex(hex))).isEmpty();
    }

    @Test
    void the_shortest_sequence_is_read() {
        byte[] raw = P256.rawOf(HexFormat.of().parseHex("3006020101020102")).orElseThrow();

        assertThat(raw[31]).isEqualTo((byte) 1);
        assertThat(raw[63]).isEqualTo((byte) 2);
    }

    @Test
    void random_and_flipped_bytes_never_throw() throws Exception {
        Random random = new Random(10);
        Signature platform = Signature.getInstance("SHA256withECDSA");
        platform.initSign(pair.getPrivate());
        platform.update(MESSAGE);
        byte[] good = platform.sign();
        for (int i = 0; i < 100_000; i++) {
            byte[] odd = Arrays.copyOf(good, random.nextInt(80));
            for (int edits = 1 + random.nextInt(3); edits > 0 && odd.length > 0; edits--) {
                odd[random.nextInt(odd.length)] = (byte) random.nextInt(256);
            }
            P256.rawOf(odd);
        }
    }
}
