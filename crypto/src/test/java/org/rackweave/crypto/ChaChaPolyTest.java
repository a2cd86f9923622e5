package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

class ChaChaPolyTest {
    private final ChaChaPoly ours = new ChaChaPoly();

    @Test
    void it_agrees_with_the_example_of_rfc_8439() {
        byte[] key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        byte[] associated = hex("50515253c0c1c2c3c4c5c6c7");
        byte[] text = ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                        + "sunscreen would be it.")
                .getBytes(StandardCharsets.US_ASCII);

        ours.start(new KeyParameter(key), hex("070000004041424344454647"));
        ours.associate(associated, 0, associated.length);
        String sealed = HexFormat.of().formatHex(ours.seal(text));

        assertThat(sealed).startsWith("d31a8d34648e60db7b86afbc53ef7ec2").endsWith("1ae10b594f09e26a7e902ecbd0600691");
    }

    @Test
    void it_agrees_with_the_platforms_own_at_every_length() throws Exception {
        Random random = new Random(3);
        for (int length = 0; length < 300; length++) {
            byte[] key = bytes(random, 32);
            byte[] nonce = bytes(random, 12);
            byte[] associated = bytes(random, random.nextInt(70));
            byte[] text = bytes(random, length);
            byte[] theirs = platform(key, nonce, associated, text);

            ours.start(new KeyParameter(key), nonce);
            ours.associate(associated, 0, associated.length);
            assertThat(ours.seal(text)).isEqualTo(theirs);

            ours.start(new KeyParameter(key), nonce);
            ours.associate(associated, 0, associated.length);
            assertThat(ours.opens(theirs, 0, theirs.length)).isTrue();
            assertThat(ours.decrypt(theirs, 0, theirs.length)).isEqualTo(text);

            theirs[random.nextInt(theirs.length)] ^= (byte) (1 << random.nextInt(8));
            ours.start(new KeyParameter(key), nonce);
            ours.associate(associated, 0, associated.length);
            assertThat(ours.opens(theirs, 0, theirs.length)).isFalse();
        }
    }

    private static byte[] platform(byte[] key, byte[] nonce, byte[] associated, byte[] text) throws Exception {
        Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
        cipher.updateAAD(associated);
        return cipher.doFinal(text);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
