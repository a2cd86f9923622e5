package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    @TempDir
    Path temporary;

    private final SecureRandom random = new SeededRandom(1);
    private Path authorityDirectory;
    private RackAuthority authority;

    @BeforeEach
    void makeRack() throws IdentityException {
        authorityDirectory = temporary.resolve("ca");
        authority = RackAuthority.create(authorityDirectory, "lab", NOW, random);
    }

    @Test
    void a_node_that_was_issued_loads_and_says_who_it_is() throws IdentityException {
        Path out = temporary.resolve("a");
        Principal issued = authority.issue("a", Role.NODE, out, NOW);

        Identity identity = Identity.load(out, NOW);

        assertThat(identity.principal()).isEqualTo(issued);
        assertThat(issued.name()).isEqualTo("a");
        assertThat(issued.role()).isEqualTo(Role.NODE);
        assertThat(issued.agentOf()).isEmpty();
        assertThat(issued.id())
                .isEqualTo(NodeId.of(identity.certificateChain().get(0).getPublicKey()));
        assertThat(identity.trust().rackId()).isEqualTo(authority.rackId());
        assertThat(identity.toString()).isEqualTo("node a (" + issued.id().brief() + ")");
    }

    @Test
    void a_host_agent_says_whose_host_it_is() throws IdentityException {
        NodeId node =
                authority.issue("a", Role.NODE, temporary.resolve("a"), NOW).id();
        authority.issueHostAgent("a-host", node, temporary.resolve("agent"), NOW);

        Principal agent = Identity.load(temporary.resolve("agent"), NOW).principal();

        assertThat(agent.role()).isEqualTo(Role.HOST_AGENT);
        assertThat(agent.agentOf()).contains(node);
    }

    @Test
    void only_nodes_are_given_the_group_key() throws Exception {
        authority.issue("a", Role.NODE, temporary.resolve("a"), NOW);
        authority.issue("ada", Role.OPERATOR, temporary.resolve("ada"), NOW);

        assertThat(GroupKey.load(temporary.resolve("a")).id())
                .isEqualTo(GroupKey.load(authorityDirectory).id());
        assertThat(reasonOf(() -> GroupKey.load(temporary.resolve("ada")))).isEqualTo(IdentityException.Reason.MISSING);
    }

    @Test
    void secrets_and_directories_are_made_for_their_owner_alone() throws Exception {
        authority.issue("a", Role.NODE, temporary.resolve("a"), NOW);

        for (String directory : List.of("ca", "a")) {
            assertThat(modeOf(temporary.resolve(directory))).isEqualTo("rwx------");
        }
        for (String secret :
                List.of("ca/ca.key.pem", "ca/group.key", "ca/issued.log", "a/node.key.pem", "a/group.key")) {
            assertThat(modeOf(temporary.resolve(secret))).as(secret).isEqualTo("rw-------");
        }
        assertThat(Files.readString(temporary.resolve("ca/issued.log")))
                .contains("name=a role=node")
                .endsWith("\n");
    }

    @Test
    void making_an_identity_leaves_no_temporary_directory_behind() throws Exception {
        authority.issue("a", Role.NODE, temporary.resolve("a"), NOW);
        assertThat(catchThrowableOfType(
                        IdentityException.class, () -> authority.issue("a", Role.NODE, temporary.resolve("a"), NOW)))
                .isNotNull();

        try (Stream<Path> entries = Files.list(temporary)) {
            assertThat(entries.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("a", "ca");
        }
    }

    @Test
    void nothing_is_overwritten() throws Exception {
        Path out = temporary.resolve("a");
        authority.issue("a", Role.NODE, out, NOW);
        byte[] before = Files.readAllBytes(out.resolve("node.key.pem"));

        assertThat(reasonOf(() -> authority.issue("a", Role.NODE, out, NOW)))
                .isEqualTo(IdentityException.Reason.ALREADY_EXISTS);
        assertThat(reasonOf(() -> RackAuthority.create(authorityDirectory, "lab", NOW, random)))
                .isEqualTo(IdentityException.Reason.ALREADY_EXISTS);
        assertThat(Files.readAllBytes(out.resolve("node.key.pem"))).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"node.key.pem", "node.cert.pem", "ca.cert.pem"})
    void a_missing_file_is_named(String name) throws Exception {
        Path out = issued("a");
        Files.delete(out.resolve(name));

        IdentityException failure = failureOf(out);

        assertThat(failure.reason()).isEqualTo(IdentityException.Reason.MISSING);
        assertThat(failure.path()).isEqualTo(out.resolve(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"node.key.pem", "node.cert.pem", "ca.cert.pem"})
    void a_mangled_file_is_named(String name) throws Exception {
        Path out = issued("a");
        Files.writeString(out.resolve(name), "-----BEGIN PRIVATE KEY-----\nnothing of the kind\n");

        IdentityException failure = failureOf(out);

        assertThat(failure.reason()).isEqualTo(IdentityException.Reason.MALFORMED);
        assertThat(failure.path()).isEqualTo(out.resolve(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---"})
    void a_key_that_others_can_touch_is_refused_with_the_command_that_mends_it(String mode) throws Exception {
        Path key = issued("a").resolve("node.key.pem");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(mode));

        IdentityException failure = failureOf(key.resolveSibling("").normalize());

        assertThat(failure.reason()).isEqualTo(IdentityException.Reason.PERMISSIONS);
        assertThat(failure.path()).isEqualTo(key);
        assertThat(failure).hasMessageContaining("has mode 06").hasMessageContaining("chmod 600 '" + key + "'");
    }

    @Test
    void a_directory_that_others_can_enter_is_refused() throws Exception {
        Path out = issued("a");
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxr-x---"));

        IdentityException failure = failureOf(out);

        assertThat(failure.reason()).isEqualTo(IdentityException.Reason.PERMISSIONS);
        assertThat(failure).hasMessageContaining("0750").hasMessageContaining("chmod 700");
    }

    @Test
    void a_certificate_that_others_can_write_is_refused() throws Exception {
        Path certificate = issued("a").resolve("ca.cert.pem");
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw-rw-r--");
        Files.setPosixFilePermissions(certificate, mode);

        assertThat(failureOf(temporary.resolve("a")).reason()).isEqualTo(IdentityException.Reason.PERMISSIONS);
    }

    @Test
    void files_of_another_user_are_refused() throws Exception {
        Path out = issued("a");
        long owner = ((Number) Files.getAttribute(out, "unix:uid")).longValue();

        IdentityException failure =
                catchThrowableOfType(IdentityException.class, () -> SecretDirectory.open(out, owner + 1));

        assertThat(failure.reason()).isEqualTo(IdentityException.Reason.WRONG_OWNER);
        assertThat(failure).hasMessageContaining("chown");
    }

    @Test
    void a_key_from_another_identity_is_refused() throws Exception {
        Path a = issued("a");
        Path b = issued("b");
        Files.copy(b.resolve("node.key.pem"), a.resolve("node.key.pem"), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(a.resolve("node.key.pem"), PosixFilePermissions.fromString("rw-------"));

        assertThat(failureOf(a).reason()).isEqualTo(IdentityException.Reason.KEY_MISMATCH);
    }

    @Test
    void a_root_from_another_rack_is_refused() throws Exception {
        Path a = issued("a");
        RackAuthority.create(temporary.resolve("other"), "lab", NOW, random);
        Files.copy(
                temporary.resolve("other/ca.cert.pem"), a.resolve("ca.cert.pem"), StandardCopyOption.REPLACE_EXISTING);

        IdentityException failure = failureOf(a);

        assertThat(failure.reason()).isEqualTo(IdentityException.Reason.NOT_TRUSTED);
        assertThat(failure).hasMessageContaining(Distrust.BAD_SIGNATURE.sentence());
    }

    @Test
    void a_certificate_holds_from_an_hour_before_it_was_made_to_a_year_after() throws Exception {
        Path a = issued("a");

        assertThat(Identity.load(a, NOW.minus(Duration.ofHours(1))).principal().name())
                .isEqualTo("a");
        assertThat(Identity.load(a, NOW.plus(Duration.ofDays(365))).notAfter())
                .isEqualTo(NOW.plus(Duration.ofDays(365)));
        assertThat(reasonOf(() -> Identity.load(a, NOW.minus(Duration.ofMinutes(61)))))
                .isEqualTo(IdentityException.Reason.NOT_YET_VALID);
        assertThat(reasonOf(() -> Identity.load(a, NOW.plus(Duration.ofDays(366)))))
                .isEqualTo(IdentityException.Reason.EXPIRED);
    }

    @Test
    void an_authority_issues_only_while_its_root_lives_and_never_beyond_it() throws Exception {
        Instant nearTheEnd = NOW.plus(Duration.ofDays(3600));
        authority.issue("late", Role.NODE, temporary.resolve("late"), nearTheEnd);

        assertThat(Identity.load(temporary.resolve("late"), nearTheEnd).notAfter())
                .isEqualTo(NOW.plus(Duration.ofDays(3650)));
        assertThat(reasonOf(
                        () -> authority.issue("x", Role.NODE, temporary.resolve("x"), NOW.plus(Duration.ofDays(3651)))))
                .isEqualTo(IdentityException.Reason.EXPIRED);
    }

    @Test
    void a_bad_name_or_an_agent_of_nobody_is_not_issued() {
        Path out = temporary.resolve("x");
        NodeId node = new NodeId(1, 2);

        for (String name : List.of("", "A", "-a", "a b", "a/b", "a".repeat(64), "é")) {
            assertThat(reasonOf(() -> authority.issue(name, Role.NODE, out, NOW)))
                    .as(name)
                    .isEqualTo(IdentityException.Reason.NOT_ISSUABLE);
        }
        assertThat(reasonOf(() -> authority.issue("x", Role.HOST_AGENT, out, NOW)))
                .isEqualTo(IdentityException.Reason.NOT_ISSUABLE);
        assertThat(reasonOf(() -> authority.issue("x", Role.NODE, Optional.of(node), out, NOW)))
                .isEqualTo(IdentityException.Reason.NOT_ISSUABLE);
        assertThat(out).doesNotExist();
    }

    @Test
    void an_authority_whose_key_others_can_read_is_not_opened() throws Exception {
        Files.setPosixFilePermissions(
                authorityDirectory.resolve("ca.key.pem"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(reasonOf(() -> RackAuthority.open(authorityDirectory, random)))
                .isEqualTo(IdentityException.Reason.PERMISSIONS);
    }

    @Test
    void a_leaf_is_in_the_form_that_other_tools_expect() throws Exception {
        X509Certificate leaf =
                Identity.load(issued("a"), NOW).certificateChain().get(0);

        assertThat(leaf.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=a");
        assertThat(leaf.getIssuerX500Principal().getName()).isEqualTo("CN=lab,O=Rackweave");
        assertThat(leaf.getSubjectAlternativeNames().toString())
                .contains("urn:rackweave:role:node")
                .contains("urn:rackweave:node:" + NodeId.of(leaf.getPublicKey()));
    }

    @Test
    void an_id_reads_back_from_its_text_and_its_bytes() {
        NodeId id = new NodeId(0x0123456789abcdefL, 0xfedcba9876543210L);

        assertThat(id.toString()).isEqualTo("0123456789abcdeffedcba9876543210");
        assertThat(id.brief()).isEqualTo("01234567");
        assertThat(NodeId.parse(id.toString())).isEqualTo(id);
        assertThat(NodeId.fromBytes(id.bytes())).contains(id);
        assertThat(NodeId.fromBytes(new byte[15])).isEmpty();
        assertThat(new NodeId(-1, 0)).isGreaterThan(new NodeId(1, 0));
        assertThatThrownBy(() -> NodeId.parse("0123"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 lower-case hexadecimal digits");
        assertThatThrownBy(() -> RackId.parse("G".repeat(32))).hasMessageContaining("a rack id");
    }

    private Path issued(String name) throws IdentityException {
        authority.issue(name, Role.NODE, temporary.resolve(name), NOW);
        return temporary.resolve(name);
    }

    private static IdentityException failureOf(Path directory) {
        return catchThrowableOfType(IdentityException.class, () -> Identity.load(directory, NOW));
    }

    private static IdentityException.Reason reasonOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(IdentityException.class, call).reason();
    }

    private static String modeOf(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
