package org.rackweave.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.WipeStatement;

class WipeCertificateTest {
    private static final NodeId OWNER = new NodeId(1, 2);
    private static final SliceId SLICE = new SliceId(OWNER, "mem0");
    private static final Epoch GRANTED = new Epoch(9);
    private static final WipeProof PROOF = WipeProof.of(new byte[] {1});
    private static final WipeCertificate CERTIFICATE =
            new WipeCertificate("zero", 64, 64, new Epoch(7), Optional.of(PROOF));

    @Test
    void a_certificate_that_its_owner_signed_for_this_slice_and_an_earlier_epoch_has_no_fault() {
        assertThat(fault(CERTIFICATE, statement(OWNER, "mem0", 7, "zero", 64, 64)))
                .isEmpty();
    }

    @Test
    void a_certificate_without_a_signature_or_with_one_that_does_not_hold_is_named_so() {
        assertThat(fault(CERTIFICATE.inBrief(), statement(OWNER, "mem0", 7, "zero", 64, 64)))
                .hasValueSatisfying(why -> assertThat(why).startsWith("it is not signed"));
        assertThat(CERTIFICATE.fault(SLICE, GRANTED, proof -> Optional.empty()))
                .hasValueSatisfying(why -> assertThat(why).startsWith("it is forged"));
    }

    @Test
    void a_certificate_of_another_owner_or_another_slice_is_foreign() {
        assertThat(fault(CERTIFICATE, statement(new NodeId(5, 6), "mem0", 7, "zero", 64, 64)))
                .hasValueSatisfying(why -> assertThat(why).startsWith("it is foreign: node 00000000"));
        assertThat(fault(CERTIFICATE, statement(OWNER, "mem1", 7, "zero", 64, 64)))
                .hasValueSatisfying(
                        why -> assertThat(why).startsWith("it is foreign").contains("mem1"));
    }

    @Test
    void what_is_said_of_a_wipe_has_to_be_what_was_signed() {
        for (WipeStatement other : new WipeStatement[] {
            statement(OWNER, "mem0", 6, "zero", 64, 64),
            statement(OWNER, "mem0", 7, "none", 64, 64),
            statement(OWNER, "mem0", 7, "zero", 63, 64),
            statement(OWNER, "mem0", 7, "zero", 64, 63)
        }) {
            assertThat(fault(CERTIFICATE, other))
                    .hasValueSatisfying(why -> assertThat(why).startsWith("it is forged"));
        }
    }

    @Test
    void a_wipe_of_the_epoch_that_is_granted_or_a_later_one_was_not_before_the_grant() {
        WipeStatement said = statement(OWNER, "mem0", 7, "zero", 64, 64);
        assertThat(CERTIFICATE.fault(SLICE, new Epoch(7), proof -> Optional.of(said)))
                .hasValueSatisfying(why -> assertThat(why).contains("not over before this grant"));
        assertThat(CERTIFICATE.fault(SLICE, new Epoch(8), proof -> Optional.of(said)))
                .isEmpty();
    }

    @Test
    void a_proof_is_read_back_from_its_text_and_has_bounds() {
        WipeProof proof = WipeProof.of(new byte[] {(byte) 0xd2, 0, -1});
        assertThat(WipeProof.parse(proof.toString())).isEqualTo(proof);
        assertThatThrownBy(() -> WipeProof.of(new byte[0])).hasMessageContaining("1 to");
        assertThatThrownBy(() -> WipeProof.of(new byte[WipeProof.MAX_BYTES + 1]))
                .hasMessageContaining("1 to");
        assertThatThrownBy(() -> WipeProof.parse("no base64!")).isInstanceOf(IllegalArgumentException.class);
    }

    private static Optional<String> fault(WipeCertificate certificate, WipeStatement said) {
        return certificate.fault(SLICE, GRANTED, proof -> Optional.of(said));
    }

    private static WipeStatement statement(
            NodeId node, String slice, long epoch, String method, long wipedBytes, long verifiedBytes) {
        return new WipeStatement(node, slice, epoch, "device", method, wipedBytes, verifiedBytes, 5, 6, "", "");
    }
}
