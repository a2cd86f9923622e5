package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LedgerHeadTest {
    private static final LedgerHead HEAD = new LedgerHead(
            NodeId.of(FixedRack.NODE_PUBLIC_KEY),
            300,
            "ab".repeat(32),
            1_790_000_000_000L,
            new LedgerHead.Anchor(44, "cd".repeat(32), 1_780_000_000_000L, 40));

    private final byte[] signed = CoseSign1.sign(
            FixedRack.NODE_KEY, "rackweave/1 ledger head".getBytes(), HEAD.payload(), new SecureRandom());

    @Test
    void a_head_of_version_1_is_made_byte_for_byte_but_for_its_randomised_signature() {
        byte[] golden = Golden.read("ledger-head-v1.txt");
        int signatureStart = golden.length - P256.SIGNATURE_BYTES;

        assertThat(signed).hasSameSizeAs(golden);
        assertThat(Arrays.copyOf(signed, signatureStart)).isEqualTo(Arrays.copyOf(golden, signatureStart));
    }

    @Test
    void a_head_of_version_1_is_believed_by_the_key_of_its_node_and_by_no_other() {
        byte[] golden = Golden.read("ledger-head-v1.txt");

        assertThat(LedgerHead.claimed(golden)).contains(HEAD);
        assertThat(LedgerHead.isSigned(golden, FixedRack.NODE_PUBLIC_KEY)).isTrue();
        assertThat(LedgerHead.isSigned(golden, P256.generate(new SecureRandom()).getPublic()))
                .isFalse();
    }

    @Test
    void flipping_any_bit_of_a_head_or_cutting_it_off_is_found() {
        for (int bit = 0; bit < signed.length * Byte.SIZE; bit++) {
            byte[] flipped = signed.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThat(LedgerHead.isSigned(flipped, FixedRack.NODE_PUBLIC_KEY))
                    .as("bit %d", bit)
                    .isFalse();
        }
        for (int length = 0; length < signed.length; length++) {
            assertThat(LedgerHead.isSigned(Arrays.copyOf(signed, length), FixedRack.NODE_PUBLIC_KEY))
                    .isFalse();
        }
    }
}
