package org.rackweave.protocol.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.rackweave.protocol.coap.TestRack.ask;
import static org.rackweave.protocol.coap.TestRack.peer;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Samples;

/** Both sides of the channel over real sockets and real DTLS. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnicastTest {
    @TempDir
    Path temporary;

    private TestRack rack;
    private Identity serverIdentity;
    private Identity clientIdentity;
    private UnicastClient client;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void makeRack() throws Exception {
        rack = new TestRack(temporary);
        serverIdentity = rack.member("b", Role.NODE);
        clientIdentity = rack.member("ada", Role.OPERATOR);
        client = UnicastClient.open(clientIdentity, TestRack.CLOCK);
        open.add(client);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private UnicastServer serve(CommandHandler handler) throws Exception {
        return serve(handler, ServerLimits.CARD);
    }

    private UnicastServer serve(CommandHandler handler, ServerLimits limits) throws Exception {
        UnicastServer server =
                UnicastServer.open(serverIdentity, TestRack.loopback(0), handler, limits, TestRack.CLOCK);
        open.add(0, server);
        return server;
    }

    @Test
    void every_command_arrives_as_it_was_sent_and_every_answer_as_it_was_given() throws Exception {
        Map<Command, Principal> got = new ConcurrentHashMap<>();
        List<Answer> answers = Samples.answers();
        List<Command> commands = Samples.commands();
        UnicastServer server = serve((peer, command, reply) -> {
            got.put(command, peer);
            reply.accept(answers.get(commands.indexOf(command) % answers.size()));
        });

        for (int i = 0; i < commands.size(); i++) {
            assertThat(ask(client, peer(server), commands.get(i)))
                    .as("%s", commands.get(i))
                    .isEqualTo(answers.get(i % answers.size()));
        }

        assertThat(got.keySet()).containsExactlyInAnyOrderElementsOf(commands);
        assertThat(got.values()).containsOnly(clientIdentity.principal());
    }

    @Test
    void all_commands_use_one_session() throws Exception {
        UnicastServer server = serve((peer, command, reply) -> reply.accept(new Answer.Done()));

        for (int i = 0; i < 20; i++) {
            ask(client, peer(server), new Command.Describe());
        }

        assertThat(server.counters().value(UnicastCounter.HANDSHAKE_DONE)).isEqualTo(1);
        assertThat(server.counters().value(UnicastCounter.REQUEST_ANSWERED)).isEqualTo(20);
    }

    @Test
    void an_answer_may_come_much_later_than_the_first_repetition() throws Exception {
        List<Command> got = new CopyOnWriteArrayList<>();
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        open.add(later::shutdownNow);
        UnicastServer server = serve((peer, command, reply) -> {
            got.add(command);
            var unused = later.schedule(() -> reply.accept(new Answer.Done()), 4, TimeUnit.SECONDS);
        });

        assertThat(ask(client, peer(server), new Command.Describe())).isEqualTo(new Answer.Done());
        assertThat(got).hasSize(1);
        assertThat(server.counters().value(UnicastCounter.HANDSHAKE_DONE)).isEqualTo(1);
    }

    @Test
    void only_the_first_answer_counts() throws Exception {
        CountDownLatch answeredTwice = new CountDownLatch(1);
        UnicastServer server = serve((peer, command, reply) -> {
            reply.accept(new Answer.Done());
            reply.accept(new Answer.Nodes(List.of()));
            answeredTwice.countDown();
        });

        assertThat(ask(client, peer(server), new Command.Describe())).isEqualTo(new Answer.Done());
        assertThat(answeredTwice.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.counters().value(UnicastCounter.ANSWERED_TWICE)).isEqualTo(1);
    }

    @Test
    void a_handler_that_throws_or_forgets_is_answered_for() throws Exception {
        UnicastServer throwing = serve((peer, command, reply) -> {
            throw new IllegalStateException("our own fault");
        });
        UnicastServer forgetting = serve((peer, command, reply) -> {}, new ServerLimits(8, 8, 8, 300));

        assertThat(ask(client, peer(throwing), new Command.Describe()))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.code())
                        .isEqualTo(RefusalCode.UNAVAILABLE));
        assertThat(ask(client, peer(forgetting), new Command.Describe()))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.code())
                        .isEqualTo(RefusalCode.UNAVAILABLE));
        assertThat(throwing.counters().value(UnicastCounter.HANDLER_FAILED)).isEqualTo(1);
        assertThat(forgetting.counters().value(UnicastCounter.NEVER_ANSWERED)).isEqualTo(1);
    }

    @Test
    void too_many_waiting_commands_are_told_to_come_back() throws Exception {
        List<Consumer<Answer>> waiting = new CopyOnWriteArrayList<>();
        UnicastServer server = serve((peer, command, reply) -> waiting.add(reply), new ServerLimits(8, 8, 2, 60_000));
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            asked.add(client.send(peer(server), new Command.ReadEvents(i), TestRack.TIMEOUT)
                    .toCompletableFuture());
        }

        Object first = CompletableFuture.anyOf(asked.toArray(new CompletableFuture<?>[0]))
                .get(10, TimeUnit.SECONDS);

        assertThat(first).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(RefusalCode.BUSY);
            assertThat(refused.retryAfterMillis()).isPositive();
        });
        assertThat(server.counters().value(UnicastCounter.OVERLOADED)).isEqualTo(1);
        waiting.forEach(reply -> reply.accept(new Answer.Done()));
        for (CompletableFuture<Answer> each : asked) {
            each.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void sixty_four_commands_at_once_from_a_cold_start_are_all_answered() throws Exception {
        ScheduledExecutorService later = Executors.newScheduledThreadPool(4);
        open.add(later::shutdownNow);
        UnicastServer server = serve((peer, command, reply) -> later.execute(
                () -> reply.accept(new Answer.Events(List.of(), ((Command.ReadEvents) command).after()))));
        List<CompletableFuture<Answer>> asked = new ArrayList<>();

        for (int i = 0; i < 64; i++) {
            asked.add(client.send(peer(server), new Command.ReadEvents(i), TestRack.TIMEOUT)
                    .toCompletableFuture());
        }

        for (int i = 0; i < 64; i++) {
            assertThat(asked.get(i).get(15, TimeUnit.SECONDS)).isEqualTo(new Answer.Events(List.of(), i));
        }
        assertThat(server.counters().value(UnicastCounter.HANDSHAKE_DONE)).isEqualTo(1);
    }

    @Test
    void a_list_of_64_kilobytes_arrives_and_a_longer_one_is_refused_with_its_length() throws Exception {
        UnicastServer server = serve((peer, command, reply) ->
                reply.accept(command.kind() == Command.Kind.LIST_NODES ? Samples.nodes(256) : Samples.nodes(2000)));

        assertThat(ask(client, peer(server), new Command.ListNodes())).isEqualTo(Samples.nodes(256));
        assertThat(ask(client, peer(server), new Command.ListLeases()))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo(RefusalCode.UNAVAILABLE);
                    assertThat(refused.detail()).contains("65536 fit");
                });
        assertThat(server.counters().value(UnicastCounter.ANSWER_TOO_LONG)).isEqualTo(1);
    }

    @Test
    void a_silent_address_is_unreachable_in_the_time_that_was_given() throws Exception {
        Peer nobody = new Peer(TestRack.loopback(9), Optional.empty());
        long before = System.nanoTime();

        Answer answer = ask(client, nobody, new Command.Describe(), Duration.ofSeconds(2));

        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(4));
        assertThat(answer).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(RefusalCode.UNREACHABLE);
            assertThat(refused.detail())
                    .contains("127.0.0.1:9")
                    .contains("2.0 s")
                    .contains("handshake");
        });
    }

    @Test
    void a_link_local_address_with_its_scope_is_served_and_asked() throws Exception {
        Optional<InetAddress> address = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet6Address.class::isInstance)
                .filter(InetAddress::isLinkLocalAddress)
                .findFirst();
        assumeTrue(address.isPresent(), "no interface has an IPv6 link-local address");
        UnicastServer server = UnicastServer.open(
                serverIdentity,
                new InetSocketAddress(address.get(), 0),
                (peer, command, reply) -> reply.accept(new Answer.Done()),
                ServerLimits.CARD,
                TestRack.CLOCK);
        open.add(0, server);
        Peer peer = new Peer(new InetSocketAddress(address.get(), server.port()), Optional.empty());

        assertThat(peer.toString()).startsWith("[fe80:").contains("%");
        assertThat(ask(client, peer, new Command.Describe())).isEqualTo(new Answer.Done());
    }

    @Test
    void a_port_in_use_is_said_with_its_address() throws Exception {
        UnicastServer server = serve((peer, command, reply) -> reply.accept(new Answer.Done()));

        assertThatThrownBy(() -> TestRack.serve(serverIdentity, server.port(), (peer, command, reply) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Integer.toString(server.port()));
    }

    @Test
    void closing_ends_what_is_under_way_and_leaves_no_thread() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        UnicastServer server = serve((peer, command, reply) -> {});
        UnicastClient another = UnicastClient.open(clientIdentity, TestRack.CLOCK);
        CompletableFuture<Answer> asked = another.send(peer(server), new Command.Describe(), TestRack.TIMEOUT)
                .toCompletableFuture();
        Eventually.until("a session", () -> server.counters().value(UnicastCounter.HANDSHAKE_DONE) > 0);

        another.close();
        server.close();

        assertThat(asked.get(1, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.code())
                        .isEqualTo(RefusalCode.UNREACHABLE));
        Eventually.until("no thread left", () -> leftOver(before).isEmpty());
    }

    private static List<String> leftOver(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.contains("rackweave") || name.contains("DTLS") || name.contains("Coap"))
                .toList();
    }
}
