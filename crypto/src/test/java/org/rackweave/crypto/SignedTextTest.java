package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedTextTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final String TEXT = "version 1\ncap 5 # für alle\n";

    @TempDir
    Path temporary;

    private final SecureRandom random = new SeededRandom(6);
    private RackAuthority authority;
    private Identity operator;
    private Path file;

    @BeforeEach
    void signOne() throws Exception {
        authority = RackAuthority.create(temporary.resolve("ca"), "lab", NOW, random);
        operator = issued(authority, "ada", Role.OPERATOR);
        file = temporary.resolve("policy.signed");
        Files.writeString(file, SignedText.sign(operator, "policy", TEXT, NOW, random));
    }

    private Identity issued(RackAuthority by, String name, Role role) throws IdentityException {
        Path dir = temporary.resolve(name + by.rackId().toString().substring(0, 4));
        by.issue(name, role, Optional.empty(), dir, NOW);
        return Identity.load(dir, NOW);
    }

    private SignedText read(String purpose) throws IdentityException {
        return SignedText.read(file, purpose, Role.OPERATOR, operator.trust());
    }

    @Test
    void what_an_operator_signed_is_believed_by_every_member() throws IdentityException {
        assertThat(read("policy")).isEqualTo(new SignedText(operator.principal(), NOW, TEXT));
    }

    @Test
    void it_is_believed_after_the_operators_certificate_has_ended() throws Exception {
        assertThat(operator.notAfter()).isBefore(NOW.plus(Duration.ofDays(3650)));
        // Nothing is asked about today: reading takes no time.
        assertThat(read("policy").signedAt()).isEqualTo(NOW);
    }

    @Test
    void what_was_signed_when_the_certificate_did_not_hold_is_not_believed() throws Exception {
        Instant late = operator.notAfter().plusSeconds(60);
        Files.writeString(file, SignedText.sign(operator, "policy", TEXT, late, random));

        assertThatThrownBy(() -> read("policy")).hasMessageContaining("expired");
    }

    @Test
    void it_is_for_one_purpose_and_one_rack_and_from_one_role() throws Exception {
        assertThatThrownBy(() -> read("revocation")).hasMessageContaining("signed as a policy, not as a revocation");

        RackAuthority other = RackAuthority.create(temporary.resolve("ca2"), "other", NOW, random);
        Identity stranger = issued(other, "eve", Role.OPERATOR);
        assertThatThrownBy(() -> SignedText.read(file, "policy", Role.OPERATOR, stranger.trust()))
                .hasMessageContaining("another rack");

        Files.writeString(file, SignedText.sign(issued(authority, "a", Role.NODE), "policy", TEXT, NOW, random));
        assertThatThrownBy(() -> read("policy")).hasMessageContaining("only an operator may sign it");
    }

    @Test
    void flipping_any_bit_or_cutting_it_off_is_found() throws Exception {
        byte[] whole = Pem.decode("RACKWEAVE SIGNED TEXT", Files.readAllBytes(file))
                .orElseThrow()
                .get(0);
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertRefused(flipped);
        }
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length));
        }
    }

    private void assertRefused(byte[] bytes) {
        byte[] pem = Pem.encode("RACKWEAVE SIGNED TEXT", bytes).getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> SignedText.read(file, pem, "policy", Role.OPERATOR, operator.trust()))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("policy.signed");
    }

    @Test
    void other_files_are_refused_by_name() throws Exception {
        for (String content : List.of("", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> read("policy")).hasMessageContaining("is not one signed text");
        }
        Files.delete(file);
        assertThatThrownBy(() -> read("policy")).hasMessageContaining("cannot be read");
    }
}
