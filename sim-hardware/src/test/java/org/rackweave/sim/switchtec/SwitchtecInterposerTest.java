package org.rackweave.sim.switchtec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.switchtec.EthernetLink;
import org.rackweave.hal.switchtec.SwitchtecClient;
import org.rackweave.hal.switchtec.routing.SwitchtecInterposerProvider;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.BindResult;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.StackLanes;

/** What a switch does beside what it was told, over the loopback interface. Host alpha is at partition 1, bravo at 2. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SwitchtecInterposerTest {
    private static final Duration PATIENT = Duration.ofSeconds(30);
    private static final String AT_ONCE = SwitchtecConfig.USUAL.replace("bind-time 200", "bind-time 0");
    private static final String SLOW = SwitchtecConfig.USUAL.replace("bind-time 200", "bind-time 60000");
    private static final String NIC = "port16";
    private static final int NIC_PORT = 16;
    private static final StackLanes WHOLE = new StackLanes(List.of(16, 0, 0, 0, 0, 0, 0, 0));
    private static final StackLanes HALVES = new StackLanes(List.of(8, 0, 0, 0, 8, 0, 0, 0));
    private static final Route UNBOUND = new Route.Unbound(0);

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private SwitchtecServer start(String config) throws IOException {
        return startAt(config, 0);
    }

    private SwitchtecServer startAt(String config, int port) throws IOException {
        while (true) {
            try {
                SwitchtecServer server = SwitchtecServer.start(
                        new InetSocketAddress("127.0.0.2", port),
                        SwitchtecConfig.parse(config),
                        new SwitchtecFaults(Optional.of(folder.resolve("faults"))),
                        Optional.of(folder.resolve("state")));
                open.add(0, server);
                return server;
            } catch (BindException stillClosing) {
                // The one before was closed, and its thread has not let go of the address yet.
                Thread.onSpinWait();
            }
        }
    }

    private void fault(String line) throws IOException {
        Files.writeString(folder.resolve("faults"), line + "\n");
    }

    private static Map<String, String> settings(SwitchtecServer server) {
        Map<String, String> settings = new HashMap<>();
        settings.put("address", "127.0.0.2:" + server.address().getPort());
        settings.put("hosts", "alpha=1,bravo=2");
        settings.put("slices", "device 16 net/100g wipe none-kept; lanes 8; lanes 12 pcie/gen4 tolerated");
        settings.put("splits", "1 16 8,0,0,0,8");
        settings.put("timeout", "30s");
        settings.put("bindLimit", "30s");
        return settings;
    }

    private Interposer lend(SwitchtecServer server) throws HalException {
        return lend(settings(server));
    }

    /** Who gives up on a bind soon. */
    private Interposer hurried(SwitchtecServer server) throws HalException {
        Map<String, String> settings = settings(server);
        settings.put("bindLimit", "100ms");
        return lend(settings);
    }

    private Interposer lend(Map<String, String> settings) throws HalException {
        Interposer interposer = new SwitchtecInterposerProvider().open("owner", settings);
        open.add(0, interposer);
        return interposer;
    }

    private SwitchtecClient foreignManager(SwitchtecServer server) throws Exception {
        EthernetLink link = EthernetLink.open(server.address(), 0, PATIENT);
        open.add(0, link);
        return new SwitchtecClient(link);
    }

    private static void await(Waiting until) throws Exception {
        while (!until.isOver()) {
            Thread.onSpinWait();
        }
    }

    /** Ends when the test's time-out does, at the latest. */
    private interface Waiting {
        boolean isOver() throws Exception;
    }

    // ---- binds ------------------------------------------------------------------------------------------------------

    @Test
    void theLowestFreeLogicalPortOfTheHostsPartitionIsTaken() throws Exception {
        SwitchtecServer server = start(AT_ONCE + "bound 20 1 1\nbound 24 1 3\n");
        assertThat(lend(server).bind(NIC, "alpha", 1).address()).endsWith("partition 1 logical port 2");
        assertThat(server.config().binds()).containsEntry(NIC_PORT, new LogicalPlace(1, 2));
    }

    @Test
    void aPartitionThatIsFullTakesNothing() throws Exception {
        SwitchtecServer server =
                start(AT_ONCE.replace("logical-ports 8", "logical-ports 2") + "bound 20 1 1\nbound 24 1 2\n");
        Interposer interposer = lend(server);
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("NO_SUCH_LOGICAL_PORT");
        assertThat(interposer.route(NIC)).isEqualTo(UNBOUND);
    }

    @Test
    void aHostThatIsNotOnTheSwitchIsRefusedByName() throws Exception {
        Interposer interposer = lend(start(AT_ONCE));
        assertThatThrownBy(() -> interposer.bind(NIC, "charlie", 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("charlie")
                .hasMessageContaining("alpha");
    }

    @Test
    void aBindReturnsWhenItIsDoneAndNotBefore() throws Exception {
        SwitchtecServer server = start(SwitchtecConfig.USUAL);
        Interposer interposer = lend(server);
        interposer.bind(NIC, "alpha", 1);
        assertThat(server.config().binds()).containsKey(NIC_PORT);
        interposer.unbind(NIC, 1);
        assertThat(server.config().binds()).isEmpty();
    }

    @Test
    void aFirmwareThatIsTooBusyOnceIsAskedAgain() throws Exception {
        Interposer interposer = lend(start(AT_ONCE));
        fault("bind refuse 2");
        interposer.bind(NIC, "alpha", 1);
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("alpha", 0));
    }

    @Test
    void aBindThatTheSwitchFailsIsRefusedAndNothingIsBound() throws Exception {
        Interposer interposer = lend(start(AT_ONCE));
        fault("bind fail 1");
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1)).isInstanceOf(HalException.Refused.class);
        assertThat(interposer.route(NIC)).isEqualTo(UNBOUND);
        interposer.bind(NIC, "alpha", 2);
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("alpha", 0));
    }

    @Test
    void anUnbindThatTheSwitchFailsIsRefusedAndStillShowsItsHost() throws Exception {
        Interposer interposer = lend(start(AT_ONCE));
        interposer.bind(NIC, "alpha", 1);
        fault("unbind fail 1");
        assertThatThrownBy(() -> interposer.unbind(NIC, 1)).isInstanceOf(HalException.Refused.class);
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("alpha", 0));
    }

    // ---- unknown outcomes
    // ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"bind lie 1,false", "bind forget 1,true", "bind short 1,true", "bind hang 20ms 1,false"})
    void aBindWithoutATruthfulAnswerIsUnknownAndThenReadsAsItIs(String fault, boolean isBound) throws Exception {
        Interposer interposer = hurried(start(AT_ONCE));
        fault(fault);
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThat(interposer.route(NIC)).isEqualTo(isBound ? new Route.Bound("alpha", 0) : UNBOUND);
        interposer.unbind(NIC, 1);
        assertThat(interposer.route(NIC)).isEqualTo(UNBOUND);
    }

    @ParameterizedTest
    @CsvSource({"unbind lie 1,true", "unbind forget 1,false"})
    void anUnbindWithoutATruthfulAnswerIsUnknownAndThenReadsAsItIs(String fault, boolean isBound) throws Exception {
        Interposer interposer = hurried(start(AT_ONCE));
        interposer.bind(NIC, "alpha", 1);
        fault(fault);
        assertThatThrownBy(() -> interposer.unbind(NIC, 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThat(interposer.route(NIC)).isEqualTo(isBound ? new Route.Bound("alpha", 0) : UNBOUND);
    }

    @Test
    void anAnswerThatComesTooLateIsUnknownAndTheBindIsReadOnceItLanded() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Map<String, String> settings = settings(server);
        settings.put("timeout", "500ms");
        Interposer interposer = lend(settings);
        fault("bind delay 2s 1");
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("alpha", 0));
    }

    /** Somebody else's bind, which is told later and lands later, tells when the first must have landed. */
    @Test
    void anUnbindWaitsForTheBindThatMayStillLandAndTakesItAway() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Interposer interposer = lend(server);
        SwitchtecClient foreign = foreignManager(server);
        fault("bind late 1s 2");
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        foreign.perform(new MrpcCommand.Bind(new LogicalPlace(2, 1), new PhysicalPort(24)));
        assertThat(server.config().binds()).isEmpty();
        interposer.unbind(NIC, 1);
        await(() -> server.config().binds().containsKey(24));
        assertThat(interposer.route(NIC)).isEqualTo(UNBOUND);
        assertThat(server.config().binds()).containsOnlyKeys(24);
    }

    @Test
    void aBindThatLandsAfterItWasReadAsNotDoneIsShownByTheNextReadingAndKeepsOthersOut() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Interposer interposer = hurried(server);
        fault("bind late 1s 1");
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        interposer.unbind(NIC, 1);
        assertThat(interposer.route(NIC)).isEqualTo(UNBOUND);
        await(() -> !server.config().binds().isEmpty());
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("alpha", 0));
        assertThatThrownBy(() -> interposer.bind(NIC, "bravo", 2)).isInstanceOf(HalException.Refused.class);
        assertThatThrownBy(() -> interposer.sanitise(NIC)).isInstanceOf(HalException.Refused.class);
        interposer.unbind(NIC, 2);
        assertThat(interposer.route(NIC)).isEqualTo(UNBOUND);
    }

    /** Two late binds: the first is refused by the switch, because the port is another host's by then; the second is seen. */
    @Test
    void aLateBindDoesNotReachAPortThatIsBoundToTheNextHost() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Interposer interposer = hurried(server);
        fault("bind late 1s 1\nbind delay 1ms 1\nbind late 1s 1");
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        interposer.unbind(NIC, 1);
        interposer.bind(NIC, "bravo", 2);
        assertThatThrownBy(() -> interposer.bind("lanes12", "alpha", 1))
                .isInstanceOf(HalException.OutcomeUnknown.class);
        await(() -> server.config().binds().containsKey(12));
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("bravo", 0));
    }

    @Test
    void aSwitchThatDiesInTheMiddleOfABindIsReadAgainWhenItIsBack() throws Exception {
        SwitchtecServer first = start(SLOW);
        int port = first.address().getPort();
        Interposer interposer = hurried(first);
        Map<String, String> patient = settings(first);
        Interposer binder = lend(patient);
        ExecutorService one = Executors.newSingleThreadExecutor();
        open.add(0, one::shutdownNow);
        SwitchtecClient watcher = foreignManager(first);
        Future<?> binding = one.submit(() -> binder.bind(NIC, "alpha", 1));
        await(() -> isMoving(watcher));
        first.close();
        assertThatThrownBy(() -> binding.get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(HalException.OutcomeUnknown.class);
        assertThatThrownBy(() -> interposer.route(NIC)).isInstanceOf(HalException.Unavailable.class);
        Files.deleteIfExists(folder.resolve("state"));
        startAt(AT_ONCE, port);
        assertThat(interposer.route(NIC)).isEqualTo(UNBOUND);
        interposer.bind(NIC, "bravo", 2);
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("bravo", 0));
    }

    private static boolean isMoving(SwitchtecClient watcher) throws HalException {
        return watcher.answerTo(new MrpcCommand.BindInfo(Optional.of(new PhysicalPort(NIC_PORT))))
                        .ports()
                        .get(0)
                        .last()
                == BindResult.IN_PROGRESS;
    }

    @Test
    void aRouteIsNotReadWhileABindIsUnderWay() throws Exception {
        SwitchtecServer server = start(SLOW);
        Interposer interposer = hurried(server);
        foreignManager(server).answerTo(new MrpcCommand.Bind(new LogicalPlace(2, 1), new PhysicalPort(NIC_PORT)));
        assertThatThrownBy(() -> interposer.route(NIC)).isInstanceOf(HalException.Unavailable.class);
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1)).isInstanceOf(HalException.Unavailable.class);
        assertThatThrownBy(() -> interposer.unbind(NIC, 1)).isInstanceOf(HalException.Unavailable.class);
    }

    @Test
    void aConnectionThatWasLostIsOpenedAnewByTheNextReading() throws Exception {
        SwitchtecServer first = start(AT_ONCE);
        Interposer interposer = lend(first);
        interposer.bind(NIC, "alpha", 1);
        first.close();
        startAt(AT_ONCE, first.address().getPort());
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("alpha", 0));
        fault("bind-info short 1");
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("alpha", 0));
    }

    // ---- what others do
    // -----------------------------------------------------------------------------------------------

    @Test
    void aSwitchThatComesUpWithBindingsOfItsOwnIsReadAsItIs() throws Exception {
        Interposer interposer = lend(start(AT_ONCE + "bound 16 2 7\n"));
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("bravo", 0));
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("bravo");
    }

    @Test
    void aPartitionOfNoKnownHostHasANameThatNoHostCanHave() throws Exception {
        Interposer interposer = lend(start(AT_ONCE + "bound 16 3 1\n"));
        Route.Bound bound = (Route.Bound) interposer.route(NIC);
        assertThat(bound.host()).contains("partition 3").doesNotMatch("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    }

    @Test
    void aForeignManagersHandIsWhatTheRouteShows() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Interposer interposer = lend(server);
        interposer.bind(NIC, "alpha", 1);
        SwitchtecClient foreign = foreignManager(server);
        foreign.answerTo(new MrpcCommand.Unbind(new LogicalPlace(1, 1)));
        assertThat(interposer.route(NIC)).isEqualTo(UNBOUND);
        foreign.answerTo(new MrpcCommand.Bind(new LogicalPlace(2, 4), new PhysicalPort(NIC_PORT)));
        assertThat(interposer.route(NIC)).isEqualTo(new Route.Bound("bravo", 0));
        assertThatThrownBy(() -> interposer.bind(NIC, "alpha", 1)).isInstanceOf(HalException.Refused.class);
    }

    @Test
    void aPortThatTheSwitchDoesNotHaveCannotBeRead() throws Exception {
        Map<String, String> settings = settings(start(AT_ONCE));
        settings.put("slices", "device 17 wipe none-kept");
        Interposer interposer = lend(settings);
        assertThatThrownBy(() -> interposer.route("port17"))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("17");
    }

    // ---- lanes
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void aPortOfSixteenLanesIsSplitForTheFirstHalfThatIsLentAndJoinedAfterTheLast() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Interposer interposer = lend(server);
        assertThat(interposer.slices()).extracting(slice -> slice.amount()).containsExactly(1L, 8L, 8L);
        interposer.bind("lanes12", "bravo", 1);
        assertThat(server.config().stacks()).containsEntry(1, HALVES);
        assertThat(server.config().binds()).containsEntry(12, new LogicalPlace(2, 1));
        interposer.bind("lanes8", "alpha", 1);
        interposer.unbind("lanes12", 1);
        assertThat(server.config().stacks()).containsEntry(1, HALVES);
        assertThat(interposer.route("lanes8")).isEqualTo(new Route.Bound("alpha", 0));
        interposer.unbind("lanes8", 1);
        assertThat(server.config().stacks()).containsEntry(1, WHOLE);
        assertThat(interposer.route("lanes12")).isEqualTo(UNBOUND);
    }

    @Test
    void aPortThatItsOwnerUsesIsNotSplitUnderIt() throws Exception {
        SwitchtecServer server = start(AT_ONCE + "bound 8 0 1\n");
        Interposer interposer = lend(server);
        assertThatThrownBy(() -> interposer.bind("lanes12", "bravo", 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("STACK_PORT_BOUND");
        interposer.unbind("lanes12", 1);
        assertThat(server.config().stacks()).containsEntry(1, WHOLE);
        assertThat(server.config().binds()).containsEntry(8, new LogicalPlace(0, 1));
    }

    @Test
    void aStackThatSomebodySplitOtherwiseCannotBeRead() throws Exception {
        Interposer interposer = lend(start(AT_ONCE.replace("stack 1 16", "stack 1 4,0,4,0,4,0,4")));
        assertThatThrownBy(() -> interposer.route("lanes12"))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("neither whole nor split");
        assertThatThrownBy(() -> interposer.bind("lanes12", "alpha", 1)).isInstanceOf(HalException.Unavailable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bifurcate lie 1", "bifurcate forget 1", "bifurcate short 1", "bind lie 1"})
    void whateverIsLostOnTheWayTheStackIsWholeAfterTheUnbind(String fault) throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Interposer interposer = hurried(server);
        fault(fault);
        assertThatThrownBy(() -> interposer.bind("lanes12", "alpha", 1))
                .isInstanceOf(HalException.OutcomeUnknown.class);
        interposer.unbind("lanes12", 1);
        assertThat(interposer.route("lanes12")).isEqualTo(UNBOUND);
        assertThat(server.config().stacks()).containsEntry(1, WHOLE);
        assertThat(server.config().binds()).isEmpty();
    }

    @Test
    void aJoinThatWasLostIsMadeUpForByTheSameUnbindAgain() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Interposer interposer = lend(server);
        interposer.bind("lanes12", "alpha", 1);
        fault("bifurcate hang 20ms 1");
        assertThatThrownBy(() -> interposer.unbind("lanes12", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThat(interposer.route("lanes12")).isEqualTo(UNBOUND);
        interposer.unbind("lanes12", 1);
        assertThat(server.config().stacks()).containsEntry(1, WHOLE);
    }

    /** The join of the last loan lands while the next is being bound: its port is there, and twice as wide as what is lent. */
    @Test
    void aLateJoinDoesNotGiveAwayTheOtherHalf() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Interposer interposer = lend(server);
        interposer.bind("lanes8", "alpha", 1);
        fault("bifurcate late 200ms 1\nbind delay 2s 1");
        assertThatThrownBy(() -> interposer.unbind("lanes8", 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThatThrownBy(() -> interposer.bind("lanes8", "bravo", 2))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("16 lanes, not 8");
        interposer.unbind("lanes8", 2);
        assertThat(interposer.route("lanes8")).isEqualTo(UNBOUND);
    }

    @Test
    void aWidthThatCannotBeReadAfterTheBindIsAnUnknownOutcome() throws Exception {
        Interposer interposer = lend(start(AT_ONCE));
        fault("link-status hang 20ms 2");
        assertThatThrownBy(() -> interposer.bind("lanes12", "alpha", 1))
                .isInstanceOf(HalException.OutcomeUnknown.class);
        assertThat(interposer.route("lanes12")).isEqualTo(new Route.Bound("alpha", 0));
    }

    @Test
    void aHalfThatIsBoundAtItsWholeWidthIsNoHalf() throws Exception {
        SwitchtecServer server = start(AT_ONCE + "bound 8 1 1\n");
        Interposer interposer = lend(server);
        assertThat(interposer.route("lanes8")).isEqualTo(new Route.Bound("alpha", 0));
        assertThatThrownBy(() -> interposer.bind("lanes8", "alpha", 1)).isInstanceOf(HalException.Refused.class);
    }

    // ---- opening
    // --------------------------------------------------------------------------------------------------------

    @Test
    void aSwitchSaysWhetherItIsRealOnlyByItsConfiguration() throws Exception {
        Map<String, String> settings = settings(start(AT_ONCE));
        assertThat(lend(settings).provenance()).isEqualTo(Provenance.REAL);
        settings.put("provenance", "simulated");
        assertThat(lend(settings).provenance()).isEqualTo(Provenance.SIMULATED);
    }

    @Test
    void aFabricSwitchAndAPartitionThatIsNotThereAreRefusedAtOnce() throws Exception {
        Map<String, String> fabric = settings(start(AT_ONCE.replace("product psx", "product pax")));
        assertThatThrownBy(() -> lend(fabric))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("FABRIC");
        Files.deleteIfExists(folder.resolve("state"));
        Map<String, String> beyond = settings(start(AT_ONCE));
        beyond.put("hosts", "alpha=4");
        assertThatThrownBy(() -> lend(beyond))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("4 partitions");
    }

    @Test
    void aSwitchThatIsNotThereIsUnavailable() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Map<String, String> settings = settings(server);
        server.close();
        assertThatThrownBy(() -> lend(settings)).isInstanceOf(HalException.Unavailable.class);
    }
}
