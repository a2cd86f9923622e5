package org.rackweave.sim.switchtec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.EthernetLink;
import org.rackweave.hal.switchtec.EventWatch;
import org.rackweave.hal.switchtec.EventWatch.Seen;
import org.rackweave.hal.switchtec.SwitchtecClient;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.SwitchEvent;

/** A switch that tells, and a client that waits for it. */
@Timeout(60)
class SwitchtecEventsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final LogicalPlace PLACE = new LogicalPlace(1, 2);
    private static final int PORT = 16;
    private static final String THERE = "partition 1 logical port 2";

    private SwitchtecServer server;

    @BeforeEach
    void start() throws Exception {
        server = SwitchtecServer.start(
                new InetSocketAddress("127.0.0.2", 0),
                SwitchtecConfig.parse(SwitchtecConfig.USUAL.replace("bind-time 200", "bind-time 1")),
                new SwitchtecFaults(Optional.empty()),
                Optional.empty());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void aBindIsToldAsItEndsWithItsPartitionAndItsLink() throws Exception {
        try (EventWatch watch = watch()) {
            assertThat(watch.await(SHORT)).isEmpty();
            bind();
            List<Seen> seen = new ArrayList<>();
            while (seen.size() < 2) {
                seen.addAll(watch.await(LONG));
            }
            assertThat(seen)
                    .containsExactlyInAnyOrder(
                            new Seen(SwitchEvent.BIND_DONE, "partition 1", 1),
                            new Seen(SwitchEvent.LINK_STATE, THERE, 1));
            assertThat(watch.await(SHORT)).as("what was taken is cleared").isEmpty();
        }
    }

    @Test
    void aModuleThatIsPulledOutIsTold() throws Exception {
        bind();
        awaitBound();
        try (EventWatch watch = watch()) {
            server.unplug(PORT);
            assertThat(watch.await(LONG))
                    .containsExactlyInAnyOrder(
                            new Seen(SwitchEvent.HOT_PLUG, THERE, 1), new Seen(SwitchEvent.LINK_STATE, THERE, 1));
        }
    }

    @Test
    void whatOccurredBeforeSomebodyWatchedIsNotTold() throws Exception {
        bind();
        awaitBound();
        server.flap(PORT, 7);
        try (EventWatch watch = watch()) {
            assertThat(watch.await(SHORT)).isEmpty();
        }
    }

    @Test
    void aStormIsOneReadingAtATimeAndAnsweredMeanwhile() throws Exception {
        bind();
        awaitBound();
        try (EventWatch watch = watch()) {
            CompletableFuture<Void> storm = CompletableFuture.runAsync(() -> {
                for (int blow = 0; blow < 100_000; blow++) {
                    server.flap(PORT, 1);
                }
            });
            int told = 0;
            while (!storm.isDone()) {
                for (Seen seen : watch.await(SHORT)) {
                    assertThat(seen.event()).isEqualTo(SwitchEvent.LINK_STATE);
                    assertThat(seen.times()).isBetween(1, 255);
                    told++;
                }
                assertThat(tell(MrpcCommand.BindInfo.ALL).ports()).isNotEmpty();
            }
            storm.join();
            watch.await(SHORT);
            assertThat(watch.await(SHORT)).isEmpty();
            assertThat(told).isBetween(1, 100_000);
        }
    }

    @Test
    void aClientThatNeverReadsHoldsUpNobody() throws Exception {
        bind();
        awaitBound();
        try (Socket deaf = new Socket();
                EventWatch watch = watch()) {
            deaf.connect(server.address());
            deaf.getOutputStream()
                    .write(EthernetHeader.frame(EthernetHeader.Packet.OPEN, 0, EthernetHeader.EVENTS, new byte[0], 0));
            for (int round = 0; round < 200; round++) {
                server.flap(PORT, 1);
                assertThat(watch.await(LONG)).containsExactly(new Seen(SwitchEvent.LINK_STATE, THERE, 1));
            }
        }
    }

    @Test
    void twoWatchersMayMissWhatTheOtherTookAndNeitherFails() throws Exception {
        bind();
        awaitBound();
        try (EventWatch one = watch();
                EventWatch other = watch()) {
            server.flap(PORT, 3);
            List<Seen> all = new ArrayList<>(one.await(LONG));
            all.addAll(other.await(SHORT));
            assertThat(all).containsExactly(new Seen(SwitchEvent.LINK_STATE, THERE, 3));
        }
    }

    @Test
    void aSwitchThatEndsIsNamed() throws Exception {
        try (EventWatch watch = watch()) {
            server.close();
            assertThatThrownBy(() -> watch.await(LONG))
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContaining("await events");
        }
    }

    @Test
    void whatIsNoNoticeEndsTheWatchByName() throws Exception {
        try (ServerSocket liar = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> relay(liar));
            assertThatThrownBy(() -> EventWatch.open(
                            (InetSocketAddress) liar.getLocalSocketAddress(),
                            0,
                            Duration.ofSeconds(1),
                            EventWatch.USUAL))
                    .isInstanceOf(HalException.Unavailable.class);
            answering.join();
        }
    }

    /** Accepts a connection and says what no switch says. */
    private static void relay(ServerSocket liar) {
        try (Socket client = liar.accept()) {
            client.getInputStream().readNBytes(EthernetHeader.BYTES);
            client.getOutputStream().write(new byte[64]);
        } catch (IOException gone) {
            // It hung up, as it should.
        }
    }

    private EventWatch watch() throws HalException {
        return EventWatch.open(server.address(), 0, LONG, EventWatch.USUAL);
    }

    private void bind() throws HalException {
        tell(new MrpcCommand.Bind(PLACE, new PhysicalPort(PORT)));
    }

    private void awaitBound() throws HalException {
        while (server.config().binds().isEmpty()) {
            tell(new MrpcCommand.Echo(1));
        }
        // It is shown before it is told.
        tell(new MrpcCommand.Echo(2));
    }

    private <A extends MrpcAnswer> A tell(MrpcCommand<A> command) throws HalException {
        try (EthernetLink link = EthernetLink.open(server.address(), 0, LONG)) {
            return new SwitchtecClient(link).answerTo(command);
        }
    }
}
