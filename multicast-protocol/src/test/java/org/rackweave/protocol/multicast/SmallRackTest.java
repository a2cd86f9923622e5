package org.rackweave.protocol.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.protocol.membership.Jitter;
import org.rackweave.protocol.membership.Liveness;
import org.rackweave.protocol.membership.Membership;
import org.rackweave.protocol.membership.MembershipEffect;
import org.rackweave.protocol.membership.MembershipEvent;
import org.rackweave.protocol.membership.MembershipTiming;
import org.rackweave.protocol.membership.Neighbour;
import org.rackweave.protocol.membership.RackView;

/** Memberships on real sockets and real time, as a daemon's conductor runs them; only the probe by DTLS is played. */
@Timeout(60)
class SmallRackTest {
    private static final MembershipTiming TIMING = MembershipTiming.withPeriod(200);

    @TempDir
    Path directory;

    /** Who would answer a probe, and in which incarnation. */
    private final Map<NodeId, Long> reachable = new ConcurrentHashMap<>();

    private final class Daemon implements AutoCloseable {
        private final TestMember member;
        private final BlockingQueue<MembershipEvent> events = new LinkedBlockingQueue<>();
        private final Membership membership;
        private final Neighbourhood neighbourhood;
        private final Thread conductor;
        private volatile RackView view = new RackView(0, List.of());
        private volatile boolean ending;

        Daemon(TestMember member, MulticastSettings settings) throws NoMulticastException {
            this.member = member;
            this.membership = new Membership(
                    member.id(),
                    TIMING,
                    Offering.NOTHING,
                    Jitter.seeded(member.id().low()));
            this.neighbourhood = Neighbourhood.open(
                    member.identity,
                    member.bootKey,
                    Keyring.of(member.groupKey),
                    5_684,
                    settings,
                    SmallRackTest::nowMillis,
                    () -> TestMember.NOW,
                    message -> events.add(new MembershipEvent.Heard(message)));
            this.conductor = new Thread(this::run, "conductor-" + member.id().brief());
            reachable.put(member.id(), member.bootEpoch());
            events.add(new MembershipEvent.Started());
            conductor.start();
        }

        private void run() {
            try {
                while (!ending) {
                    long wait = membership.nextDeadline().orElse(nowMillis() + 50) - nowMillis();
                    MembershipEvent event = events.poll(Math.max(0, Math.min(wait, 50)), TimeUnit.MILLISECONDS);
                    List<MembershipEffect> effects =
                            membership.step(event == null ? new MembershipEvent.Tick() : event, nowMillis());
                    effects.forEach(this::carryOut);
                    view = membership.view(nowMillis());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void carryOut(MembershipEffect effect) {
            switch (effect.kind()) {
                case SEND_HELLO -> {
                    MembershipEffect.SendHello hello = (MembershipEffect.SendHello) effect;
                    neighbourhood.hello(hello.purpose(), hello.seal());
                }
                case SEND_ANNOUNCE -> {
                    MembershipEffect.SendAnnounce announce = (MembershipEffect.SendAnnounce) effect;
                    neighbourhood.announce(announce.version(), announce.periodMillis(), announce.offering());
                }
                case SEND_LEAVE -> neighbourhood.leave(((MembershipEffect.SendLeave) effect).reason());
                case PROBE -> {
                    NodeId probed = ((MembershipEffect.Probe) effect).node();
                    Long bootEpoch = reachable.get(probed);
                    events.add(
                            bootEpoch == null
                                    ? new MembershipEvent.ProbeFailed(probed)
                                    : new MembershipEvent.ProbeAnswered(probed, bootEpoch));
                }
                case CHANGED -> {}
            }
        }

        Liveness sees(TestMember other) {
            return view.neighbour(other.id()).map(Neighbour::liveness).orElse(Liveness.UNKNOWN);
        }

        @Override
        public void close() {
            reachable.remove(member.id());
            ending = true;
            while (conductor.isAlive()) {
                try {
                    conductor.join();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            neighbourhood.close();
        }
    }

    @Test
    void three_nodes_find_one_another_and_see_a_death_a_restart_and_a_goodbye() throws Exception {
        RackAuthority rack = TestMember.rack(directory.resolve("ca"));
        List<TestMember> members = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            members.add(TestMember.node(rack, directory.resolve(name)));
        }
        TestMember memberC = members.get(2);
        int port;
        try (DatagramSocket socket = new DatagramSocket(0)) {
            port = socket.getLocalPort();
        }
        MulticastSettings settings = MulticastSettings.on(List.of("lo"), port);
        try (Daemon a = new Daemon(members.get(0), settings);
                Daemon b = new Daemon(members.get(1), settings)) {
            try (Daemon c = new Daemon(memberC, settings)) {
                for (Daemon each : List.of(a, b, c)) {
                    await(() -> each.view.alive().size() == 2);
                }
                a.events.add(new MembershipEvent.OfferingChanged(
                        new Offering(List.of(), Set.of(NodeFlag.LENDER), Mark.NONE, Mark.NONE)));
                await(() -> c.view.neighbour(members.get(0).id())
                        .filter(seen -> seen.version() == 2)
                        .isPresent());
            }
            await(() -> a.sees(memberC) == Liveness.DEAD && b.sees(memberC) == Liveness.DEAD);

            memberC.boot(2);
            try (Daemon c = new Daemon(memberC, settings)) {
                await(() -> a.sees(memberC) == Liveness.ALIVE && b.sees(memberC) == Liveness.ALIVE);
                assertThat(a.view.neighbour(memberC.id()).orElseThrow().bootEpoch())
                        .isEqualTo(2);
                c.events.add(new MembershipEvent.Leaving("shutdown"));
                await(() -> a.sees(memberC) == Liveness.LEFT && b.sees(memberC) == Liveness.LEFT);
            }
            assertThat(a.sees(members.get(1))).isEqualTo(Liveness.ALIVE);
        }
    }

    private static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }

    private static void await(BooleanSupplier state) throws InterruptedException {
        long deadline = nowMillis() + 20_000;
        while (!state.getAsBoolean() && nowMillis() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(state.getAsBoolean()).isTrue();
    }
}
