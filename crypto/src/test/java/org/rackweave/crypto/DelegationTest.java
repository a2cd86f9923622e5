package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelegationTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00.5Z");

    @TempDir
    Path temporary;

    private final SecureRandom random = new SeededRandom(4);
    private RackAuthority authority;
    private Identity identity;
    private BootKey bootKey;

    @BeforeEach
    void makeNode() throws IdentityException {
        authority = RackAuthority.create(temporary.resolve("ca"), "lab", NOW, random);
        identity = issued("a", Role.NODE);
        bootKey = BootKey.generate(identity, 9, NOW, random);
    }

    @Test
    void a_delegation_is_believed_with_the_certificate_of_its_node() {
        Checked<Introduction> checked =
                Introduction.check(identity.trust(), certificateOf(identity), bootKey.delegationBytes(), NOW);

        assertThat(checked)
                .isEqualTo(new Checked.Accepted<>(new Introduction(identity.principal(), bootKey.delegation())));
        assertThat(bootKey.delegation().bootEpoch()).isEqualTo(9);
        assertThat(bootKey.delegation().isCurrent(NOW)).isTrue();
        assertThat(bootKey.delegation().isCurrent(NOW.plus(Duration.ofHours(25))))
                .isFalse();
    }

    @Test
    void flipping_any_bit_of_a_delegation_or_cutting_it_off_is_rejected() {
        byte[] bytes = bootKey.delegationBytes();
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThat(verify(flipped)).as("bit %d", bit).isInstanceOf(Checked.Rejected.class);
        }
        for (int length = 0; length < bytes.length; length++) {
            assertThat(verify(Arrays.copyOf(bytes, length))).isInstanceOf(Checked.Rejected.class);
        }
    }

    @Test
    void payloads_in_any_other_form_are_rejected_even_when_signed() {
        Random seeded = new Random(5);
        byte[] payload = bootKey.delegation().payload();
        for (int i = 0; i < 300; i++) {
            byte[] odd = payload.clone();
            // The first two bytes are the map's head and its first key; what follows may be a legal other value.
            odd[seeded.nextInt(2)] ^= (byte) (1 + seeded.nextInt(255));
            assertThat(verify(signed(odd))).isEqualTo(Checked.rejected(SealRejection.DELEGATION_MALFORMED));
        }
        byte[] longer = Arrays.copyOf(payload, payload.length + 1);
        assertThat(verify(signed(longer))).isEqualTo(Checked.rejected(SealRejection.DELEGATION_MALFORMED));
    }

    @Test
    void a_delegation_of_another_rack_node_or_key_is_rejected_by_name() throws IdentityException {
        Identity other = issued("b", Role.NODE);
        byte[] payload = bootKey.delegation().payload();

        assertThat(Delegation.verify(
                        bootKey.delegationBytes(), identity.certificateChain().get(0), new RackId(1, 2)))
                .isEqualTo(Checked.rejected(SealRejection.DELEGATION_OF_OTHER_RACK));
        assertThat(Delegation.verify(
                        bootKey.delegationBytes(), other.certificateChain().get(0), authority.rackId()))
                .isEqualTo(Checked.rejected(SealRejection.BAD_SIGNATURE));
        byte[] signedByOther = CoseSign1.sign(
                other.privateKey(), "rackweave/1 delegation".getBytes(StandardCharsets.US_ASCII), payload, random);
        assertThat(Delegation.verify(signedByOther, other.certificateChain().get(0), authority.rackId()))
                .isEqualTo(Checked.rejected(SealRejection.DELEGATION_OF_OTHER_NODE));
    }

    @Test
    void a_delegation_lasts_at_most_a_day() {
        byte[] payload = bootKey.delegation().payload();
        payload[payload.length - 2]++; // 256 seconds more

        assertThat(verify(signed(payload))).isEqualTo(Checked.rejected(SealRejection.DELEGATION_TOO_LONG));
    }

    @Test
    void only_a_node_introduces_itself() throws IdentityException {
        Identity operator = issued("ada", Role.OPERATOR);
        BootKey key = BootKey.generate(operator, 1, NOW, random);

        Checked<Introduction> checked =
                Introduction.check(identity.trust(), certificateOf(operator), key.delegationBytes(), NOW);

        assertThat(((Checked.Rejected<Introduction>) checked).reason()).isEqualTo(SealRejection.CERTIFICATE_UNTRUSTED);
    }

    @Test
    void an_introduction_of_random_bytes_never_throws() {
        Random seeded = new Random(6);
        byte[] certificate = certificateOf(identity);
        for (int i = 0; i < 400; i++) {
            byte[] odd = certificate.clone();
            odd[seeded.nextInt(odd.length)] ^= (byte) (1 << seeded.nextInt(8));
            assertThat(Introduction.check(identity.trust(), odd, bootKey.delegationBytes(), NOW))
                    .isInstanceOf(Checked.Rejected.class);
            seeded.nextBytes(odd);
            assertThat(Introduction.check(identity.trust(), odd, odd, NOW)).isInstanceOf(Checked.Rejected.class);
        }
    }

    @Test
    void a_renewed_delegation_keeps_the_key_and_the_sequence() {
        BootKey renewed = bootKey.renewed(identity, NOW.plus(Duration.ofHours(12)), random);
        GroupKey group = FixedRack.GROUP_KEY;
        new DatagramSealer(bootKey, group).seal(1, 10, new byte[0]);

        assertThat(renewed.delegation().key()).isEqualTo(bootKey.delegation().key());
        assertThat(renewed.delegation().notAfter())
                .isEqualTo(bootKey.delegation().notAfter().plus(Duration.ofHours(12)));
        assertThatThrownBy(() -> new DatagramSealer(renewed, group).seal(1, 10, new byte[0]))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_boot_epoch_fits_32_bits() {
        assertThatThrownBy(() -> BootKey.generate(identity, 1L << 32, NOW, random))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(BootKey.generate(identity, (1L << 32) - 1, NOW, random)
                        .delegation()
                        .bootEpoch())
                .isEqualTo(4_294_967_295L);
    }

    private Checked<Delegation> verify(byte[] bytes) {
        return Delegation.verify(bytes, identity.certificateChain().get(0), authority.rackId());
    }

    private byte[] signed(byte[] payload) {
        byte[] label = "rackweave/1 delegation".getBytes(StandardCharsets.US_ASCII);
        return CoseSign1.sign(identity.privateKey(), label, payload, random);
    }

    private Identity issued(String name, Role role) throws IdentityException {
        authority.issue(name, role, temporary.resolve(name), NOW);
        return Identity.load(temporary.resolve(name), NOW);
    }

    private static byte[] certificateOf(Identity identity) {
        return IdentityFiles.der(List.copyOf(identity.certificateChain()).get(0));
    }
}
