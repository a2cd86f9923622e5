package org.rackweave.protocol.multicast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.RackAuthority;

/** Real sockets on this machine: the loopback that every machine has, and an interface with IPv6 where there is one. */
@Timeout(60)
class NeighbourhoodTest {
    private static final long WAIT_MILLIS = 5_000;

    @TempDir
    static Path directory;

    private static final List<TestMember> MEMBERS = new ArrayList<>();

    @BeforeAll
    static void makeRack() {
        RackAuthority rack = TestMember.rack(directory.resolve("ca"));
        for (String name : List.of("a", "b", "c")) {
            MEMBERS.add(TestMember.node(rack, directory.resolve(name)));
        }
    }

    /** One daemon's side: its neighbourhood, and what it heard. */
    private static final class Side implements AutoCloseable {
        private final BlockingQueue<NeighbourMessage> heard = new LinkedBlockingQueue<>();
        private final Neighbourhood neighbourhood;

        Side(TestMember member, MulticastSettings settings) throws NoMulticastException {
            member.boot(1);
            neighbourhood = Neighbourhood.open(
                    member.identity,
                    member.bootKey,
                    Keyring.of(member.groupKey),
                    5_684,
                    settings,
                    () -> System.nanoTime() / 1_000_000,
                    () -> TestMember.NOW,
                    heard::add);
        }

        NeighbourMessage next() throws InterruptedException {
            NeighbourMessage message = heard.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(message)
                    .as("something is heard within %d ms", WAIT_MILLIS)
                    .isNotNull();
            return message;
        }

        long counter(DatagramCounter counter) {
            return neighbourhood.counters().stream()
                    .filter(view -> view.name().equalsIgnoreCase(counter.name()))
                    .mapToLong(view -> view.value())
                    .sum();
        }

        void awaitCounter(DatagramCounter counter, long atLeast) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
            while (counter(counter) < atLeast && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(counter(counter)).as(counter.sentence()).isGreaterThanOrEqualTo(atLeast);
        }

        @Override
        public void close() {
            neighbourhood.close();
        }
    }

    @Test
    void three_daemons_on_loopback_hear_one_another_and_not_themselves() throws Exception {
        talkOn(MulticastSettings.on(List.of("lo"), freePort()), Inet4Address.class);
    }

    @Test
    void where_an_interface_has_an_ipv6_link_local_address_they_talk_by_it() throws Exception {
        List<String> names = NetworkInterface.networkInterfaces()
                .filter(NeighbourhoodTest::hasLinkLocal)
                .map(NetworkInterface::getName)
                .toList();
        assumeTrue(!names.isEmpty(), "no interface of this machine has an IPv6 link-local address");
        talkOn(MulticastSettings.on(List.of(names.get(0)), freePort()), Inet6Address.class);
    }

    private static void talkOn(MulticastSettings settings, Class<? extends InetAddress> family) throws Exception {
        try (Side a = new Side(MEMBERS.get(0), settings);
                Side b = new Side(MEMBERS.get(1), settings);
                Side c = new Side(MEMBERS.get(2), settings)) {
            a.neighbourhood.hello(Hello.Purpose.ASK, Hello.Seal.GROUP);
            for (Side side : List.of(b, c)) {
                assertThat(side.next()).isInstanceOfSatisfying(NeighbourMessage.HelloHeard.class, hello -> {
                    assertThat(hello.sender().name()).isEqualTo("a");
                    assertThat(hello.sender().address()).isInstanceOf(family);
                    assertThat(hello.hello().purpose()).isEqualTo(Hello.Purpose.ASK);
                });
            }
            a.neighbourhood.announce(7, 1_000, Offering.NOTHING);
            a.neighbourhood.leave("shutdown");
            for (Side side : List.of(b, c)) {
                assertThat(side.next())
                        .isInstanceOfSatisfying(
                                NeighbourMessage.AnnounceHeard.class,
                                heard -> assertThat(heard.announce().version()).isEqualTo(7));
                assertThat(side.next()).isInstanceOf(NeighbourMessage.LeaveHeard.class);
            }
            a.awaitCounter(DatagramCounter.OWN, 3);
            assertThat(a.heard).isEmpty();
            assertThat(a.counter(DatagramCounter.SENT)).isEqualTo(3);

            b.neighbourhood.announce(1, 1_000, Offering.NOTHING);
            assertThat(a.next()).as("its hello was never said").isInstanceOf(NeighbourMessage.StrangerHeard.class);
            c.neighbourhood.ban(MEMBERS.get(0).id());
            a.neighbourhood.announce(8, 1_000, Offering.NOTHING);
            c.awaitCounter(DatagramCounter.BANNED, 1);
        }
    }

    @Test
    void noise_and_a_replay_from_another_socket_are_counted_and_lead_to_nothing() throws Exception {
        MulticastSettings settings = MulticastSettings.on(List.of("lo"), freePort());
        try (Side a = new Side(MEMBERS.get(0), settings);
                Side b = new Side(MEMBERS.get(1), settings);
                MulticastSocket attacker = new MulticastSocket(settings.port())) {
            NetworkInterface lo = NetworkInterface.getByName("lo");
            InetSocketAddress group = new InetSocketAddress(settings.group4(), settings.port());
            attacker.setOption(StandardSocketOptions.IP_MULTICAST_IF, lo);
            attacker.joinGroup(group, lo);
            attacker.setSoTimeout((int) WAIT_MILLIS);
            a.neighbourhood.hello(Hello.Purpose.TELL, Hello.Seal.GROUP);
            b.next();
            DatagramPacket captured = new DatagramPacket(new byte[2_000], 2_000);
            attacker.receive(captured);
            attacker.send(new DatagramPacket(captured.getData(), captured.getLength(), group));
            attacker.send(new DatagramPacket(new byte[300], 300, group));
            attacker.send(new DatagramPacket(new byte[5_000], 5_000, group));
            b.awaitCounter(DatagramCounter.REPEATED, 1);
            b.awaitCounter(DatagramCounter.NOT_A_FRAME, 1);
            b.awaitCounter(DatagramCounter.TOO_LONG, 1);
            assertThat(b.heard).isEmpty();
        }
    }

    @Test
    void closing_leaves_no_thread_and_no_descriptor() throws Exception {
        MulticastSettings settings = MulticastSettings.on(List.of("lo"), freePort());
        new Side(MEMBERS.get(0), settings).close();
        long descriptors = descriptors();
        for (int i = 0; i < 20; i++) {
            Side side = new Side(MEMBERS.get(0), settings);
            side.neighbourhood.hello(Hello.Purpose.TELL, Hello.Seal.GROUP);
            side.close();
            side.close();
        }
        assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
        assertThat(threads()).doesNotContain("rackweave-multicast");
    }

    @Test
    void without_an_interface_that_can_multicast_it_says_what_was_looked_at_and_what_to_do() {
        MulticastSettings settings = MulticastSettings.on(List.of("eth-none", "also-none"), 5_257);
        assertThatThrownBy(() -> new Side(MEMBERS.get(0), settings))
                .isInstanceOf(NoMulticastException.class)
                .hasMessageContaining("eth-none: there is no such interface")
                .hasMessageContaining("also-none: there is no such interface")
                .hasMessageContaining("configure one");
        assertThat(threads()).doesNotContain("rackweave-multicast");
    }

    @Test
    void an_interface_that_is_missing_does_not_keep_the_others_from_being_used() throws Exception {
        try (Side a = new Side(MEMBERS.get(0), MulticastSettings.on(List.of("eth-none", "lo"), freePort()))) {
            assertThat(a.neighbourhood.interfaces()).containsExactly("lo");
        }
    }

    @Test
    void a_sender_that_is_interrupted_still_sends() throws Exception {
        MulticastSettings settings = MulticastSettings.on(List.of("lo"), freePort());
        try (Side a = new Side(MEMBERS.get(0), settings);
                Side b = new Side(MEMBERS.get(1), settings)) {
            // An interrupt closes a blocking channel under its thread; ours does not block.
            Thread.currentThread().interrupt();
            a.neighbourhood.hello(Hello.Purpose.TELL, Hello.Seal.GROUP);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(b.next()).isInstanceOf(NeighbourMessage.HelloHeard.class);
        }
    }

    private static boolean hasLinkLocal(NetworkInterface nic) {
        try {
            return nic.isUp()
                    && nic.supportsMulticast()
                    && nic.inetAddresses().anyMatch(each -> each instanceof Inet6Address && each.isLinkLocalAddress());
        } catch (SocketException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static long descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.toSet());
    }
}
