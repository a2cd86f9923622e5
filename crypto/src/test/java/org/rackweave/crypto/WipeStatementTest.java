package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WipeStatementTest {
    private static final WipeStatement WIPE = new WipeStatement(
            NodeId.of(FixedRack.NODE_PUBLIC_KEY),
            "mem0",
            7,
            "device",
            "cxl-sanitize",
            1L << 30,
            1L << 30,
            1_500,
            1_790_000_000_000L,
            "unlocked",
            "slot 1, revision 2.1");

    private final byte[] signed = WIPE.sign(FixedRack.NODE_KEY, FixedRack.NODE_PUBLIC_KEY, new SecureRandom());

    @Test
    void a_statement_of_version_1_is_made_byte_for_byte_but_for_its_randomised_signature() {
        byte[] golden = Golden.read("wipe-v1.txt");
        int signatureStart = golden.length - P256.SIGNATURE_BYTES;

        assertThat(signed).hasSameSizeAs(golden);
        assertThat(Arrays.copyOf(signed, signatureStart)).isEqualTo(Arrays.copyOf(golden, signatureStart));
    }

    @Test
    void a_statement_of_version_1_is_believed_with_nothing_beside_it() {
        assertThat(WipeStatement.opened(Golden.read("wipe-v1.txt"))).contains(WIPE);
    }

    @Test
    void flipping_any_bit_of_a_statement_or_cutting_it_off_is_found() {
        for (int bit = 0; bit < signed.length * Byte.SIZE; bit++) {
            byte[] flipped = signed.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThat(WipeStatement.opened(flipped)).as("bit %d", bit).isEmpty();
        }
        for (int length = 0; length < signed.length; length++) {
            assertThat(WipeStatement.opened(Arrays.copyOf(signed, length))).isEmpty();
        }
    }

    @Test
    void another_key_cannot_sign_in_the_name_of_an_owner() {
        KeyPair other = P256.generate(new SecureRandom());
        assertThatThrownBy(() -> WIPE.sign(other.getPrivate(), other.getPublic(), new SecureRandom()))
                .hasMessageContaining("not the key of " + WIPE.node());

        byte[] theirs = CoseSign1.sign(
                other.getPrivate(),
                "rackweave/1 wipe".getBytes(StandardCharsets.US_ASCII),
                WIPE.payload(other.getPublic().getEncoded()),
                new SecureRandom());
        assertThat(WipeStatement.opened(theirs)).isEmpty();
    }

    @Test
    void what_the_owner_signed_for_another_purpose_is_no_statement() {
        byte[] asHead = CoseSign1.sign(
                FixedRack.NODE_KEY,
                "rackweave/1 ledger head".getBytes(StandardCharsets.US_ASCII),
                WIPE.payload(FixedRack.NODE_PUBLIC_KEY.getEncoded()),
                new SecureRandom());
        assertThat(WipeStatement.opened(asHead)).isEmpty();
        assertThat(LedgerHead.isSigned(signed, FixedRack.NODE_PUBLIC_KEY)).isFalse();
    }

    @Test
    void a_key_that_is_no_point_of_the_curve_is_not_taken() {
        byte[] spki = FixedRack.NODE_PUBLIC_KEY.getEncoded();
        assertThat(P256.publicKey(spki)).contains(FixedRack.NODE_PUBLIC_KEY);
        spki[spki.length - 1] ^= 1;
        assertThat(P256.publicKey(spki)).isEmpty();
        assertThat(P256.publicKey(new byte[0])).isEmpty();
    }

    @Test
    void the_longest_statement_is_within_its_bound() {
        WipeStatement longest = new WipeStatement(
                WIPE.node(),
                "\u8a9e".repeat(WipeStatement.MAX_SLICE_KEY_CHARS),
                Long.MAX_VALUE,
                "\u8a9e".repeat(WipeStatement.MAX_BY_CHARS),
                "\u8a9e".repeat(WipeStatement.MAX_METHOD_CHARS),
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                "\u8a9e".repeat(WipeStatement.MAX_TOLD_CHARS),
                "\u8a9e".repeat(WipeStatement.MAX_TOLD_CHARS));
        byte[] bytes = longest.sign(FixedRack.NODE_KEY, FixedRack.NODE_PUBLIC_KEY, new SecureRandom());

        assertThat(bytes).hasSizeLessThanOrEqualTo(WipeStatement.MAX_SIGNED_BYTES);
        assertThat(WipeStatement.opened(bytes)).contains(longest);
    }
}
