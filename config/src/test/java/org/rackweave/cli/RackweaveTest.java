package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceState;

class RackweaveTest {
    @TempDir
    Path dir;

    private final Rig rig = new Rig();

    @ParameterizedTest
    @EnumSource(RefusalCode.class)
    void everyRefusalHasItsExitCodeAndSaysWhatToDo(RefusalCode code) {
        Map<RefusalCode, Integer> expected = new EnumMap<>(Map.of(
                RefusalCode.INVALID, 2,
                RefusalCode.DENIED, 5,
                RefusalCode.NOT_FOUND, 3,
                RefusalCode.CONFLICT, 4,
                RefusalCode.STALE_EPOCH, 4,
                RefusalCode.UNAVAILABLE, 1,
                RefusalCode.BUSY, 1,
                RefusalCode.NO_MATCH, 1,
                RefusalCode.UNREACHABLE, 6,
                RefusalCode.QUARANTINED, 1));
        rig.rack.answer(Command.Kind.LIST_NODES, c -> new Answer.Refused(code, "the detail\u0007", 1_500));

        Rig.Outcome outcome = rig.run("nodes");

        assertThat(outcome.exitCode().code()).isEqualTo(expected.get(code));
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .startsWith("rackweave: " + code.word() + ": the detail? (try again in 1s)\n  -> ")
                .hasLineCount(2);
    }

    @Test
    void everyExitCodeIsInTheHelp() {
        String help = rig.run("--help").out();

        for (ExitCode code : ExitCode.values()) {
            assertThat(help.replaceAll("\\s+", " ")).contains(code.code() + " " + code.sentence());
        }
        assertThat(help.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void withoutACommandAllAreNamedAndItIsAWrongUse() {
        Rig.Outcome outcome = rig.run();

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(outcome.err()).contains("a command is missing: one of status, nodes");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void theVersionIsData() {
        assertThat(rig.run("--version").out()).startsWith("rackweave ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"release 7ea5", "revoke 9a11", "quarantine end window2"})
    void nothingIsTakenAwayWithoutAYes(String line) {
        Rig unattended = new Rig();
        Rig refusing = new Rig().withTerminal("n");
        Rig silent = new Rig().withTerminal();
        Rig agreeing = new Rig().withTerminal("y");
        String[] words = line.split(" ");

        assertThat(unattended.run(words).exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(refusing.run(words).exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(silent.run(words).exitCode()).isEqualTo(ExitCode.FAILED);
        for (Rig rig : List.of(unattended, refusing, silent)) {
            assertThat(rig.rack.asked).allSatisfy(command -> assertThat(command.kind())
                    .isNotIn(Command.Kind.RELEASE_LOAN, Command.Kind.REVOKE, Command.Kind.END_QUARANTINE));
        }
        assertThat(agreeing.run(words).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(agreeing.asked.toString()).startsWith("This will ").endsWith("Go on? [y/N] ");
    }

    @Test
    void borrowSaysWhatWasAskedFor() {
        rig.run(
                "borrow",
                "--kind",
                "memory",
                "--amount",
                "3GiB",
                "--term",
                "90s",
                "--priority",
                "7",
                "--from",
                "card-b",
                "--capability",
                "cxl/3.0",
                "--max-lenders",
                "2",
                "--forced-end",
                "tolerated",
                "--dry-run");

        assertThat(rig.rack.asked.get(1)).isInstanceOfSatisfying(Command.Borrow.class, borrow -> {
            assertThat(borrow.mode()).isEqualTo(Command.Borrow.Mode.DRY_RUN);
            assertThat(borrow.requirement().amount()).isEqualTo(3 * CannedRack.GIB);
            assertThat(borrow.requirement().termMillis()).isEqualTo(90_000);
            assertThat(borrow.requirement().priority()).isEqualTo(7);
            assertThat(borrow.requirement().from()).contains(CannedRack.B);
            assertThat(borrow.requirement().capability()).contains("cxl/3.0");
            assertThat(borrow.requirement().maxLenders()).isEqualTo(2);
        });
    }

    @Test
    void borrowStandsInLineAndFollowsItsPlaceUntilTheLoanIsActive() {
        AtomicInteger looks = new AtomicInteger();
        rig.rack.answer(Command.Kind.BORROW, c -> new Answer.Loan(CannedRack.waiting(3)));
        rig.rack.answer(
                Command.Kind.READ_LOAN,
                c -> new Answer.Loan(
                        looks.incrementAndGet() < 4
                                ? CannedRack.waiting(3 - looks.get() / 2)
                                : CannedRack.loan(LoanState.ACTIVE)));

        Rig.Outcome outcome = rig.run("borrow", "--kind", "memory", "--amount", "2GiB", "--wait");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(outcome.err()).containsSubsequence("To end it: rackweave release", "place 3 of 3", "place 2 of 3");
        assertThat(outcome.out()).contains("active");
        assertThat(rig.rack.asked.stream()
                        .filter(Command.Borrow.class::isInstance)
                        .map(command -> ((Command.Borrow) command).mode()))
                .containsExactly(Command.Borrow.Mode.STANDING);
    }

    @Test
    void whatABorrowerIsParticularAboutIsAskedFor() {
        rig.run(
                "borrow",
                "--kind",
                "memory",
                "--amount",
                "4GiB",
                "--configuration",
                "aes.bit",
                "--latency",
                "switch",
                "--locality",
                "one-fabric",
                "--at-least",
                "2GiB");

        Requirement requirement = rig.rack.asked.stream()
                .filter(Command.Borrow.class::isInstance)
                .map(command -> ((Command.Borrow) command).requirement())
                .findFirst()
                .orElseThrow();
        assertThat(requirement.configuration()).contains("aes.bit");
        assertThat(requirement.worstLatency()).contains(LatencyClass.SWITCH);
        assertThat(requirement.locality()).isEqualTo(Locality.ONE_FABRIC);
        assertThat(requirement.leastAmount()).isEqualTo(2L << 30);
    }

    @Test
    void waitingEndsWithTheTimeOut() {
        rig.rack.answer(Command.Kind.READ_LOAN, c -> new Answer.Loan(CannedRack.loan(LoanState.RELEASING)));
        long[] waited = new long[1];
        rig.withPause(millis -> waited[0] += millis);

        Rig.Outcome outcome = rig.run("release", "7ea5", "--yes", "--wait", "--timeout", "10s");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.err()).contains("is not done after 10s");
        assertThat(waited[0]).isEqualTo(10_000);
    }

    @Test
    void whatIsForgottenMeanwhileIsOver() {
        Answer forgotten = Answer.Refused.of(RefusalCode.NOT_FOUND, "no such thing");
        rig.rack.answer(Command.Kind.READ_LOAN, c -> forgotten);
        rig.rack.answer(Command.Kind.READ_LEASE, c -> forgotten);

        assertThat(rig.run("release", "7ea5", "--yes", "--wait").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(rig.run("revoke", "9a11", "--yes", "--wait").exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void aLoanThatIsLostCannotBeRenewed() {
        rig.rack.answer(Command.Kind.RENEW_LOAN, c -> new Answer.Loan(CannedRack.loan(LoanState.LOST)));

        assertThat(rig.run("renew", "5c0ffee").exitCode()).isEqualTo(ExitCode.CONFLICT);
    }

    @Test
    void aRevokeThatEndsInQuarantineHasFailed() {
        rig.rack.answer(Command.Kind.READ_LEASE, c -> new Answer.Lease(CannedRack.lent(SliceState.QUARANTINED)));

        assertThat(rig.run("revoke", "9a11", "--yes", "--wait").exitCode()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void anAnswerOfAnotherKindIsAFailure() {
        rig.rack.answer(Command.Kind.DESCRIBE, c -> new Answer.Done());

        assertThat(rig.run("status").err()).contains("the daemon answered with something else: done");
    }

    @Test
    void ourOwnMistakesShowNoStackTrace() {
        rig.rack.answer(Command.Kind.DESCRIBE, c -> {
            throw new IllegalStateException("boom");
        });

        Rig.Outcome outcome = rig.run("status");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.err()).hasLineCount(2).contains("boom").doesNotContain("\tat ");
    }

    @Test
    void aDaemonThatIsNotThereIsUnreachable() {
        Rig.Outcome outcome = rig.withConnector((address, identity) -> {
                    throw new CommandFailed(ExitCode.UNREACHABLE, address + " did not answer", "start it");
                })
                .run("status");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(outcome.err()).isEqualTo("rackweave: 127.0.0.1:5684 did not answer\n  -> start it\n");
    }

    @Test
    void theDaemonOfThisMachineIsFoundByItsConfiguration() throws IOException {
        Path state = Files.createDirectory(dir.resolve("state"));
        Path file = Files.writeString(
                dir.resolve("rackweave.yaml"),
                "node: {stateDir: " + state + "}\nnetwork: {coapAddress: '::1', coapPort: 0}\n");
        rig.environment.put("RACKWEAVE_CONFIG", file.toString());
        rig.environment.put("RACKWEAVE_IDENTITY", "/keys/me");

        Rig.Outcome before = rig.run("status");
        Files.writeString(state.resolve("coap.port"), "41234\n");
        Rig.Outcome after = rig.run("status");

        assertThat(before.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(before.err()).contains("coap.port");
        assertThat(after.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(rig.rack.connected).containsExactly("[::1]:41234 as /keys/me", "closed");
    }

    @Test
    void anotherNodeIsFoundByItsNameOrTheStartOfItsId() {
        CannedRack there = new CannedRack();
        there.answer(Command.Kind.DESCRIBE, c -> CannedRack.description("the disk is full"));
        rig.rack.at("[fe80::2%eth0]:5684", there);

        assertThat(rig.run("status", "--node", "card-b").out()).contains("no: the disk is full");
        assertThat(rig.run("--node", "2e9d71", "status", "-o", "json").out()).contains("\"notLendingReason\"");
        assertThat(rig.rack.connected).contains("[fe80::2%eth0]:5684 as /etc/rackweave/operator expecting 2e9d71c4");
        assertThat(there.asked).hasSize(2);
    }

    @Test
    void anAddressNeedsNoDaemonHere() {
        rig.run("status", "--node", "10.1.2.3:99", "--identity", "/k");

        assertThat(rig.rack.connected).containsExactly("10.1.2.3:99 as /k", "closed");
    }

    @Test
    void coloursAreForTerminalsOnly() {
        assertThat(rig.run("nodes").out()).doesNotContain("\u001b");
        rig.withTerminal();
        assertThat(rig.run("nodes").out()).contains("\u001b[31mdead\u001b[0m");
        assertThat(rig.run("nodes", "-o", "json").out()).doesNotContain("\u001b");
        rig.environment.put("NO_COLOR", "1");
        assertThat(rig.run("nodes").out()).doesNotContain("\u001b");
    }

    @Test
    void tablesFitNarrowAndWideTerminals() {
        for (String columns : List.of("40", "60", "200")) {
            rig.environment.put("COLUMNS", columns);
            int widest = rig.run("counters")
                    .out()
                    .lines()
                    .mapToInt(String::length)
                    .max()
                    .orElseThrow();
            assertThat(widest).isLessThanOrEqualTo(Integer.parseInt(columns));
        }
    }

    @Test
    void eventsAreFollowedThroughARestartUntilTheDaemonIsGone() {
        AtomicInteger asked = new AtomicInteger();
        rig.rack.answer(Command.Kind.READ_EVENTS, c -> {
            long after = ((Command.ReadEvents) c).after();
            return switch (asked.incrementAndGet()) {
                case 1, 2, 3 -> CannedRack.events(after);
                case 4 -> new Answer.Events(List.of(), 1);
                case 5 -> CannedRack.events(after);
                default -> Answer.Refused.of(RefusalCode.UNREACHABLE, "gone");
            };
        });

        Rig.Outcome outcome = rig.run("events", "--follow", "-o", "json");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(outcome.out()).hasLineCount(5);
        assertThat(outcome.out().lines()).allSatisfy(line -> assertThat(line).startsWith("{\"number\":"));
        assertThat(outcome.err()).contains("restarted");
    }

    @Test
    void completionNamesOurCommands() {
        assertThat(rig.run("completion").out()).contains("quarantine", "--max-lenders", "complete ");
    }
}
