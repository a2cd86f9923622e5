package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.IdentityException.Reason;

/** How members come to their certificates, to the next ones, and over to another root. */
class EnrolmentTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofDays(300));

    @TempDir
    private Path temp;

    private final SecureRandom random = new SecureRandom();
    private int answers;

    @BeforeEach
    void makeARack() throws IdentityException {
        RackAuthority.create(temp.resolve("ca"), "rack", NOW, random);
    }

    // ---- joining ---------------------------------------------------------------------------------------------------

    @Test
    void aKeyThatNeverLeavesItsDirectoryBecomesAMember() throws Exception {
        NodeId id = Enrolment.request(temp.resolve("a"), "card-a", random);
        Path answer = answered("a", "card-a");
        assertThat(answer.resolve("node.key.pem")).doesNotExist();

        Enrolment.Standing standing = Enrolment.install(temp.resolve("a"), answer, NOW);

        assertThat(standing.principal()).isEqualTo(new Principal("card-a", id, Role.NODE, Optional.empty()));
        assertThat(standing.rack()).isEqualTo(authority().rackId());
        assertThat(standing.groupKey())
                .contains(GroupKey.load(temp.resolve("ca")).id());
        assertThat(Identity.load(temp.resolve("a"), NOW).principal()).isEqualTo(standing.principal());
        assertThat(temp.resolve("a").resolve(Enrolment.REQUEST)).doesNotExist();
    }

    @Test
    void whoHasNoAnswerYetIsToldWhatToDo() throws Exception {
        Enrolment.request(temp.resolve("a"), "card-a", random);
        assertThatThrownBy(() -> Enrolment.status(temp.resolve("a"), NOW)).hasMessageContaining("request.pem");
    }

    @Test
    void aRequestOfSomebodyElseIsNotAnswered() throws Exception {
        Enrolment.request(temp.resolve("a"), "card-a", random);
        refuses(Reason.NOT_ISSUABLE, "request of 'card-a', not of 'card-b'", () -> answered("a", "card-b"));
    }

    @Test
    void aRequestThatWasChangedAtAnyByteIsNone() throws Exception {
        Enrolment.request(temp.resolve("a"), "card-a", random);
        byte[] der = Pem.decode(
                        Pem.CERTIFICATE_REQUEST,
                        Files.readAllBytes(temp.resolve("a").resolve(Enrolment.REQUEST)))
                .orElseThrow()
                .get(0);
        assertThat(EnrolmentRequest.parse(der)).isPresent();
        for (int i = 0; i < der.length; i++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                der[i] ^= (byte) (1 << bit);
                assertThat(EnrolmentRequest.parse(der))
                        .as("byte %d, bit %d", i, bit)
                        .isEmpty();
                der[i] ^= (byte) (1 << bit);
            }
        }
    }

    @Test
    void anAnswerToAnotherKeyIsRefusedAndNothingIsTouched() throws Exception {
        Enrolment.request(temp.resolve("a"), "card-a", random);
        Enrolment.request(temp.resolve("b"), "card-b", random);
        Path answer = answered("b", "card-b");
        refuses(Reason.KEY_MISMATCH, "does not belong", () -> Enrolment.install(temp.resolve("a"), answer, NOW));
        assertThat(temp.resolve("a").resolve("ca.cert.pem")).doesNotExist();
    }

    @Test
    void anInstallationThatWasCutOffAfterTheRootsIsDoneAgain() throws Exception {
        Enrolment.request(temp.resolve("a"), "card-a", random);
        Path answer = answered("a", "card-a");
        Files.copy(answer.resolve("ca.cert.pem"), temp.resolve("a").resolve("ca.cert.pem"));
        Enrolment.install(temp.resolve("a"), answer, NOW);
        assertThat(Identity.load(temp.resolve("a"), NOW).principal().name()).isEqualTo("card-a");
    }

    // ---- renewing --------------------------------------------------------------------------------------------------

    @Test
    void whoIsRenewedIsWhoItWasForAnotherYear() throws Exception {
        Principal before = authority().issue("a", Role.OPERATOR, temp.resolve("a"), NOW);
        Instant end = Identity.load(temp.resolve("a"), NOW).notAfter();
        assertThat(Enrolment.status(temp.resolve("a"), LATER).isToBeRenewed(LATER))
                .isFalse();
        assertThat(Enrolment.isToBeRenewed(end, end.minus(Duration.ofDays(29)))).isTrue();

        Enrolment.Standing standing = Enrolment.install(temp.resolve("a"), renewed("a", LATER), LATER);

        assertThat(standing.principal()).isEqualTo(before);
        assertThat(standing.notAfter()).isEqualTo(LATER.plus(Duration.ofDays(365)));
        assertThat(standing.groupKey()).isEmpty();
    }

    @Test
    void whoseCertificateHasExpiredCanBeRenewed() throws Exception {
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        Instant tooLate = NOW.plus(Duration.ofDays(500));
        refuses(Reason.EXPIRED, "expired", () -> Identity.load(temp.resolve("a"), tooLate));
        Enrolment.install(temp.resolve("a"), renewed("a", tooLate), tooLate);
        assertThat(Identity.load(temp.resolve("a"), tooLate).principal().name()).isEqualTo("a");
    }

    @Test
    void whoWasRevokedIsNotRenewed() throws Exception {
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        authority().revoke(List.of("a"), NOW);
        refuses(Reason.NOT_TRUSTED, "revoked", () -> renewed("a", LATER));
    }

    @Test
    void whomAnotherAuthorityIssuedIsNotRenewed() throws Exception {
        RackAuthority.create(temp.resolve("other"), "rack", NOW, random).issue("a", Role.NODE, temp.resolve("a"), NOW);
        refuses(Reason.NOT_TRUSTED, "signature does not hold", () -> renewed("a", LATER));
    }

    @Test
    void anOlderAnswerIsRefused() throws Exception {
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        Path early = renewed("a", NOW.plusSeconds(60));
        Enrolment.install(temp.resolve("a"), renewed("a", LATER), LATER);
        refuses(Reason.NOT_ISSUABLE, "before the one", () -> Enrolment.install(temp.resolve("a"), early, LATER));
    }

    @Test
    void aListOfRevocationsInAnAnswerIsKeptUnlessANewerOneIsThere() throws Exception {
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        authority().issue("b", Role.NODE, temp.resolve("b"), NOW);
        authority().revoke(List.of("b"), NOW);
        Enrolment.Standing standing = Enrolment.install(temp.resolve("a"), renewed("a", LATER), LATER);
        assertThat(standing.revocations()).contains(1L);
        Path withFirst = renewed("a", LATER.plusSeconds(60));
        authority().revoke(List.of("b"), NOW);
        Files.copy(
                temp.resolve("ca").resolve(RevocationList.FILE),
                temp.resolve("a").resolve(RevocationList.FILE),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(Enrolment.install(temp.resolve("a"), withFirst, LATER).revocations())
                .contains(2L);
    }

    // ---- another root ----------------------------------------------------------------------------------------------

    @Test
    void duringARollOverOldAndNewMembersBelieveEachOther() throws Exception {
        authority().issue("old", Role.NODE, temp.resolve("old"), NOW);
        authority().rollover(NOW);
        authority().issue("new", Role.NODE, temp.resolve("new"), NOW);
        believe("old", "new", NOW);
        believe("new", "old", NOW);
    }

    @Test
    void afterARollOverOnlyTheNewRootSignsAndWhoHasBothBelievesBoth() throws Exception {
        RackId rack = authority().rackId();
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        authority().issue("forgotten", Role.NODE, temp.resolve("forgotten"), NOW);
        authority().rollover(NOW);
        Enrolment.install(temp.resolve("a"), renewed("a", NOW.plusSeconds(1)), NOW.plusSeconds(1));
        authority().completeRollover();
        authority().issue("b", Role.NODE, temp.resolve("b"), NOW);

        assertThat(authority().rackId()).isEqualTo(rack);
        assertThat(Identity.load(temp.resolve("b"), NOW).trust().rackId()).isEqualTo(rack);
        assertThat(temp.resolve("ca").resolve("ca.next.key.pem")).doesNotExist();
        believe("a", "b", NOW);
        believe("b", "a", NOW);
        assertThat(verdict("forgotten", "b", NOW)).isEqualTo(new Verdict.Untrusted(Distrust.BAD_SIGNATURE));
        assertThat(RevocationList.read(
                        signedBy(authority().revoke(List.of("forgotten"), NOW)),
                        Identity.load(temp.resolve("a"), NOW.plusSeconds(1)).trust()))
                .isPresent();
    }

    @Test
    void whoWasForgottenInARollOverIsRenewedByTheNewRoot() throws Exception {
        authority().issue("forgotten", Role.NODE, temp.resolve("forgotten"), NOW);
        authority().rollover(NOW);
        authority().completeRollover();
        authority().issue("b", Role.NODE, temp.resolve("b"), NOW);
        assertThat(verdict("forgotten", "b", NOW)).isInstanceOf(Verdict.Untrusted.class);
        Enrolment.install(temp.resolve("forgotten"), renewed("forgotten", LATER), LATER);
        believe("forgotten", "b", LATER);
        believe("b", "forgotten", LATER);
    }

    @Test
    void theNewRootStandsWhenTheOldOneHasEnded() throws Exception {
        Instant nearTheEnd = NOW.plus(CertificateProfile.ROOT_VALIDITY).minus(Duration.ofDays(1));
        authority().rollover(nearTheEnd);
        authority().completeRollover();
        Instant after = nearTheEnd.plus(Duration.ofDays(5));
        authority().issue("a", Role.NODE, temp.resolve("a"), after);
        authority().issue("b", Role.NODE, temp.resolve("b"), after);
        believe("a", "b", after);
    }

    @Test
    void anAnswerFromBeforeARollOverTakesNoRootAway() throws Exception {
        Instant lastYear = NOW.plus(CertificateProfile.ROOT_VALIDITY).minus(Duration.ofDays(100));
        authority().issue("a", Role.NODE, temp.resolve("a"), lastYear);
        Path before = renewed("a", lastYear);
        authority().rollover(lastYear);
        Enrolment.install(temp.resolve("a"), renewed("a", lastYear), lastYear);
        refuses(Reason.NOT_TRUSTED, "lacks a root", () -> Enrolment.install(temp.resolve("a"), before, lastYear));
    }

    @Test
    void aKeyThatWasRevokedIsNotCertifiedAgainByAnyWay() throws Exception {
        NodeId id = Enrolment.request(temp.resolve("a"), "card-a", random);
        answered("a", "card-a");
        authority().revoke(List.of("card-a"), NOW);
        refuses(Reason.NOT_ISSUABLE, id + " was revoked", () -> answered("a", "card-a"));
    }

    @Test
    void aRootThatNobodyVouchedForIsRefused() throws Exception {
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        authority().rollover(NOW);
        Path answer = renewed("a", LATER);
        Files.delete(answer.resolve("rollover.pem"));
        refuses(Reason.NOT_TRUSTED, "vouches", () -> Enrolment.install(temp.resolve("a"), answer, LATER));
    }

    @Test
    void aRootThatAnotherRacksRootVouchedForIsRefused() throws Exception {
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        authority().rollover(NOW);
        RackAuthority other = RackAuthority.create(temp.resolve("other"), "rack", NOW, random);
        other.rollover(NOW);
        Path answer = renewed("a", LATER);
        copy(temp.resolve("other").resolve("rollover.pem"), answer.resolve("rollover.pem"));
        refuses(Reason.NOT_TRUSTED, "vouches", () -> Enrolment.install(temp.resolve("a"), answer, LATER));
    }

    @Test
    void theAnswerOfAnotherRackIsRefusedByAMember() throws Exception {
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        RackAuthority.create(temp.resolve("other"), "rack", NOW, random);
        Enrolment.request(temp.resolve("b"), "a", random);
        Path answer = temp.resolve("answer");
        RackAuthority.open(temp.resolve("other"), random)
                .issue("a", Role.NODE, Optional.empty(), temp.resolve("b").resolve(Enrolment.REQUEST), answer, LATER);
        copy(temp.resolve("b").resolve("node.key.pem"), temp.resolve("a").resolve("node.key.pem"));
        refuses(Reason.NOT_TRUSTED, "vouches", () -> Enrolment.install(temp.resolve("a"), answer, LATER));
    }

    @Test
    void aRollOverAtATimeAndTwoInAllAreEnough() throws Exception {
        refuses(Reason.NOT_ISSUABLE, "no new root", () -> authority().completeRollover());
        authority().rollover(NOW);
        refuses(Reason.NOT_ISSUABLE, "there already", () -> authority().rollover(NOW));
        authority().completeRollover();
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        authority().rollover(NOW);
        Enrolment.install(temp.resolve("a"), renewed("a", LATER), LATER);
        authority().completeRollover();
        authority().issue("b", Role.NODE, temp.resolve("b"), NOW);
        believe("a", "b", LATER);
        refuses(Reason.NOT_ISSUABLE, "at most 3 roots", () -> authority().rollover(NOW));
    }

    @Test
    void aMemberThatMissedTheFirstRollOverFollowsTheSecondOverTheChain() throws Exception {
        authority().issue("a", Role.NODE, temp.resolve("a"), NOW);
        authority().rollover(NOW);
        authority().completeRollover();
        authority().rollover(NOW);
        authority().completeRollover();
        assertThat(Enrolment.install(temp.resolve("a"), renewed("a", LATER), LATER)
                        .roots())
                .hasSize(3);
    }

    @Test
    void aRollOverThatWasCutOffIsBegunAgain() throws Exception {
        Path roots = temp.resolve("ca").resolve("ca.cert.pem");
        byte[] before = Files.readAllBytes(roots);
        authority().rollover(NOW);
        // The roots are written last.
        Files.write(roots, before);
        authority().rollover(NOW);
        authority().completeRollover();
        authority().issue("b", Role.NODE, temp.resolve("b"), NOW);
        assertThat(Enrolment.status(temp.resolve("b"), NOW).roots()).hasSize(2);
    }

    @Test
    void aCompletionThatWasCutOffIsComplete() throws Exception {
        authority().rollover(NOW);
        Path next = temp.resolve("ca").resolve("ca.next.key.pem");
        byte[] key = Files.readAllBytes(next);
        authority().completeRollover();
        // The key of the next root is removed last.
        Files.write(next, key);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
        refuses(Reason.NOT_ISSUABLE, "no new root", () -> authority().completeRollover());
        authority().rollover(NOW);
        authority().completeRollover();
        authority().issue("b", Role.NODE, temp.resolve("b"), NOW);
        assertThat(Enrolment.status(temp.resolve("b"), NOW).roots()).hasSize(3);
    }

    // ---- the rig ---------------------------------------------------------------------------------------------------

    private RackAuthority authority() throws IdentityException {
        return RackAuthority.open(temp.resolve("ca"), random);
    }

    private Path answered(String directory, String name) throws IdentityException {
        Path answer = temp.resolve("answer-" + ++answers);
        authority()
                .issue(
                        name,
                        Role.NODE,
                        Optional.empty(),
                        temp.resolve(directory).resolve(Enrolment.REQUEST),
                        answer,
                        NOW);
        return answer;
    }

    private Path renewed(String name, Instant now) throws IdentityException {
        Path answer = temp.resolve("answer-" + ++answers);
        authority().renew(temp.resolve(name).resolve("node.cert.pem"), answer, now);
        return answer;
    }

    private Verdict verdict(String who, String ofWhom, Instant now) throws IdentityException {
        return Identity.load(temp.resolve(who), now)
                .trust()
                .verify(Identity.load(temp.resolve(ofWhom), now).certificateChain(), now);
    }

    private void believe(String who, String whom, Instant now) throws IdentityException {
        assertThat(verdict(who, whom, now)).isInstanceOf(Verdict.Trusted.class);
    }

    private byte[] signedBy(RevocationList list) throws IdentityException {
        assertThat(list.number()).isEqualTo(1);
        return RevocationList.load(temp.resolve("ca").resolve(RevocationList.FILE))
                .orElseThrow();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.write(to, Files.readAllBytes(from));
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void refuses(Reason reason, String words, Step step) {
        assertThatThrownBy(step::run)
                .hasMessageContaining(words)
                .asInstanceOf(type(IdentityException.class))
                .extracting(IdentityException::reason)
                .isEqualTo(reason);
    }
}
