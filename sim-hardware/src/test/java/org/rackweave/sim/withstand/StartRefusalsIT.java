package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What keeps a daemon from starting is said in one breath: what, where, and what to do; and nothing is changed by it. */
class StartRefusalsIT {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private final TrialRack rack = TrialRack.of("a");

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void everyProblemOfAWrongConfigurationIsToldAtOnceWithItsLineAndColumn() {
        rack.configure("a", """
                node:
                  identityDir: relative/path
                  stateDir: %s
                network:
                  coapPort: 70000
                lending:
                  minTerm: 15
                  maxTrem: 7d
                borrowing:
                  onShutdown: maybe
                """.formatted(rack.state("a")));

        Ended ended = rack.refused("a");

        assertThat(ended.exitCode()).isEqualTo(USAGE);
        assertThat(ended.output()).isEmpty();
        assertThat(ended.errors().lines())
                .allMatch(line -> line.matches("rackweaved: \\S+/rackweave\\.yaml:[0-9]+:[0-9]+: .+"))
                .hasSize(5);
        assertThat(ended.errors())
                .contains("rackweave.yaml:2:16: ", "rackweave.yaml:5:13: ", "rackweave.yaml:7:12: ")
                .contains("rackweave.yaml:8:3: ", "maxTerm")
                .contains("rackweave.yaml:10:15: ", "keep, release");
        assertThat(rack.state("a")).doesNotExist();
    }

    @Test
    void aConfigurationThatIsNotThereIsWrongUsage() throws IOException {
        Files.delete(rack.configuration("a"));

        Ended ended = rack.refused("a");

        assertThat(ended.exitCode()).isEqualTo(USAGE);
        assertThat(ended.errors()).contains(rack.configuration("a").toString()).hasLineCount(1);
    }

    @Test
    void aMissingIdentityIsNamedWithWhatMakesOne() {
        rack.configure("a", rack.standard("a").with("node.identityDir", rack.identity("nobody")));

        Ended ended = rack.refused("a");

        assertThat(ended.exitCode()).isEqualTo(FAILED);
        assertThat(ended.errors())
                .contains(rack.identity("nobody").toString())
                .contains("issue")
                .hasLineCount(1);
    }

    @Test
    void aKeyThatTheWorldCanReadIsRefusedWithTheCommandThatHelps() throws IOException {
        Path key = rack.identity("a").resolve("node.key.pem");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));

        Ended ended = rack.refused("a");

        assertThat(ended.exitCode()).isEqualTo(FAILED);
        assertThat(ended.errors())
                .contains("mode 0644", "chmod 600 '" + key + "'")
                .doesNotContain("PRIVATE KEY")
                .hasLineCount(1);
    }

    @Test
    void aCoapPortInUseIsNamed() throws IOException {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
            rack.configure("a", rack.standard("a").with("network.coapPort", taken.getLocalPort()));

            Ended ended = rack.refused("a");

            assertThat(ended.exitCode()).isEqualTo(FAILED);
            assertThat(ended.errors())
                    .contains("127.0.0.1:" + taken.getLocalPort(), "in use", "coapPort")
                    .hasLineCount(1);
        }
    }

    @Test
    void anInterfaceThatIsNotThereIsNamed() {
        rack.configure("a", rack.standard("a").with("network.interfaces", "[nosuch0]"));

        Ended ended = rack.refused("a");

        assertThat(ended.exitCode()).isEqualTo(FAILED);
        assertThat(ended.errors()).contains("nosuch0", "network.interfaces").hasLineCount(1);
    }

    @Test
    void anInterfaceThatIsNotThereIsNoHarmBesideOneThatIs() {
        rack.configure("a", rack.standard("a").with("network.interfaces", "[nosuch0, lo]"));

        TrialProcess daemon = rack.launch("a");

        assertThat(daemon.awaitReady()).isPositive();
    }

    @Test
    void aReadOnlyStateDirectoryIsNamed() throws IOException {
        Path state = rack.scratch("sealed");
        rack.configure("a", rack.standard("a").with("node.stateDir", state));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("r-x------"));

        Ended ended = rack.refused("a");

        assertThat(ended.exitCode()).isEqualTo(FAILED);
        assertThat(ended.errors())
                .contains(state.toString(), "cannot be written", "node.stateDir")
                .hasLineCount(1);
    }

    @Test
    void withoutTheRulesThatItIsToKeepNothingIsLent() throws IOException {
        Path policy = rack.scratch("rules").resolve("policy.pem");
        Files.writeString(policy, "version 1\nfloor memory 1GiB\n");
        rack.configure("a", rack.standard("a").with("lending.policy", policy));

        Ended ended = rack.refused("a");

        assertThat(ended.exitCode()).isEqualTo(FAILED);
        assertThat(ended.errors())
                .contains(policy.toString(), "is not one signed text", "lending.policy")
                .hasLineCount(1);
    }

    @Test
    void aStateDirectoryWhoseLedgerIsReadOnlyIsNamed() throws IOException {
        TrialProcess before = rack.launch("a");
        before.awaitReady();
        before.terminate();
        Files.setPosixFilePermissions(rack.ledger("a"), PosixFilePermissions.fromString("r--------"));

        Ended ended = rack.refused("a");

        assertThat(ended.exitCode()).isEqualTo(FAILED);
        assertThat(ended.errors()).contains(rack.ledger("a").toString()).hasLineCount(1);
    }

    @Test
    void theStateDirectoryOfARunningDaemonIsRefusedAndTheDaemonDoesNotNotice() {
        TrialProcess running = rack.launch("a");
        int port = running.awaitReady();

        Ended second = rack.refused("a");
        Ended check = rack.daemonProgram("a", "ledger", "check");

        assertThat(second.exitCode()).isEqualTo(FAILED);
        assertThat(second.errors())
                .contains(rack.state("a").toString(), "in use by another rackweaved", "node.stateDir")
                .hasLineCount(1);
        assertThat(check.exitCode()).isEqualTo(FAILED);
        assertThat(check.errors()).contains("in use by another rackweaved");
        assertThat(rack.operator().describe(port).lending()).isEmpty();
        assertThat(running.complained()).doesNotContain("WARN", "ERROR");
    }

    @Test
    void aLedgerThatIsTruncatedOrNoLedgerIsRefusedAndStaysAsItIs() throws IOException {
        TrialProcess before = rack.launch("a");
        before.awaitReady();
        before.terminate();
        byte[] whole = Files.readAllBytes(rack.ledger("a"));
        assertThat(whole).as("pages of a closed ledger").hasSizeGreaterThan(3 * 4096);

        requireRefused(new byte[0], "truncated");
        requireRefused(Arrays.copyOf(whole, 7), "truncated");
        requireRefused(Arrays.copyOf(whole, 100), "");
        requireRefused(Arrays.copyOf(whole, 4096), "");
        requireRefused(Arrays.copyOf(whole, whole.length - 4096), "");
        requireRefused("the cat sat on the keyboard, for quite a while".getBytes(), "not a ledger");

        Files.write(rack.ledger("a"), whole);
        TrialProcess after = rack.launch("a");
        after.awaitReady();
        assertThat(after.terminate()).isLessThan(Duration.ofSeconds(5));
        assertThat(rack.daemonProgram("a", "ledger", "check").output()).contains("sound");
    }

    private void requireRefused(byte[] content, String seen) throws IOException {
        Files.write(rack.ledger("a"), content);

        Ended ended = rack.refused("a");

        assertThat(ended.exitCode()).as(ended.errors()).isEqualTo(FAILED);
        assertThat(ended.errors())
                .contains(rack.ledger("a").toString(), seen, "restore a copy")
                .hasLineCount(1);
        assertThat(rack.ledger("a")).hasBinaryContent(content);
    }
}
