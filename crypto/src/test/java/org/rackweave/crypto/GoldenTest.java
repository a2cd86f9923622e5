package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** If one of these fails, do not change the test or its files: nodes in the field speak these bytes. */
class GoldenTest {
    @Test
    void a_sealed_datagram_of_version_1_is_made_byte_for_byte() {
        byte[] sealed = new DatagramSealer(FixedRack.bootKey(), FixedRack.GROUP_KEY).seal(2, 1000, FixedRack.PAYLOAD);

        assertThat(sealed).isEqualTo(Golden.read("sealed-datagram-v1.txt"));
    }

    @Test
    void a_sealed_datagram_of_version_1_opens() {
        byte[] golden = Golden.read("sealed-datagram-v1.txt");
        OuterFrame frame = ((OuterFrame.Parsed) OuterFrame.parse(golden, golden.length)).frame();
        SignedMessage signed = ((Checked.Accepted<SignedMessage>)
                        new GroupCipher(FixedRack.RACK, List.of(FixedRack.GROUP_KEY)).open(frame))
                .value();
        Checked<byte[]> payload =
                BootVerifier.verify(signed, FixedRack.delegation().key());

        assertThat(frame.header())
                .isEqualTo(new OuterHeader(
                        2,
                        1000,
                        NodeId.of(FixedRack.NODE_PUBLIC_KEY),
                        3,
                        FixedRack.delegation().key().id(),
                        FixedRack.GROUP_KEY.id()));
        assertThat(((Checked.Accepted<byte[]>) payload).value()).isEqualTo(FixedRack.PAYLOAD);
    }

    @Test
    void what_is_inside_the_seal_of_version_1_is_the_signed_message_of_version_1() {
        byte[] golden = Golden.read("signed-message-v1.txt");
        OuterHeader header = new OuterHeader(
                2,
                1000,
                NodeId.of(FixedRack.NODE_PUBLIC_KEY),
                3,
                FixedRack.delegation().key().id(),
                FixedRack.GROUP_KEY.id());

        assertThat(FixedRack.bootKey().sign(Binding.inner(FixedRack.RACK, header), FixedRack.PAYLOAD))
                .isEqualTo(golden);
        assertThat(Binding.inner(FixedRack.RACK, header)).isEqualTo(Golden.read("binding-inner-v1.txt"));
        assertThat(Binding.outer(FixedRack.RACK, header)).isEqualTo(Golden.read("binding-outer-v1.txt"));
    }

    @Test
    void a_delegation_of_version_1_is_believed() {
        Checked<Delegation> read =
                Delegation.verify(Golden.read("delegation-v1.txt"), FixedRack.NODE_PUBLIC_KEY, FixedRack.RACK);

        assertThat(read).isEqualTo(new Checked.Accepted<>(FixedRack.delegation()));
    }

    @Test
    void a_delegation_of_version_1_is_made_byte_for_byte_but_for_its_randomised_signature() {
        byte[] golden = Golden.read("delegation-v1.txt");
        byte[] made = FixedRack.bootKey().delegationBytes();
        int signatureStart = golden.length - P256.SIGNATURE_BYTES;

        assertThat(made).hasSameSizeAs(golden);
        assertThat(Arrays.copyOf(made, signatureStart)).isEqualTo(Arrays.copyOf(golden, signatureStart));
    }

    @Test
    void the_keys_of_the_golden_files_are_told_to_whoever_reads_them_in_another_language() {
        HexFormat hex = HexFormat.of();
        String point = hex.formatHex(FixedRack.NODE_PUBLIC_KEY.getEncoded());

        assertThat(Golden.sections("keys-v1.txt"))
                .containsEntry("RACK_ID", FixedRack.RACK.toString())
                .containsEntry("GROUP_NUMBER", hex.toHexDigits((int)
                        FixedRack.GROUP_KEY.id().number()))
                .containsEntry("GROUP_KEY", FixedRack.GROUP_KEY_HEX)
                .containsEntry("NODE_PUBLIC_KEY", point.substring(point.length() - 130))
                .containsEntry(
                        "BOOT_PUBLIC_KEY",
                        hex.formatHex(FixedRack.delegation().key().bytes()));
    }
}
