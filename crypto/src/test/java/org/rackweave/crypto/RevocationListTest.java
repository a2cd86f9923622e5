package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is no longer a member, by the authority's word alone. */
class RevocationListTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    @TempDir
    private Path temp;

    private RackAuthority authority;
    private Principal thief;
    private Principal honest;

    @BeforeEach
    void makeARack() throws IdentityException {
        authority = RackAuthority.create(temp.resolve("ca"), "rack", NOW, new SecureRandom());
        thief = authority.issue("thief", Role.NODE, temp.resolve("thief"), NOW);
        honest = authority.issue("honest", Role.NODE, temp.resolve("honest"), NOW);
    }

    @Test
    void whoIsRevokedIsNotBelievedAnyMoreAndAllOthersAre() throws IdentityException {
        Identity mine = Identity.load(temp.resolve("honest"), NOW);
        Identity its = Identity.load(temp.resolve("thief"), NOW);
        assertThat(mine.trust().verify(its.certificateChain(), NOW)).isEqualTo(new Verdict.Trusted(thief));
        mine.trust().revoke(authority.revoke(List.of("thief"), NOW));
        assertThat(mine.trust().verify(its.certificateChain(), NOW)).isEqualTo(new Verdict.Untrusted(Distrust.REVOKED));
        assertThat(mine.trust().verify(mine.certificateChain(), NOW)).isEqualTo(new Verdict.Trusted(honest));
    }

    @Test
    void eachListHasAHigherNumberAndForgetsNobody() throws IdentityException {
        RevocationList first = authority.revoke(List.of("thief"), NOW);
        RevocationList second = authority.revoke(List.of(honest.id().toString()), NOW);
        assertThat(second.number()).isEqualTo(first.number() + 1);
        assertThat(second.members()).containsExactlyInAnyOrder(thief.id(), honest.id());
        assertThat(RevocationList.read(signed(), authority.trust())).contains(second);
    }

    @Test
    void aNameThatWasNeverIssuedIsRefusedAndNothingIsSigned() {
        assertThatThrownBy(() -> authority.revoke(List.of("thief", "nobody"), NOW))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("'nobody'");
        assertThat(temp.resolve("ca").resolve(RevocationList.FILE)).doesNotExist();
    }

    @Test
    void everyNewMemberKnowsTheListFromItsStart() throws IdentityException {
        authority.revoke(List.of("thief"), NOW);
        authority.issue("late", Role.OPERATOR, temp.resolve("late"), NOW);
        Identity late = Identity.load(temp.resolve("late"), NOW);
        Identity its = Identity.load(temp.resolve("thief"), NOW);
        assertThat(late.trust().verify(its.certificateChain(), NOW)).isEqualTo(new Verdict.Untrusted(Distrust.REVOKED));
    }

    @Test
    void noChangedByteAndNoCutListIsBelieved() throws IdentityException {
        RevocationList list = authority.revoke(List.of("thief"), NOW);
        byte[] signed = signed();
        assertThat(RevocationList.read(signed, authority.trust())).contains(list);
        for (int i = 0; i < signed.length; i++) {
            byte[] changed = signed.clone();
            changed[i] ^= 1;
            assertThat(RevocationList.read(changed, authority.trust()))
                    .as("byte %d", i)
                    .isEmpty();
            assertThat(RevocationList.read(java.util.Arrays.copyOf(signed, i), authority.trust()))
                    .as("cut to %d", i)
                    .isEmpty();
        }
    }

    @Test
    void aListOfAnotherRackAndOneThatAMemberSignedAreNotBelieved() throws IdentityException {
        RackAuthority other = RackAuthority.create(temp.resolve("other"), "other", NOW, new SecureRandom());
        other.issue("thief", Role.NODE, temp.resolve("other-thief"), NOW);
        RevocationList foreign = other.revoke(List.of("thief"), NOW);
        byte[] signed = RevocationList.load(temp.resolve("other").resolve(RevocationList.FILE))
                .orElseThrow();
        assertThat(RevocationList.read(signed, other.trust())).contains(foreign);
        assertThat(RevocationList.read(signed, authority.trust())).isEmpty();

        RevocationList mine = authority.revoke(List.of("honest"), NOW);
        Identity member = Identity.load(temp.resolve("thief"), NOW);
        byte[] forged = mine.sign(member.privateKey(), new SecureRandom());
        assertThat(RevocationList.read(forged, authority.trust())).isEmpty();
    }

    @Test
    void aFullListStillFitsAnOrder() throws IdentityException {
        java.util.TreeSet<NodeId> many = new java.util.TreeSet<>();
        for (int i = 0; i < RevocationList.MAX_MEMBERS; i++) {
            many.add(new NodeId(i, -i));
        }
        RevocationList full = new RevocationList(authority.rackId(), Long.MAX_VALUE, NOW, many);
        Identity member = Identity.load(temp.resolve("thief"), NOW);
        assertThat(full.sign(member.privateKey(), new SecureRandom()))
                .hasSizeLessThanOrEqualTo(RevocationList.MAX_BYTES);
        many.add(new NodeId(-1, -1));
        assertThatThrownBy(() -> new RevocationList(authority.rackId(), 1, NOW, many))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDamagedFileIsNamedAndLoadsNoIdentity() throws Exception {
        authority.revoke(List.of("thief"), NOW);
        authority.issue("late", Role.NODE, temp.resolve("late"), NOW);
        Path file = temp.resolve("late").resolve(RevocationList.FILE);
        Files.writeString(file, Files.readString(file).replaceFirst("\n[A-Za-z0-9+/]{4}", "\nAAAA"));
        assertThatThrownBy(() -> Identity.load(temp.resolve("late"), NOW))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining(RevocationList.FILE);
        assertThat(RevocationList.load(temp.resolve("nowhere"))).isEqualTo(Optional.empty());
    }

    private byte[] signed() throws IdentityException {
        return RevocationList.load(temp.resolve("ca").resolve(RevocationList.FILE))
                .orElseThrow();
    }
}
