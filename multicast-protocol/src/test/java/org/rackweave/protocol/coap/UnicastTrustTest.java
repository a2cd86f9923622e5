package org.rackweave.protocol.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.protocol.coap.TestRack.ask;
import static org.rackweave.protocol.coap.TestRack.peer;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.RefusalCode;

/** Who gets in, who does not, and what each side is told. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnicastTrustTest {
    private static final Duration SHORT = Duration.ofSeconds(4);

    @TempDir
    Path temporary;

    private TestRack rack;
    private Identity serverIdentity;
    private final List<Principal> handled = new CopyOnWriteArrayList<>();
    private final AtomicReference<Instant> serverTime = new AtomicReference<>(TestRack.NOW);
    private UnicastServer server;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void serve() throws Exception {
        rack = new TestRack(temporary.resolve("rack"));
        serverIdentity = rack.member("b", Role.NODE);
        server = UnicastServer.open(
                serverIdentity,
                TestRack.loopback(0),
                (peer, command, reply) -> {
                    handled.add(peer);
                    reply.accept(new Answer.Done());
                },
                ServerLimits.CARD,
                serverTime::get);
        open.add(server);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private UnicastClient client(Identity identity) throws Exception {
        UnicastClient client = UnicastClient.open(identity, TestRack.CLOCK);
        open.add(0, client);
        return client;
    }

    private static Answer.Refused refused(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return (Answer.Refused) answer;
    }

    @Test
    void the_handler_sees_name_id_and_role_of_whoever_asks() throws Exception {
        for (Role role : List.of(Role.NODE, Role.OPERATOR, Role.AUDITOR)) {
            Identity identity = rack.member("m-" + role.word(), role);

            assertThat(ask(client(identity), peer(server), new Command.Describe()))
                    .isEqualTo(new Answer.Done());

            assertThat(handled.get(handled.size() - 1)).isEqualTo(identity.principal());
        }
    }

    @Test
    void a_stranger_is_refused_and_counted_and_both_sides_say_why() throws Exception {
        TestRack foreign = new TestRack(temporary.resolve("foreign"));
        Identity stranger = foreign.member("mallory", Role.OPERATOR);

        Answer.Refused refused = refused(ask(client(stranger), peer(server), new Command.Describe(), SHORT));

        // The stranger does not believe the server either, and it is the first to see a certificate.
        assertThat(refused.code()).isEqualTo(RefusalCode.UNREACHABLE);
        assertThat(refused.detail()).contains("certificate").contains("this rack's root");
        assertThat(handled).isEmpty();
        Eventually.until("a failed handshake", () -> server.counters().value(UnicastCounter.HANDSHAKE_FAILED) > 0);
    }

    @Test
    void a_member_whose_certificate_has_expired_is_refused_and_told_so() throws Exception {
        Identity member = rack.member("a", Role.NODE);
        serverTime.set(TestRack.AFTER_EXPIRY.instant());

        Answer.Refused refused = refused(ask(client(member), peer(server), new Command.Describe(), SHORT));

        assertThat(refused.code()).isEqualTo(RefusalCode.UNREACHABLE);
        assertThat(refused.detail()).containsIgnoringCase("certificate_expired");
        assertThat(handled).isEmpty();
        assertThat(server.counters().value(UnicastCounter.CERTIFICATE_EXPIRED)).isPositive();
    }

    @Test
    void a_session_does_not_outlive_the_certificate_that_made_it() throws Exception {
        UnicastClient client = client(rack.member("a", Role.NODE));
        assertThat(ask(client, peer(server), new Command.Describe())).isEqualTo(new Answer.Done());
        serverTime.set(TestRack.AFTER_EXPIRY.instant());

        Answer.Refused refused = refused(ask(client, peer(server), new Command.Describe()));

        assertThat(refused.code()).isEqualTo(RefusalCode.DENIED);
        assertThat(refused.detail()).contains("expired");
        assertThat(handled).hasSize(1);
        assertThat(server.counters().value(UnicastCounter.SESSION_OUTLIVED_CERTIFICATE))
                .isEqualTo(1);
    }

    @Test
    void a_command_for_one_node_is_never_sent_to_another() throws Exception {
        UnicastClient client = client(rack.member("a", Role.NODE));
        NodeId elsewhere = rack.member("c", Role.NODE).principal().id();

        for (int i = 0; i < 2; i++) { // first in the handshake's wake, then in a session that is there
            Answer.Refused refused = refused(ask(client, peer(server, elsewhere), new Command.Describe()));

            assertThat(refused.code()).isEqualTo(RefusalCode.UNREACHABLE);
            assertThat(refused.detail()).contains("node b").contains("nothing was sent");
        }
        assertThat(handled).isEmpty();
        assertThat(ask(client, peer(server, serverIdentity.principal().id()), new Command.Describe()))
                .isEqualTo(new Answer.Done());
    }

    @Test
    void a_dropped_peer_has_to_prove_itself_again() throws Exception {
        Identity member = rack.member("a", Role.NODE);
        UnicastClient client = client(member);
        ask(client, peer(server), new Command.Describe());

        server.drop(member.principal().id());

        assertThat(ask(client, peer(server), new Command.Describe())).isEqualTo(new Answer.Done());
        assertThat(server.counters().value(UnicastCounter.HANDSHAKE_DONE)).isEqualTo(2);
    }

    @Test
    void a_client_that_dropped_a_server_makes_a_new_session() throws Exception {
        UnicastClient client = client(rack.member("a", Role.NODE));
        ask(client, peer(server), new Command.Describe());

        client.drop(serverIdentity.principal().id());

        Eventually.until("a new session", () -> {
            try {
                ask(client, peer(server), new Command.Describe());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return server.counters().value(UnicastCounter.HANDSHAKE_DONE) == 2;
        });
    }

    @Test
    void a_client_may_be_closed_twice_and_then_refuses() throws Exception {
        UnicastClient client = client(rack.member("a", Role.NODE));
        ask(client, peer(server), new Command.Describe());
        client.close();
        client.close();

        assertThat(refused(ask(client, peer(server), new Command.Describe())).detail())
                .contains("closed");
    }

    @Test
    void a_full_table_of_sessions_refuses_newcomers_and_keeps_serving_those_in_it() throws Exception {
        UnicastServer small = UnicastServer.open(
                rack.member("small", Role.NODE),
                TestRack.loopback(0),
                (peer, command, reply) -> reply.accept(new Answer.Done()),
                new ServerLimits(2, 2, 8, 1000),
                TestRack.CLOCK);
        open.add(small);
        UnicastClient first = client(rack.member("p1", Role.NODE));
        UnicastClient second = client(rack.member("p2", Role.NODE));
        UnicastClient third = client(rack.member("p3", Role.NODE));
        assertThat(ask(first, peer(small), new Command.Describe())).isEqualTo(new Answer.Done());
        assertThat(ask(second, peer(small), new Command.Describe())).isEqualTo(new Answer.Done());

        assertThat(refused(ask(third, peer(small), new Command.Describe(), Duration.ofSeconds(2)))
                        .code())
                .isEqualTo(RefusalCode.UNREACHABLE);
        assertThat(ask(first, peer(small), new Command.Describe())).isEqualTo(new Answer.Done());
        assertThat(small.counters().value(UnicastCounter.HELLO_LIMITED)
                        + third.counters().value(UnicastCounter.HELLO_LIMITED))
                .isPositive();
    }
}
