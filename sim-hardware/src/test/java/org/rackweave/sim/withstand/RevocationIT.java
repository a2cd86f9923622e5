package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RevocationList;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.SliceState;

/** A member is revoked at one node of a running rack: it is banned at all of them, what it holds comes back, and it stays out. */
class RevocationIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final TrialRack rack = TrialRack.of("a", "b", "thief");

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void whoIsRevokedAtOneNodeIsBannedAtAllAndLosesWhatItHolds() {
        TrialProcess a = rack.launch("a");
        int portOfA = a.awaitReady();
        int portOfB = rack.launch("b").awaitReady();
        int portOfThief = rack.launch("thief").awaitReady();
        Operator operator = rack.operator();
        for (int port : List.of(portOfA, portOfB, portOfThief)) {
            operator.awaitNeighbours(port, 2);
        }
        NodeId thief = rack.id("thief");
        operator.borrow(portOfThief, rack.id("a"), Duration.ofSeconds(30));
        assertThat(held(operator, portOfA)).isEqualTo(1);

        Ended revoked =
                rack.commandLine("a", "--yes", "ca", "revoke", rack.authority().toString(), "thief");
        assertThat(revoked.exitCode()).as(said(revoked)).isZero();
        Ended installed = rack.commandLine(
                "b",
                "revocations",
                "install",
                rack.authority().resolve(RevocationList.FILE).toString());
        assertThat(installed.exitCode()).as(said(installed)).isZero();

        for (int port : List.of(portOfA, portOfB)) {
            Soon.is("banned at " + port, SOON, () -> liveness(operator, port, thief)
                    .equals(Optional.of("banned")));
        }
        Soon.is("what it held at a is free again", SOON, () -> held(operator, portOfA) == 0);
        assertThat(operator.auditTrail(portOfA))
                .extracting(AuditRow::action)
                .contains("revocations.take", "lease.revoke");
        Soon.is(
                "a refuses its handshakes",
                SOON,
                () -> operator.counters(portOfA).get("unicast_certificate_untrusted") > 0);
        Map<String, Long> before = operator.counters(portOfA);
        Soon.is("a drops its datagrams", SOON, () -> operator.counters(portOfA).get("banned") > before.get("banned"));
        Path stolen = rack.stolenIdentity("thief");
        assertThat(CredulousVisitor.refusalOf(portOfA, stolen)).isPresent();
        assertThat(operator.ask(portOfThief, Operator.borrowing(Optional.of(rack.id("a")), 1, SOON)))
                .isInstanceOf(Answer.Refused.class);

        a.kill();
        int again = rack.launch("a").awaitReady();
        assertThat(CredulousVisitor.refusalOf(again, stolen))
                .as("after a restart too")
                .isPresent();
        assertThat(CredulousVisitor.refusalOf(again, rack.identity("operator"))).isEmpty();
    }

    @Test
    void whoWasAwayHearsOfItFromAnyNeighbourAndAnOlderListIsRefused() {
        int portOfA = rack.launch("a").awaitReady();
        Operator operator = rack.operator();
        Ended revoked =
                rack.commandLine("a", "--yes", "ca", "revoke", rack.authority().toString(), "thief");
        assertThat(revoked.exitCode()).as(said(revoked)).isZero();
        Path first = rack.scratch("first").resolve("list.pem");
        copy(rack.authority().resolve(RevocationList.FILE), first);
        Ended more = rack.commandLine(
                "a",
                "--yes",
                "ca",
                "revoke",
                rack.authority().toString(),
                rack.id("b").toString());
        assertThat(more.exitCode()).as(said(more)).isZero();
        String second = rack.authority().resolve(RevocationList.FILE).toString();
        assertThat(rack.commandLine("a", "revocations", "install", second).exitCode())
                .isZero();
        Ended older = rack.commandLine("a", "revocations", "install", first.toString());
        assertThat(older.exitCode()).isNotZero();
        assertThat(said(older)).contains("older");
        Ended again = rack.commandLine("a", "revocations", "install", second);
        assertThat(again.exitCode()).as("what is known is no failure").isZero();

        assertThat(operator.ask(portOfA, new Command.ReadRevocations())).isInstanceOf(Answer.Revocations.class);
        Ended shown = rack.commandLine("a", "revocations", "show");
        assertThat(said(shown))
                .contains(rack.id("thief").toString(), rack.id("b").toString());
    }

    private static String said(Ended ended) {
        return ended.output() + ended.errors();
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> liveness(Operator operator, int port, NodeId node) {
        return operator.nodes(port).stream()
                .filter(each -> each.id().equals(node))
                .map(each -> each.liveness())
                .findFirst();
    }

    private static long held(Operator operator, int port) {
        return operator.slices(port).stream()
                .filter(slice -> slice.state() != SliceState.FREE)
                .count();
    }
}
