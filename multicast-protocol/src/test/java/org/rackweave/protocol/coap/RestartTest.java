package org.rackweave.protocol.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.protocol.coap.TestRack.ask;
import static org.rackweave.protocol.coap.TestRack.peer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.RefusalCode;

/** A peer restarts, and has forgotten every session. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestartTest {
    @TempDir
    Path temporary;

    private Identity serverIdentity;
    private UnicastClient client;
    private final List<UnicastServer> servers = new ArrayList<>();

    @BeforeEach
    void makeRack() throws Exception {
        TestRack rack = new TestRack(temporary);
        serverIdentity = rack.member("b", Role.NODE);
        client = UnicastClient.open(rack.member("a", Role.NODE), TestRack.CLOCK);
    }

    @AfterEach
    void closeAll() {
        client.close();
        servers.forEach(UnicastServer::close);
    }

    private UnicastServer serve(int port) throws Exception {
        UnicastServer server =
                TestRack.serve(serverIdentity, port, (peer, command, reply) -> reply.accept(new Answer.Done()));
        servers.add(server);
        return server;
    }

    @Test
    void the_next_command_succeeds_within_two_and_a_half_seconds() throws Exception {
        UnicastServer first = serve(0);
        Peer peer = peer(first, serverIdentity.principal().id());
        assertThat(ask(client, peer, new Command.Describe())).isEqualTo(new Answer.Done());
        first.close(); // As by kill -9: nobody is told.
        serve(peer.address().getPort());
        long before = System.nanoTime();

        Answer answer = ask(client, peer, new Command.Describe());

        assertThat(answer).isEqualTo(new Answer.Done());
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(2500));
    }

    @Test
    void a_command_with_three_seconds_is_enough() throws Exception {
        UnicastServer first = serve(0);
        Peer peer = peer(first);
        ask(client, peer, new Command.Describe());
        first.close();
        serve(peer.address().getPort());

        assertThat(ask(client, peer, new Command.Describe(), Duration.ofSeconds(3)))
                .isEqualTo(new Answer.Done());
    }

    @Test
    void many_commands_at_once_make_one_new_session() throws Exception {
        UnicastServer first = serve(0);
        Peer peer = peer(first);
        ask(client, peer, new Command.Describe());
        first.close();
        UnicastServer second = serve(peer.address().getPort());
        List<CompletableFuture<Answer>> asked = new ArrayList<>();

        for (int i = 0; i < 32; i++) {
            asked.add(
                    client.send(peer, new Command.Describe(), TestRack.TIMEOUT).toCompletableFuture());
        }

        for (CompletableFuture<Answer> each : asked) {
            assertThat(each.get(15, TimeUnit.SECONDS)).isEqualTo(new Answer.Done());
        }
        assertThat(second.counters().value(UnicastCounter.HANDSHAKE_DONE)).isLessThanOrEqualTo(2);
    }

    @Test
    void a_command_that_was_sent_while_the_peer_was_away_finds_it_when_it_is_back() throws Exception {
        UnicastServer first = serve(0);
        Peer peer = peer(first);
        ask(client, peer, new Command.Describe());
        first.close();
        CompletableFuture<Answer> asked = client.send(peer, new Command.Describe(), Duration.ofSeconds(15))
                .toCompletableFuture();
        assertThat(ask(client, peer, new Command.ListNodes(), Duration.ofSeconds(3)))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.code())
                        .isEqualTo(RefusalCode.UNREACHABLE));

        serve(peer.address().getPort());

        assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(new Answer.Done());
    }
}
