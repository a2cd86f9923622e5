package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.coap.ServerLimits;
import org.rackweave.protocol.coap.UnicastServer;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.RefusalCode;

/** The command line against a real server, by real DTLS over loopback. */
class CoapDaemonTest {
    @TempDir
    Path dir;

    private final SecureRandom random = new SecureRandom();
    private final Rig rig = new Rig().withConnector(CoapDaemon::open);

    @BeforeEach
    void issue() throws Exception {
        Instant now = Instant.now();
        RackAuthority ours = RackAuthority.create(dir.resolve("ca"), "rack-1", now, random);
        ours.issue("card-a", Role.NODE, dir.resolve("node"), now);
        ours.issue("alice", Role.OPERATOR, dir.resolve("alice"), now);
        RackAuthority theirs = RackAuthority.create(dir.resolve("other-ca"), "rack-2", now, random);
        theirs.issue("mallory", Role.OPERATOR, dir.resolve("mallory"), now);
    }

    @Test
    void aMemberOfTheRackIsAnswered() throws Exception {
        try (UnicastServer server = server()) {
            Rig.Outcome outcome = status(server.port(), "alice", "30s");

            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.exitCode()).isEqualTo(ExitCode.DONE);
            assertThat(outcome.out()).contains("hardware    asked by alice");
        }
    }

    @Test
    void aMemberOfAnotherRackLearnsThatItIsNotTrusted() throws Exception {
        try (UnicastServer server = server()) {
            Rig.Outcome outcome = status(server.port(), "mallory", "30s");

            assertThat(outcome.exitCode()).isEqualTo(ExitCode.DENIED);
            assertThat(outcome.err()).contains("certificate", "--identity").doesNotContain("\tat ");
        }
    }

    @Test
    void nobodyAtTheAddressIsUnreachable() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Rig.Outcome outcome = status(silent.getLocalPort(), "alice", "1s");

            assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(outcome.err()).contains("127.0.0.1:" + silent.getLocalPort());
        }
    }

    @Test
    void aNameThatNobodyKnowsIsUnreachable() {
        Rig.Outcome outcome = rig.run(
                "status",
                "--node",
                "no-such-host.invalid:5684",
                "--identity",
                dir.resolve("alice").toString());

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(outcome.err()).contains("no-such-host.invalid");
    }

    @Test
    void aMissingIdentityIsSaidWithItsPath() {
        Rig.Outcome outcome = status(1, "nobody", "1s");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.err()).contains(dir.resolve("nobody").toString());
    }

    private Rig.Outcome status(int port, String who, String timeout) {
        return rig.run(
                "status",
                "--node",
                "127.0.0.1:" + port,
                "--identity",
                dir.resolve(who).toString(),
                "--timeout",
                timeout);
    }

    private UnicastServer server() throws Exception {
        Identity identity = Identity.load(dir.resolve("node"), Instant.now());
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return UnicastServer.open(
                identity,
                loopback,
                (peer, command, reply) -> reply.accept(answer(peer, command)),
                ServerLimits.CARD,
                InstantSource.system());
    }

    private static Answer answer(Principal peer, Command command) {
        return command instanceof Command.Describe
                ? new Answer.Description(CannedRack.nodes().get(0), "rackweave", "asked by " + peer.name(), true, 1, "")
                : Answer.Refused.of(RefusalCode.DENIED, "not in this test");
    }
}
