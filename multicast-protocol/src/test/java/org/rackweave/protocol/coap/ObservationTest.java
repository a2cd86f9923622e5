package org.rackweave.protocol.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.protocol.coap.TestRack.peer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.RefusalCode;

/** Changes are told to whoever observes. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ObservationTest {
    @TempDir
    Path temporary;

    private Identity serverIdentity;
    private UnicastClient client;
    private final List<UnicastServer> servers = new ArrayList<>();
    private final List<Answer> told = new CopyOnWriteArrayList<>();
    private final AtomicLong newest = new AtomicLong();
    private volatile Answer lease = new Answer.Done();

    @BeforeEach
    void makeRack() throws Exception {
        TestRack rack = new TestRack(temporary);
        serverIdentity = rack.member("b", Role.NODE);
        client = UnicastClient.open(rack.member("ada", Role.OPERATOR), TestRack.CLOCK);
    }

    @AfterEach
    void closeAll() {
        client.close();
        servers.forEach(UnicastServer::close);
    }

    private UnicastServer serve(int port) throws Exception {
        UnicastServer server = TestRack.serve(
                serverIdentity,
                port,
                (peer, command, reply) ->
                        reply.accept(command instanceof Command.ReadEvents read ? events(read.after()) : lease));
        servers.add(server);
        return server;
    }

    /** A daemon's events so far, 100 at a time. */
    private Answer events(long after) {
        long last = newest.get();
        return new Answer.Events(
                LongStream.rangeClosed(after + 1, Math.min(last, after + 100))
                        .mapToObj(number -> new EventView(number, 0, "test.event", "s", "t"))
                        .toList(),
                last);
    }

    private List<Long> numbers() {
        return told.stream()
                .filter(Answer.Events.class::isInstance)
                .flatMap(answer -> ((Answer.Events) answer).events().stream())
                .map(EventView::number)
                .toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void an_observer_of_a_lease_gets_what_is_and_what_changes() throws Exception {
        UnicastServer server = serve(0);
        LeaseId id = new LeaseId(1, 2);
        client.observe(peer(server), new Command.ReadLease(id), told::add);
        Eventually.until("the first answer", () -> told.size() == 1);

        lease = new Answer.Nodes(List.of());
        server.leaseChanged(new LeaseId(3, 4));
        server.leaseChanged(id);

        Eventually.until("the change", () -> told.size() == 2);
        assertThat(told).containsExactly(new Answer.Done(), new Answer.Nodes(List.of()));
        assertThat(server.counters().value(UnicastCounter.NOTIFICATION)).isEqualTo(1);
    }

    @Test
    void events_are_told_once_each_in_order_and_without_a_gap() throws Exception {
        newest.set(250);
        UnicastServer server = serve(0);
        client.observe(peer(server), new Command.ReadEvents(0), told::add);
        Eventually.until("the past", () -> numbers().size() == 250);

        for (int i = 0; i < 500; i++) {
            newest.incrementAndGet();
            server.eventsChanged();
        }

        Eventually.until("the rest", () -> numbers().size() >= 750);
        assertThat(numbers()).isEqualTo(upTo(750));
    }

    @Test
    void a_closed_subscription_tells_nothing_more_and_ends_at_the_server() throws Exception {
        UnicastServer server = serve(0);
        Subscription subscription = client.observe(peer(server), new Command.ReadEvents(0), told::add);
        Eventually.until("the first answer", () -> server.counters().value(UnicastCounter.REQUEST_ANSWERED) == 1);
        newest.set(1);
        server.eventsChanged();
        Eventually.until("one event", () -> numbers().size() == 1);

        subscription.close();

        Eventually.until("the server has let go", () -> {
            long before = server.counters().value(UnicastCounter.NOTIFICATION);
            newest.incrementAndGet();
            server.eventsChanged();
            try {
                TestRack.ask(client, peer(server), new Command.Describe());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return server.counters().value(UnicastCounter.NOTIFICATION) == before;
        });
        assertThat(numbers()).isEqualTo(upTo(1));
    }

    @Test
    void an_outage_is_told_once_and_observing_goes_on_after_a_restart() throws Exception {
        newest.set(10);
        UnicastServer first = serve(0);
        Peer peer = peer(first);
        client.observe(peer, new Command.ReadEvents(0), told::add);
        Eventually.until("the past", () -> numbers().size() == 10);

        first.close();
        newest.set(3); // A new run counts from the beginning.
        UnicastServer second = serve(peer.address().getPort());

        Eventually.until("the new run", () -> numbers().size() == 13);
        newest.set(4);
        second.eventsChanged();
        Eventually.until("its changes", () -> numbers().size() == 14);
        assertThat(numbers().subList(10, 14)).isEqualTo(upTo(4));
    }

    @Test
    void what_there_is_not_is_refused_once() throws Exception {
        lease = Answer.Refused.of(RefusalCode.NOT_FOUND, "no such lease");
        UnicastServer server = serve(0);

        client.observe(peer(server), new Command.ReadLease(new LeaseId(1, 2)), told::add);

        Eventually.until("the refusal", () -> told.size() == 1);
        server.leaseChanged(new LeaseId(1, 2));
        TestRack.ask(client, peer(server), new Command.Describe());
        assertThat(told).containsExactly(lease);
    }
}
