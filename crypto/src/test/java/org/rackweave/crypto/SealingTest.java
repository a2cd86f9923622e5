package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;

class SealingTest {
    private static final int TYPE = 2;

    private final BootKey bootKey = FixedRack.bootKey();
    private final DatagramSealer sealer = new DatagramSealer(bootKey, FixedRack.GROUP_KEY);
    private final GroupCipher cipher = new GroupCipher(FixedRack.RACK, List.of(FixedRack.GROUP_KEY));

    @Test
    void a_sealed_datagram_opens_to_what_was_sealed() {
        byte[] payload = {1, 2, 3};
        byte[] sealed = sealer.seal(TYPE, 5, payload);

        SignedMessage signed = openSeal(sealed);

        assertThat(signed.header().sender()).isEqualTo(bootKey.delegation().node());
        assertThat(signed.header().messageType()).isEqualTo(TYPE);
        assertThat(signed.header().sequence()).isEqualTo(5);
        assertThat(BootVerifier.verify(signed, bootKey.delegation().key()))
                .isInstanceOfSatisfying(Checked.Accepted.class, accepted -> assertThat(accepted.value())
                        .isEqualTo(payload));
    }

    @Test
    void every_sequence_and_type_reads_back_and_the_largest_payload_fits() {
        long[] sequences = {0, 1, 255, 256, 65_535, 1L << 24, 1L << 32, 1L << 48, 1L << 56, Long.MAX_VALUE};
        int[] types = {0, 1, 23, 24, 255};
        for (int i = 0; i < sequences.length; i++) {
            int type = types[i % types.length];
            byte[] sealed = sealer.seal(type, sequences[i], new byte[DatagramSealer.MAX_PAYLOAD_BYTES]);

            assertThat(sealed.length).isLessThanOrEqualTo(OuterFrame.MAX_DATAGRAM_BYTES);
            assertThat(openSeal(sealed).header().sequence()).isEqualTo(sequences[i]);
            assertThat(openSeal(sealed).header().messageType()).isEqualTo(type);
        }
    }

    @Test
    void a_datagram_is_read_out_of_any_buffer_without_moving_it() {
        byte[] sealed = sealer.seal(TYPE, 1, new byte[40]);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(1_500).position(7).put(sealed).flip().position(7);
        ByteBuffer heap = ByteBuffer.allocate(1_500)
                .position(9)
                .put(sealed)
                .flip()
                .position(9)
                .slice();

        for (ByteBuffer buffer : List.of(direct, heap)) {
            int before = buffer.position();
            OuterFrame frame = ((OuterFrame.Parsed) OuterFrame.parse(buffer)).frame();

            assertThat(buffer.position()).isEqualTo(before);
            assertThat(cipher.open(frame)).isInstanceOf(Checked.Accepted.class);
        }
    }

    @Test
    void flipping_any_bit_of_a_sealed_datagram_is_rejected() {
        byte[] sealed = sealer.seal(TYPE, 5, FixedRack.PAYLOAD);
        for (int bit = 0; bit < sealed.length * Byte.SIZE; bit++) {
            byte[] flipped = flip(sealed, bit);
            assertThat(rejection(flipped, flipped.length)).as("bit %d", bit).isNotEqualTo("accepted");
        }
    }

    @Test
    void a_sealed_datagram_that_is_cut_off_or_goes_on_is_rejected() {
        byte[] sealed = sealer.seal(TYPE, 5, FixedRack.PAYLOAD);
        for (int length = 0; length < sealed.length; length++) {
            assertThat(rejection(sealed, length)).as("length %d", length).isNotEqualTo("accepted");
        }
        byte[] longer = Arrays.copyOf(sealed, sealed.length + 1);
        assertThat(rejection(longer, longer.length)).isEqualTo("MALFORMED");
        assertThat(rejection(new byte[2_000], 2_000)).isEqualTo("TOO_LONG");
    }

    @Test
    void flipping_any_bit_inside_the_seal_is_rejected() {
        byte[] signed = bootKey.sign(Binding.inner(FixedRack.RACK, header(5)), FixedRack.PAYLOAD);
        for (int bit = 0; bit < signed.length * Byte.SIZE; bit++) {
            byte[] sealed = sealAsMember(header(5), flip(signed, bit));
            assertThat(rejection(sealed, sealed.length)).as("bit %d", bit).isIn("INNER_MALFORMED", "BAD_SIGNATURE");
        }
    }

    @Test
    void random_bytes_never_open_and_never_throw() {
        Random random = new Random(20_261_101);
        byte[] sealed = sealer.seal(TYPE, 5, FixedRack.PAYLOAD);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            // Half of them begin like a real one, so that the reader is taken deeper than its first byte.
            int kept = random.nextBoolean() ? random.nextInt(Math.min(bytes.length, sealed.length - 1) + 1) : 0;
            System.arraycopy(sealed, 0, bytes, 0, kept);
            assertThat(rejection(bytes, bytes.length)).isNotEqualTo("accepted");
        }
    }

    @Test
    void a_member_cannot_wrap_what_another_signed_under_another_sequence_type_or_boot() {
        byte[] signed = bootKey.sign(Binding.inner(FixedRack.RACK, header(5)), FixedRack.PAYLOAD);
        OuterHeader honest = header(5);
        NodeId other = new NodeId(1, 2);
        List<OuterHeader> wrappings = List.of(
                header(6),
                new OuterHeader(TYPE + 1, 5, honest.sender(), 3, honest.bootKeyId(), honest.groupEpoch()),
                new OuterHeader(TYPE, 5, honest.sender(), 4, honest.bootKeyId(), honest.groupEpoch()),
                new OuterHeader(TYPE, 5, other, 3, honest.bootKeyId(), honest.groupEpoch()));

        assertThat(rejectionOf(sealAsMember(honest, signed))).isEqualTo("accepted");
        for (OuterHeader wrapping : wrappings) {
            assertThat(rejectionOf(sealAsMember(wrapping, signed)))
                    .as("%s", wrapping)
                    .isEqualTo("BAD_SIGNATURE");
        }
    }

    @Test
    void a_member_cannot_carry_what_another_signed_into_the_next_group_epoch() {
        GroupKey next = GroupKey.of(8, new byte[GroupKey.KEY_BYTES]);
        OuterHeader honest = header(5);
        OuterHeader moved = new OuterHeader(TYPE, 5, honest.sender(), 3, honest.bootKeyId(), next.id());
        byte[] signed = bootKey.sign(Binding.inner(FixedRack.RACK, honest), FixedRack.PAYLOAD);

        GroupCipher both = new GroupCipher(FixedRack.RACK, List.of(FixedRack.GROUP_KEY, next));
        SignedMessage opened =
                ((Checked.Accepted<SignedMessage>) both.open(frame(sealAsMember(next, moved, signed)))).value();

        assertThat(BootVerifier.verify(opened, bootKey.delegation().key()))
                .isEqualTo(Checked.rejected(SealRejection.BAD_SIGNATURE));
    }

    @Test
    void a_member_cannot_sign_for_another() {
        Ed25519PrivateKeyParameters own = new Ed25519PrivateKeyParameters(new SeededRandom(9));
        byte[] forged = CoseSign1.sign(own, Binding.inner(FixedRack.RACK, header(5)), FixedRack.PAYLOAD);

        assertThat(rejectionOf(sealAsMember(header(5), forged))).isEqualTo("BAD_SIGNATURE");
    }

    @Test
    void a_boot_key_that_is_not_the_known_one_is_rejected_before_its_signature_is_computed() {
        BootPublicKey other =
                new BootPublicKey(new Ed25519PrivateKeyParameters(new SeededRandom(9)).generatePublicKey());

        assertThat(BootVerifier.verify(openSeal(sealer.seal(TYPE, 5, FixedRack.PAYLOAD)), other))
                .isEqualTo(Checked.rejected(SealRejection.OTHER_BOOT_KEY));
    }

    @Test
    void another_rack_with_the_same_group_key_opens_nothing() {
        GroupCipher otherRack = new GroupCipher(new RackId(1, 2), List.of(FixedRack.GROUP_KEY));

        assertThat(otherRack.open(frame(sealer.seal(TYPE, 5, FixedRack.PAYLOAD))))
                .isEqualTo(Checked.rejected(SealRejection.BAD_SEAL));
    }

    @Test
    void a_group_key_of_the_same_number_is_told_apart_and_two_epochs_are_accepted_together() {
        GroupKey other = GroupKey.of(7, new byte[GroupKey.KEY_BYTES]);
        byte[] sealed = sealer.seal(TYPE, 5, FixedRack.PAYLOAD);

        assertThat(other.id()).isNotEqualTo(FixedRack.GROUP_KEY.id());
        assertThat(new GroupCipher(FixedRack.RACK, List.of(other)).open(frame(sealed)))
                .isEqualTo(Checked.rejected(SealRejection.UNKNOWN_GROUP_EPOCH));
        assertThat(new GroupCipher(FixedRack.RACK, List.of(other, FixedRack.GROUP_KEY)).open(frame(sealed)))
                .isInstanceOf(Checked.Accepted.class);
    }

    @Test
    void a_group_key_that_is_no_longer_held_opens_nothing_also_of_a_sender_that_was_remembered() {
        byte[] first = sealer.seal(TYPE, 5, FixedRack.PAYLOAD);
        assertThat(cipher.open(frame(first))).isInstanceOf(Checked.Accepted.class);
        GroupKey next = GroupKey.of(8, new byte[GroupKey.KEY_BYTES]);
        cipher.hold(List.of(next));
        assertThat(cipher.holds(FixedRack.GROUP_KEY.id())).isFalse();
        assertThat(cipher.open(frame(first))).isEqualTo(Checked.rejected(SealRejection.UNKNOWN_GROUP_EPOCH));
        assertThat(cipher.open(frame(new DatagramSealer(bootKey, next).seal(TYPE, 6, FixedRack.PAYLOAD))))
                .isInstanceOf(Checked.Accepted.class);
    }

    @Test
    void a_sequence_is_used_once_whichever_sealer_uses_it() {
        DatagramSealer afterRotation = new DatagramSealer(bootKey, GroupKey.of(8, new byte[GroupKey.KEY_BYTES]));
        sealer.seal(TYPE, 5, FixedRack.PAYLOAD);

        assertThatThrownBy(() -> sealer.seal(TYPE, 5, FixedRack.PAYLOAD)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> afterRotation.seal(TYPE, 4, FixedRack.PAYLOAD))
                .isInstanceOf(IllegalStateException.class);
        assertThat(afterRotation.seal(TYPE, 6, FixedRack.PAYLOAD)).isNotEmpty();
    }

    @Test
    void a_node_that_comes_back_with_an_old_boot_epoch_repeats_no_key_and_no_nonce() {
        Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(new SeededRandom(9));
        Delegation first = bootKey.delegation();
        Delegation again = new Delegation(
                first.rack(),
                first.node(),
                first.bootEpoch(),
                new BootPublicKey(key.generatePublicKey()),
                first.issuedAt(),
                first.notAfter());
        BootKey rebooted = new BootKey(key, again, new byte[0], new AtomicLong(-1));
        byte[] before = sealer.seal(TYPE, 0, new byte[300]);
        byte[] after = new DatagramSealer(rebooted, FixedRack.GROUP_KEY).seal(TYPE, 0, new byte[300]);

        // Equal key and nonce would show as an equal stretch where equal payloads met the same key stream.
        assertThat(Arrays.mismatch(Arrays.copyOfRange(before, 100, 300), Arrays.copyOfRange(after, 100, 300)))
                .isLessThan(4);
        assertThat(before.length).isEqualTo(after.length);
    }

    @Test
    void a_cipher_remembers_a_bounded_number_of_senders_and_goes_on_opening() {
        for (int i = 0; i < 2 * GroupCipher.MAX_REMEMBERED_SENDERS; i++) {
            OuterHeader honest = header(5);
            OuterHeader header = new OuterHeader(TYPE, 5, new NodeId(0, i), 3, honest.bootKeyId(), honest.groupEpoch());
            byte[] signed = bootKey.sign(Binding.inner(FixedRack.RACK, header), FixedRack.PAYLOAD);
            assertThat(rejectionOf(sealAsMember(header, signed))).isEqualTo("accepted");
        }
    }

    @Test
    void a_payload_that_does_not_fit_is_a_bug_of_the_caller() {
        assertThatThrownBy(() -> sealer.seal(TYPE, 1, new byte[DatagramSealer.MAX_PAYLOAD_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sealer.seal(256, 1, new byte[1])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sealer.seal(TYPE, -1, new byte[1])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_outside_in_another_form_is_rejected() {
        byte[] sealed = sealer.seal(TYPE, 5, FixedRack.PAYLOAD);
        String hex = HexFormat.of().formatHex(sealed);
        byte[] paddedSequence = HexFormat.of()
                .parseHex(hex.replace("06410" + "5", "0642000" + "5").replaceFirst("d0835838", "d0835839"));
        byte[] untagged = Arrays.copyOfRange(sealed, 1, sealed.length);

        assertThat(rejection(paddedSequence, paddedSequence.length)).isEqualTo("WRONG_FORM");
        assertThat(rejection(untagged, untagged.length)).isEqualTo("OTHER_MESSAGE");
    }

    private OuterHeader header(long sequence) {
        Delegation delegation = bootKey.delegation();
        return new OuterHeader(
                TYPE,
                sequence,
                delegation.node(),
                delegation.bootEpoch(),
                delegation.key().id(),
                FixedRack.GROUP_KEY.id());
    }

    /** What any member can do: seal under any sender's outer key. */
    private static byte[] sealAsMember(OuterHeader header, byte[] inside) {
        return sealAsMember(FixedRack.GROUP_KEY, header, inside);
    }

    private static byte[] sealAsMember(GroupKey group, OuterHeader header, byte[] inside) {
        SenderKey key = SenderKey.derive(group, FixedRack.RACK, header);
        return CoseEncrypt0.seal(
                new ChaChaPoly(),
                key.key(),
                key.nonce(header.sequence()),
                header.encode(),
                Binding.outer(FixedRack.RACK, header),
                inside);
    }

    private SignedMessage openSeal(byte[] sealed) {
        return ((Checked.Accepted<SignedMessage>) cipher.open(frame(sealed))).value();
    }

    private static OuterFrame frame(byte[] sealed) {
        return ((OuterFrame.Parsed) OuterFrame.parse(sealed, sealed.length)).frame();
    }

    private String rejectionOf(byte[] sealed) {
        return rejection(sealed, sealed.length);
    }

    private String rejection(byte[] bytes, int length) {
        return OuterFrame.parse(bytes, length)
                .fold(
                        frame -> cipher.open(frame)
                                .fold(
                                        signed -> BootVerifier.verify(
                                                        signed,
                                                        bootKey.delegation().key())
                                                .fold(payload -> "accepted", rejected -> rejected.reason()
                                                        .toString()),
                                        rejected -> rejected.reason().toString()),
                        SealRejection::toString);
    }

    private static byte[] flip(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        return flipped;
    }
}
