package org.rackweave.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.config.Configuration;
import org.rackweave.config.PolicyDocument;
import org.rackweave.config.PolicyText;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.crypto.SignedText;
import org.rackweave.daemon.lease.LendingRules;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.daemon.ledger.StateDirectory;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.ResourceKind;

class RackPolicyTest {
    private static final NodeId OWNER = new NodeId(0, 1);
    private static final NodeId ELSEWHERE = new NodeId(0, 2);
    private static final NodeId FAVOURED = new NodeId(0, 3);
    private static final NodeId OTHER = new NodeId(0, 4);
    private static final Configuration.Keep NOTHING = new Configuration.Keep(0, 0, List.of());
    private static final Instant NOW = Instant.now();

    @TempDir
    Path dir;

    private final SecureRandom random = new SecureRandom();
    private RackAuthority authority;
    private Identity operator;

    @BeforeEach
    void issue() throws IdentityException {
        authority = RackAuthority.create(dir.resolve("ca"), "lab", NOW, random);
        operator = issued(authority, "olga", Role.OPERATOR);
    }

    private Identity issued(RackAuthority by, String name, Role role) throws IdentityException {
        Path place = dir.resolve(name);
        by.issue(name, role, place, NOW);
        return Identity.load(place, NOW);
    }

    private static LendingRules rules(Configuration.Keep keep, String... lines) {
        PolicyText.Reading reading = PolicyText.read("test", "version 1\n" + String.join("\n", lines));
        return RackPolicy.rulesOf(((PolicyText.Reading.Sound) reading).policy(), OWNER, keep);
    }

    @Test
    void a_floor_of_this_owner_holds_instead_of_each_ones_and_anothers_not_at_all() {
        LendingRules rules = rules(
                NOTHING,
                "floor memory 8GiB",
                "floor memory 2GiB at " + OWNER,
                "floor cores 4 at " + ELSEWHERE,
                "floor lanes 3");

        assertThat(rules.floors())
                .containsEntry(ResourceKind.MEMORY, 2L << 30)
                .containsEntry(ResourceKind.CORES, 0L)
                .containsEntry(ResourceKind.LANES, 3L);
    }

    @Test
    void of_what_the_policy_and_the_configuration_keep_the_larger_is_kept() {
        Configuration.Keep keep = new Configuration.Keep(4L << 30, 2, List.of());

        assertThat(rules(keep, "floor memory 8GiB", "floor cores 1").floors())
                .containsEntry(ResourceKind.MEMORY, 8L << 30)
                .containsEntry(ResourceKind.CORES, 2L);
        assertThat(RackPolicy.rules(Optional.empty(), OWNER, keep).floors())
                .containsEntry(ResourceKind.MEMORY, 4L << 30)
                .containsEntry(ResourceKind.CORES, 2L);
    }

    @Test
    void a_quota_that_names_more_holds_and_what_no_line_names_has_none() {
        LendingRules rules = rules(
                NOTHING,
                "quota memory 16GiB",
                "quota memory 4GiB at " + OWNER,
                "quota memory 64GiB for " + FAVOURED,
                "quota memory 32GiB for " + FAVOURED + " at " + ELSEWHERE,
                "quota cores 3 for " + OTHER + " at " + OWNER);

        assertThat(rules.quotas()).isEqualTo(Map.of(ResourceKind.MEMORY, 4L << 30));
        assertThat(rules.quotasOf())
                .isEqualTo(Map.of(
                        FAVOURED, Map.of(ResourceKind.MEMORY, 64L << 30),
                        OTHER, Map.of(ResourceKind.MEMORY, 4L << 30, ResourceKind.CORES, 3L)));
    }

    @Test
    void a_cap_of_ones_own_holds_instead_of_anybodys_whether_higher_or_lower() {
        LendingRules rules = rules(NOTHING, "cap 5", "cap 9 for " + FAVOURED, "cap 1 for " + OTHER);

        assertThat(rules.priority()).isEqualTo(5);
        assertThat(rules.prioritiesOf()).isEqualTo(Map.of(FAVOURED, 9, OTHER, 1));
    }

    @Test
    void how_much_may_be_reserved_at_once_is_what_the_line_of_this_owner_says() {
        assertThat(rules(NOTHING).maxReservations()).isEqualTo(LoanView.MAX_LEASES);
        assertThat(rules(NOTHING, "reservations 100", "reservations 3 at " + ELSEWHERE)
                        .maxReservations())
                .isEqualTo(100);
        assertThat(rules(NOTHING, "reservations 3 at " + OWNER, "reservations 100")
                        .maxReservations())
                .isEqualTo(3);
    }

    @Test
    void without_a_policy_nothing_is_ruled() {
        LendingRules rules = RackPolicy.rules(Optional.empty(), OWNER, NOTHING);

        assertThat(rules.floors().values()).containsOnly(0L);
        assertThat(rules.quotas()).isEmpty();
        assertThat(rules.quotasOf()).isEmpty();
        assertThat(rules.prioritiesOf()).isEmpty();
        assertThat(rules.priority()).isEqualTo(PolicyDocument.MAX_PRIORITY);
        assertThat(rules.maxReservations()).isEqualTo(LendingRules.NONE.maxReservations());
    }

    private Path signed(Identity by, String text) throws IOException {
        return Files.writeString(
                dir.resolve("policy.pem"), SignedText.sign(by, PolicyDocument.PURPOSE, text, NOW, random));
    }

    private RackPolicy read(Path file) throws StartException {
        return RackPolicy.read(file.toString(), authority.trust()).orElseThrow();
    }

    @Test
    void what_an_operator_signed_is_read_and_no_path_is_no_policy() throws Exception {
        RackPolicy policy = read(signed(operator, "version 7\ncap 3\n"));

        assertThat(policy.document().version()).isEqualTo(7);
        assertThat(policy.signer()).isEqualTo(operator.principal());
        assertThat(RackPolicy.read("", authority.trust())).isEmpty();
    }

    @Test
    void what_cannot_be_believed_stops_the_start_with_the_file_and_the_option() throws Exception {
        RackAuthority other = RackAuthority.create(dir.resolve("ca2"), "other", NOW, random);

        assertRefused(dir.resolve("nosuch.pem"), "nosuch.pem", "cannot be read");
        assertRefused(Files.writeString(dir.resolve("policy.pem"), "version 1\n"), "is not one signed text");
        assertRefused(signed(issued(authority, "card", Role.NODE), "version 1\n"), "only an operator may sign");
        assertRefused(signed(issued(other, "eve", Role.OPERATOR), "version 1\n"), "another rack");
        assertRefused(signed(operator, "version 1\nflor memory 1\nquota\n"), "'flor' is no rule", "(and 1 more)");
    }

    private void assertRefused(Path file, String... words) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("lending.policy")
                .hasMessageContaining(file.getFileName().toString())
                .hasMessageContainingAll(words);
    }

    @Test
    void an_older_version_is_refused_for_ever_and_a_newer_one_is_audited_once() throws Exception {
        assertThat(admit(2)).isEmpty();
        assertThat(admit(3)).isEmpty();
        assertThat(admit(3)).isEmpty();

        assertThat(admit(2).orElseThrow()).contains("version 2", "version 3", "version 4");
        try (StateDirectory directory = StateDirectory.take(dir.resolve("state"));
                Ledger ledger = Ledger.open(directory, 64L << 20)) {
            assertThat(ledger.meta(RackPolicy.VERSION_META)).contains("3");
            assertThat(ledger.audit(0, 9))
                    .filteredOn(row -> row.action().equals("policy.loaded"))
                    .extracting(AuditRow::subject)
                    .containsExactly("version 2", "version 3");
        }
    }

    /** What is said against that version at a start; empty when nothing is. */
    private Optional<String> admit(long version) throws LedgerException, IOException {
        PolicyDocument document = new PolicyDocument(version, List.of(), List.of(), List.of(), List.of());
        try (StateDirectory directory = StateDirectory.take(dir.resolve("state"));
                Ledger ledger = Ledger.open(directory, 64L << 20)) {
            new RackPolicy(document, operator.principal()).admit(ledger, 1);
            return Optional.empty();
        } catch (StartException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
