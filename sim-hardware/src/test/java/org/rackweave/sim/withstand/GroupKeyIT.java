package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.RevocationList;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.GroupKeyView;

/** The group key of a running rack is replaced: whoever is a member gets it, whoever was revoked does not. */
class GroupKeyIT {
    private static final Duration SOON = Duration.ofSeconds(40);

    private final TrialRack rack = TrialRack.of("a", "b", "c", "late");

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void aNewKeySpreadsToAllAndToAMemberThatMissedTwoAndIsThereAfterARestart() {
        TrialProcess a = rack.launch("a");
        int portOfA = a.awaitReady();
        int portOfB = rack.launch("b").awaitReady();
        TrialProcess c = rack.launch("c");
        int portOfC = c.awaitReady();
        Operator operator = rack.operator();
        for (int port : List.of(portOfA, portOfB, portOfC)) {
            operator.awaitNeighbours(port, 2);
        }
        assertThat(inUse(operator, portOfA).number()).isEqualTo(1);

        Ended rotated = rack.commandLine("a", "group", "rotate");
        assertThat(rotated.exitCode()).as(said(rotated)).isZero();
        for (int port : List.of(portOfA, portOfB, portOfC)) {
            awaitInUse(operator, port, 2);
        }
        assertThat(operator.auditTrail(portOfA)).extracting(AuditRow::action).contains("group.rotate");

        c.kill();
        for (long number = 3; number <= 4; number++) {
            Soon.is("the last rotation is over", SOON, () -> operator.ask(portOfB, new Command.RotateGroupKey())
                    .equals(new Answer.Done()));
            awaitInUse(operator, portOfA, number);
            awaitInUse(operator, portOfB, number);
        }
        int cAgain = rack.launch("c").awaitReady();
        awaitInUse(operator, cAgain, 4);
        assertThat(inUse(operator, cAgain)).isEqualTo(inUse(operator, portOfA));
        awaitAnnouncements(operator, cAgain);
        awaitAnnouncements(operator, portOfA);
        operator.awaitNeighbours(cAgain, 2);

        a.kill();
        int aAgain = rack.launch("a").awaitReady();
        assertThat(inUse(operator, aAgain).number()).isEqualTo(4);
        Ended shown = rack.commandLine("b", "group", "show");
        assertThat(said(shown)).contains("4:").contains("in-use");
        for (String name : List.of("a", "b", "c")) {
            for (String secret : secretsOf(rack.state(name).resolve(MadeKey.FILE))) {
                assertThat(said(shown)).doesNotContain(secret);
            }
        }
    }

    @Test
    void aRevokedMemberGetsNoNewKeyAndHearsNothingAnyMore() {
        int portOfA = rack.launch("a").awaitReady();
        int portOfB = rack.launch("b").awaitReady();
        int portOfThief = rack.launch("c").awaitReady();
        Operator operator = rack.operator();
        for (int port : List.of(portOfA, portOfB, portOfThief)) {
            operator.awaitNeighbours(port, 2);
        }
        Ended revoked =
                rack.commandLine("a", "--yes", "ca", "revoke", rack.authority().toString(), "c");
        assertThat(revoked.exitCode()).as(said(revoked)).isZero();
        Ended installed = rack.commandLine(
                "b",
                "revocations",
                "install",
                rack.authority().resolve(RevocationList.FILE).toString());
        assertThat(installed.exitCode()).as(said(installed)).isZero();

        for (int port : List.of(portOfA, portOfB)) {
            Soon.is(
                    "a key under the list is in use at " + port,
                    SOON,
                    () -> inUse(operator, port).revocations() == 1);
        }
        Soon.is("both have the same", SOON, () -> inUse(operator, portOfA).equals(inUse(operator, portOfB)));
        Map<String, Long> before = operator.counters(portOfThief);
        Soon.is(
                "the revoked member cannot open what it hears",
                SOON,
                () -> operator.counters(portOfThief).get("other_group_epoch") > before.get("other_group_epoch") + 20);
        assertThat(operator.counters(portOfThief).get("accepted_announce")).isEqualTo(before.get("accepted_announce"));
        assertThat(inUse(operator, portOfThief).revocations()).isZero();
        assertThat(CredulousVisitor.refusalOf(portOfA, rack.stolenIdentity("c")))
                .isPresent();
        assertThat(operator.ask(portOfA, new Command.ReadGroupKey()))
                .as("an operator is no node")
                .isInstanceOf(Answer.Refused.class);
        awaitAnnouncements(operator, portOfA);
        awaitAnnouncements(operator, portOfB);
    }

    @Test
    void aMemberThatMissedTheListTooGetsItTogetherWithTheKey() {
        int portOfA = rack.launch("a").awaitReady();
        int portOfB = rack.launch("b").awaitReady();
        Operator operator = rack.operator();
        operator.awaitNeighbours(portOfA, 1);
        operator.awaitNeighbours(portOfB, 1);
        Ended revoked =
                rack.commandLine("a", "--yes", "ca", "revoke", rack.authority().toString(), "c");
        assertThat(revoked.exitCode()).as(said(revoked)).isZero();
        Ended installed = rack.commandLine(
                "a",
                "revocations",
                "install",
                rack.authority().resolve(RevocationList.FILE).toString());
        assertThat(installed.exitCode()).as(said(installed)).isZero();
        for (int port : List.of(portOfA, portOfB)) {
            Soon.is(
                    "a key under the list is in use at " + port,
                    SOON,
                    () -> inUse(operator, port).revocations() == 1);
        }

        int portOfLate = rack.launch("late").awaitReady();
        Soon.is("it seals as the others do", SOON, () -> inUse(operator, portOfLate)
                .equals(inUse(operator, portOfA)));
        assertThat(CredulousVisitor.refusalOf(portOfLate, rack.stolenIdentity("c")))
                .as("it knows whom to refuse")
                .isPresent();
        awaitAnnouncements(operator, portOfLate);
        awaitAnnouncements(operator, portOfA);
    }

    private static KeyMark inUse(Operator operator, int port) {
        return ((Answer.Group) operator.ask(port, new Command.ReadGroup()))
                .keys().stream()
                        .filter(key -> key.standing() == GroupKeyView.Standing.IN_USE)
                        .findFirst()
                        .orElseThrow()
                        .mark();
    }

    private static void awaitInUse(Operator operator, int port, long number) {
        Soon.is(
                "key " + number + " is in use at " + port,
                SOON,
                () -> inUse(operator, port).number() == number);
    }

    private static void awaitAnnouncements(Operator operator, int port) {
        long before = operator.counters(port).get("accepted_announce");
        Soon.is(
                port + " hears its neighbours",
                SOON,
                () -> operator.counters(port).get("accepted_announce") > before + 5);
    }

    private static List<String> secretsOf(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .skip(2)
                    .map(line -> line.split(" ", -1)[2])
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String said(Ended ended) {
        return ended.output() + ended.errors();
    }
}
