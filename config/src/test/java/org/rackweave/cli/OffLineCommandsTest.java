package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.config.ConfigurationText;
import org.rackweave.config.PolicyDocument;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;

/** Commands that need no daemon, and files that others read. */
class OffLineCommandsTest {
    @TempDir
    Path dir;

    private final Rig rig = new Rig();

    @Test
    void thePublishedFilesAreWhatTheCommandsWrite() throws IOException {
        assertThat(rig.run("config", "schema").out()).isEqualTo(Files.readString(Path.of("rackweave.schema.json")));
        assertThat(rig.run("config", "init").out()).isEqualTo(Files.readString(Path.of("rackweave.yaml")));
    }

    @Test
    void theReadmeHasEveryExitCode() throws IOException {
        String readme = Files.readString(Path.of("README.md"));

        for (ExitCode code : ExitCode.values()) {
            assertThat(readme).contains("| " + code.code() + " | " + code.sentence() + " |");
        }
        assertThat(readme).contains(GlobalOptions.CONFIGURATION_VARIABLE, GlobalOptions.IDENTITY_VARIABLE);
    }

    @Test
    void initWritesANewFileAndOverwritesNone() throws IOException {
        Path file = dir.resolve("rackweave.yaml");

        assertThat(rig.run("config", "init", file.toString()).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(file).hasContent(ConfigurationText.annotated());
        assertThat(rig.run("config", "init", file.toString()).err()).contains("is there already");
        assertThat(rig.run("config", "check", file.toString()).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(rig.run("config", "init", dir.resolve("no/x").toString()).err())
                .contains("its directory is not there");
    }

    @Test
    void checkNamesAllProblemsAsData() throws IOException {
        Path file = Files.writeString(dir.resolve("r.yaml"), "lending:\n  minterm: 1s\n  grace: 1\n");

        Rig.Outcome text = rig.run("config", "check", file.toString());
        Rig.Outcome json = rig.run("config", "check", file.toString(), "-o", "json");
        Rig.Outcome other = rig.run("status", "--config", file.toString());

        assertThat(text.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(text.out())
                .hasLineCount(2)
                .contains("r.yaml:2:3: lending.minterm: ", "r.yaml:3:10: lending.grace: ");
        assertThat(text.err()).contains("2 problems");
        assertThat(json.out()).contains("\"holds\": false", "\"line\": 3", "\"column\": 10");
        assertThat(other.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(other.err()).contains("r.yaml:2:3", "r.yaml:3:10");
    }

    @Test
    void showHasWhatWasChangedOrAllThatHolds() throws IOException {
        Path file = Files.writeString(
                dir.resolve("r.yaml"), "lending: {interposer: {provider: simulated, settings: {a: b}}, minTerm: 2s}\n");

        assertThat(rig.run("config", "show", "--config", file.toString()).out())
                .isEqualTo(
                        "lending:\n  interposer:\n    provider: simulated\n    settings:\n      a: b\n  minTerm: 2s\n");
        assertThat(rig.run("config", "show", "--config", file.toString(), "-o", "name")
                        .out())
                .isEqualTo("lending.interposer.provider\nlending.interposer.settings.a\nlending.minTerm\n");
        assertThat(rig.run("config", "show", "--effective", "--config", file.toString())
                        .out())
                .contains("  minTerm: 2s\n", "  maxTerm: 7d  # default\n");
    }

    @Test
    void anAuthorityIssuesIdentities() {
        String ca = dir.resolve("ca").toString();

        assertThat(rig.run("ca", "init", ca, "--rack", "rack-1").exitCode()).isEqualTo(ExitCode.DONE);
        Rig.Outcome node = rig.run(
                "ca",
                "issue",
                ca,
                "card-a",
                "--role",
                "node",
                "--out",
                dir.resolve("a").toString(),
                "-o",
                "name");
        Rig.Outcome agent = rig.run(
                "ca",
                "issue",
                ca,
                "host-a",
                "--role",
                "host-agent",
                "--agent-of",
                node.out().strip(),
                "--out",
                dir.resolve("h").toString());

        assertThat(node.out()).matches("[0-9a-f]{32}\n");
        assertThat(agent.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(agent.out()).contains("agent of   " + node.out().strip());
        assertThat(dir.resolve("a")).isDirectoryContaining("glob:**node.key.pem");
        assertThat(rig.run("ca", "init", ca, "--rack", "rack-1").exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(rig.run("ca", "issue", ca, "x", "--role", "boss", "--out", "y")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aCapturedMachineIsShownAsTheRealOne() throws IOException {
        Path file = dir.resolve("machine.txt");

        assertThat(rig.run("discover", "--capture", file.toString(), "--made", "a test")
                        .exitCode())
                .isEqualTo(ExitCode.DONE);
        Rig.Outcome captured = rig.run("discover", "--from", file.toString(), "--json");
        Rig.Outcome text = rig.run("discover", "--from", file.toString());

        assertThat(captured.out()).startsWith("{\n  \"machine\": {").contains("\"numaNodes\"", "\"pciFunctions\"");
        assertThat(rig.run("discover", "--from", file.toString(), "-o", "yaml").out())
                .startsWith("machine:\n");
        assertThat(text.out()).contains("processors ", "memory ");
        assertThat(text.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(rig.run("discover", "--capture", file.toString()).err()).contains("is there already");
        assertThat(rig.run("discover").exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void anExportIsVerifiedWithoutItsDaemon() throws IOException {
        Path file = dir.resolve("audit.jsonl");

        assertThat(rig.run("audit", "export", "--out", file.toString()).err()).contains("rows 1 to 4");
        assertThat(rig.run("audit", "verify", "--from", file.toString()).out()).contains("chain  holds\nrows   4\n");
        Files.writeString(file, Files.readString(file).replace("\"epoch\\\":2", "\"epoch\\\":3"));
        Rig.Outcome changed = rig.run("audit", "verify", "--from", file.toString());

        assertThat(changed.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(changed.out()).contains("is broken", "rows   2");
        assertThat(changed.err()).contains("row 3 does not follow");
    }

    @Test
    void aMissingRowAndAShortTrailAreFound() throws IOException {
        List<AuditRow> rows = new ArrayList<>(CannedRack.auditRows());
        rig.rack.answer(Command.Kind.READ_AUDIT, c -> new Answer.Audit(List.of(), 4));
        assertThat(rig.run("audit", "verify").err()).contains("is said to have 4 rows, and gave 0");

        rows.remove(1);
        rig.rack.answer(Command.Kind.READ_AUDIT, c -> CannedRack.audit(((Command.ReadAudit) c).after(), rows));
        assertThat(rig.run("audit", "verify").err()).contains("after row 1 comes row 3");

        rig.rack.answer(Command.Kind.READ_AUDIT, c -> CannedRack.audit(0, CannedRack.auditRows()));
        assertThat(rig.run("audit", "verify").err()).contains("repeats rows");
    }

    @Test
    void whatIsNoExportIsRefusedWithItsLine() throws IOException {
        Map<String, String> files = Map.of(
                "text", "hello\n",
                "array", "[]\n",
                "empty", "{}\n",
                "deep", "{\"number\":[[[[[[1]]]]]]}\n",
                "short",
                        "{\"number\":1,\"atEpochMillis\":1,\"actor\":\"\",\"action\":\"\",\"subject\":\"\",\"detail\":\"\",\"hash\":\"0\"}\n",
                "words",
                        "{\"number\":\"x\",\"atEpochMillis\":1,\"actor\":\"\",\"action\":\"\",\"subject\":\"\",\"detail\":\"\",\"hash\":\"0\"}\n",
                "cut", "{\"number\":1,\"ac");
        for (Map.Entry<String, String> each : files.entrySet()) {
            Path file = Files.writeString(dir.resolve(each.getKey()), each.getValue());
            Rig.Outcome outcome = rig.run("audit", "verify", "--from", file.toString());
            assertThat(outcome.exitCode()).as(each.getKey()).isEqualTo(ExitCode.FAILED);
            assertThat(outcome.err()).as(each.getKey()).contains(file + ":1: this is no audit row");
        }
    }

    /** Start-up is felt with every command, so what is not needed must not even be loaded. */
    @Test
    void commandsThatDoNotTalkLoadNothingOfTheNetwork() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + dir.resolve("loaded"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.rackweave.cli.Rackweave",
                        "config",
                        "check",
                        Path.of("rackweave.yaml").toAbsolutePath().toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("out").toFile())
                .start();

        assertThat(process.waitFor()).as(Files.readString(dir.resolve("out"))).isZero();
        assertThat(Files.readAllLines(dir.resolve("loaded"), StandardCharsets.UTF_8))
                .noneMatch(line -> line.contains(" org.eclipse.californium.")
                        || line.contains(" org.bouncycastle.")
                        || line.contains(" com.sun.jna.")
                        || line.contains(" org.slf4j."));
    }

    @Test
    void aPolicyIsCheckedAndSignedByAnOperatorAndShownToWhoeverHoldsTheRoot() throws IOException {
        String ca = dir.resolve("ca").toString();
        String ada = dir.resolve("ada").toString();
        String node = dir.resolve("a").toString();
        rig.run("ca", "init", ca, "--rack", "lab");
        rig.run("ca", "issue", ca, "ada", "--role", "operator", "--out", ada);
        rig.run("ca", "issue", ca, "a", "--role", "node", "--out", node);
        String wrong =
                Files.writeString(dir.resolve("wrong"), "version 1\ncap 11\n").toString();
        String text = Files.writeString(dir.resolve("text"), "version 1\nfloor memory 8GiB\n")
                .toString();
        String signed = dir.resolve("signed").toString();

        assertThat(rig.run("policy", "check", wrong).out()).contains("wrong:2:1");
        assertThat(rig.run("policy", "sign", wrong, "--identity", ada, "--out", signed)
                        .exitCode())
                .isEqualTo(ExitCode.FAILED);
        assertThat(rig.run("policy", "sign", text, "--identity", node, "--out", signed)
                        .err())
                .contains("only an operator may");
        assertThat(dir.resolve("signed")).doesNotExist();

        assertThat(rig.run("policy", "sign", text, "--identity", ada, "--out", signed)
                        .exitCode())
                .isEqualTo(ExitCode.DONE);
        assertThat(rig.run("policy", "show", signed, "--identity", node).out())
                .contains("operator ada", "1 floors", "floor memory 8GiB");
        assertThat(rig.run("policy", "show", text, "--identity", node).err()).contains("not one signed text");
        assertThat(rig.run("policy", "sign", text, "--identity", ada, "--out", signed)
                        .err())
                .contains("is there already");
    }

    @Test
    void aMemberAsksForItsIdentityAndIsRenewedUnderAnotherRoot() {
        String ca = dir.resolve("ca").toString();
        String card = dir.resolve("a").toString();
        rig.run("ca", "init", ca, "--rack", "lab");
        Rig.Outcome request = rig.run("enroll", "request", card, "--name", "card-a");
        String id = rig.run("enroll", "request", dir.resolve("b").toString(), "--name", "b", "-o", "name")
                .out();
        assertThat(id).matches("[0-9a-f]{32}\n");
        assertThat(request.err()).contains("it must show the same id");
        assertThat(rig.run("enroll", "status", card).err()).contains("has not answered yet", "request.pem");

        String file = dir.resolve("a").resolve("request.pem").toString();
        assertThat(rig.run("ca", "issue", ca, "card-b", "--role", "node", "--request", file, "--out", card + "1")
                        .err())
                .contains("request of 'card-a', not of 'card-b'");
        rig.run("ca", "issue", ca, "card-a", "--role", "node", "--request", file, "--out", card + "1");
        Rig.Outcome installed = rig.run("enroll", "install", card, card + "1");
        assertThat(installed.out()).contains("card-a", "in 365 days").containsPattern("group key +1:[0-9a-f]{16}");
        assertThat(rig.run("enroll", "install", dir.resolve("b").toString(), card + "1")
                        .err())
                .contains("does not belong to the certificate");

        assertThat(rig.run("ca", "rollover", ca, "--complete", "--yes").err()).contains("there is no new root");
        assertThat(rig.run("ca", "rollover", ca, "--yes").exitCode()).isEqualTo(ExitCode.DONE);
        String certificate = dir.resolve("a").resolve("node.cert.pem").toString();
        assertThat(rig.run("ca", "renew", ca, certificate, "--out", card + "2").exitCode())
                .isEqualTo(ExitCode.DONE);
        assertThat(rig.run("enroll", "install", card, card + "2", "-o", "json").out())
                .containsPattern("\"rootsNotAfter\": \\[\\s*\"[^\"]+\",\\s*\"[^\"]+\"");
        assertThat(rig.run("ca", "rollover", ca, "--complete", "--yes").exitCode())
                .isEqualTo(ExitCode.DONE);
        assertThat(rig.run("ca", "renew", ca, dir.resolve("none").toString(), "--out", card + "3")
                        .err())
                .contains("there is no such file");
    }

    @Test
    void aPolicyCallsThingsAsTheProtocolDoes() {
        assertThat(PolicyDocument.KINDS)
                .containsExactlyElementsOf(
                        Stream.of(ResourceKind.values()).map(ResourceKind::word).toList());
        assertThat(PolicyDocument.MAX_PRIORITY).isEqualTo(Requirement.MAX_PRIORITY);
    }
}
