package org.rackweave.sim.switchtec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
import org.rackweave.hal.switchtec.EthernetLink;
import org.rackweave.hal.switchtec.Outcome;
import org.rackweave.hal.switchtec.SwitchtecClient;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.BindResult;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcCommand.Bandwidth.Afterwards;
import org.rackweave.hal.switchtec.wire.MrpcCommand.Bandwidth.Counted;
import org.rackweave.hal.switchtec.wire.MrpcCommand.ControlPort.Action;
import org.rackweave.hal.switchtec.wire.MrpcCommand.FabricPlace;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.PortConfiguration;
import org.rackweave.hal.switchtec.wire.StackLanes;
import org.rackweave.hal.switchtec.wire.SwitchIdentity;

/** The client against the simulated switch, over the loopback interface. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SwitchtecContractTest {
    private static final Duration PATIENT = Duration.ofSeconds(30);
    private static final LogicalPlace PLACE = new LogicalPlace(1, 2);
    private static final PhysicalPort X16 = new PhysicalPort(8);
    private static final MrpcCommand.Bind BIND = new MrpcCommand.Bind(PLACE, X16);
    private static final StackLanes WHOLE = new StackLanes(List.of(16, 0, 0, 0, 0, 0, 0, 0));
    private static final StackLanes HALVES = new StackLanes(List.of(8, 0, 0, 0, 8, 0, 0, 0));
    private static final String AT_ONCE = SwitchtecConfig.USUAL.replace("bind-time 200", "bind-time 0");
    private static final String SLOW = SwitchtecConfig.USUAL.replace("bind-time 200", "bind-time 60000");
    private static final String PAX =
            AT_ONCE.replace("product psx", "product pax") + "function 256\nfunction 257\nfunction 258\n";

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
        SwitchtecServer server = SwitchtecServer.start(
                new InetSocketAddress("127.0.0.2", 0),
                SwitchtecConfig.parse(config),
                new SwitchtecFaults(Optional.of(folder.resolve("faults"))),
                Optional.of(folder.resolve("state")));
        open.add(0, server);
        return server;
    }

    private EthernetLink connect(SwitchtecServer server) throws Exception {
        EthernetLink link = EthernetLink.open(server.address(), 0, PATIENT);
        open.add(0, link);
        return link;
    }

    private SwitchtecClient client(SwitchtecServer server) throws Exception {
        return new SwitchtecClient(connect(server));
    }

    private static MrpcAnswer.PortBind bindOf(SwitchtecClient client, PhysicalPort port) throws Exception {
        return client.answerTo(new MrpcCommand.BindInfo(Optional.of(port)))
                .ports()
                .get(0);
    }

    /** Asks again until the switch says that nothing is under way: each answer is a turn, so no time is told here. */
    private static MrpcAnswer.PortBind settled(SwitchtecClient client, PhysicalPort port) throws Exception {
        MrpcAnswer.PortBind bind = bindOf(client, port);
        while (bind.last() == BindResult.IN_PROGRESS) {
            bind = bindOf(client, port);
        }
        return bind;
    }

    @Test
    void aSwitchSaysWhoItIs() throws Exception {
        assertThat(connect(start(AT_ONCE)).identity())
                .isEqualTo(new SwitchIdentity(0x4136, 0, 0x04040500, 4, 0))
                .extracting(SwitchIdentity::personality)
                .isEqualTo(SwitchIdentity.Personality.FAN_OUT);
        assertThat(connect(start(PAX)).identity().personality()).isEqualTo(SwitchIdentity.Personality.FABRIC);
    }

    @Test
    void whileABindIsUnderWayThePortAndThePlaceTakeNoOther() throws Exception {
        SwitchtecClient client = client(start(SLOW));
        client.answerTo(BIND);
        assertThat(bindOf(client, X16).last()).isEqualTo(BindResult.IN_PROGRESS);
        assertThat(client.perform(new MrpcCommand.Bind(new LogicalPlace(0, 1), X16)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.BIND_IN_PROGRESS));
        assertThat(client.perform(new MrpcCommand.Bind(PLACE, new PhysicalPort(16))))
                .isEqualTo(new Outcome.Refused<>(MrpcError.BIND_IN_PROGRESS));
        assertThat(client.perform(new MrpcCommand.Unbind(PLACE)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.BIND_IN_PROGRESS));
        assertThat(client.perform(new MrpcCommand.Bifurcate(1, HALVES)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.STACK_PORT_BOUND));
    }

    @Test
    void aBindTakesItsTimeAndShowsInBindsAndLinksAndAnUnbindUndoesIt() throws Exception {
        SwitchtecClient client = client(start(SwitchtecConfig.USUAL));
        client.answerTo(BIND);
        assertThat(settled(client, X16)).isEqualTo(new MrpcAnswer.PortBind(X16, Optional.of(PLACE), BindResult.DONE));
        MrpcAnswer.PortLink link = linkOf(client, X16);
        assertThat(link.place()).contains(PLACE);
        assertThat(link.negotiatedLanes()).isEqualTo(16);
        assertThat(link.upGeneration()).hasValue(4);

        client.answerTo(new MrpcCommand.Unbind(PLACE));
        assertThat(settled(client, X16)).isEqualTo(new MrpcAnswer.PortBind(X16, Optional.empty(), BindResult.DONE));
        assertThat(linkOf(client, X16).upGeneration()).isEmpty();
    }

    private static MrpcAnswer.PortLink linkOf(SwitchtecClient client, PhysicalPort port) throws Exception {
        return client.answerTo(new MrpcCommand.LinkStatus(1L << port.id()))
                .ports()
                .get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "4,1,8,NO_SUCH_PARTITION",
        "1,2,9,NO_SUCH_PHYSICAL_PORT", // the second port of a stack of one x16
        "1,2,48,NO_SUCH_PHYSICAL_PORT",
        "1,2,0,PORT_IS_UPSTREAM",
        "1,0,8,NO_SUCH_LOGICAL_PORT",
        "1,9,8,NO_SUCH_LOGICAL_PORT",
        "0,1,16,PHYSICAL_PORT_BOUND",
        "3,8,8,LOGICAL_PORT_BOUND",
        "1,2,24,PHYSICAL_PORT_DISABLED"
    })
    void aBindThatCannotBeIsRefusedByName(int partition, int logicalPort, int port, MrpcError error) throws Exception {
        SwitchtecServer server = start(AT_ONCE + "bound 16 3 8\ndisabled 24\n");
        SwitchtecConfig before = server.config();
        assertThat(client(server)
                        .perform(
                                new MrpcCommand.Bind(new LogicalPlace(partition, logicalPort), new PhysicalPort(port))))
                .isEqualTo(new Outcome.Refused<>(error));
        assertThat(server.config()).isEqualTo(before);
    }

    @Test
    void anUnbindOfNothingOrWithAnotherOptionIsRefusedByName() throws Exception {
        SwitchtecClient client = client(start(AT_ONCE));
        assertThat(client.perform(new MrpcCommand.Unbind(PLACE)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.LOGICAL_PORT_NOT_BOUND));
        client.answerTo(BIND);
        assertThat(client.perform(new MrpcCommand.Unbind(PLACE, 7)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.UNBIND_OPTION_INVALID));
    }

    @Test
    void aPortOfSixteenLanesIsSplitEachHalfGoesToAnotherHostAndComesBack() throws Exception {
        SwitchtecClient client = client(start(AT_ONCE));
        assertThat(client.answerTo(new MrpcCommand.ReadBifurcation(1)).lanes()).isEqualTo(WHOLE);
        assertThat(client.answerTo(new MrpcCommand.Bifurcate(1, HALVES)).lanes())
                .isEqualTo(HALVES);
        PhysicalPort second = new PhysicalPort(12);
        client.answerTo(new MrpcCommand.Bind(new LogicalPlace(0, 1), X16));
        client.answerTo(new MrpcCommand.Bind(new LogicalPlace(2, 1), second));
        assertThat(linkOf(client, X16).negotiatedLanes()).isEqualTo(8);
        assertThat(linkOf(client, second).place()).contains(new LogicalPlace(2, 1));
        assertThat(client.perform(new MrpcCommand.Bifurcate(1, WHOLE)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.STACK_PORT_BOUND));
        client.answerTo(new MrpcCommand.Unbind(new LogicalPlace(0, 1)));
        client.answerTo(new MrpcCommand.Unbind(new LogicalPlace(2, 1)));
        assertThat(client.answerTo(new MrpcCommand.Bifurcate(1, WHOLE)).lanes()).isEqualTo(WHOLE);
    }

    @Test
    void aSplitThatCannotBeIsRefusedByName() throws Exception {
        SwitchtecClient client = client(start(AT_ONCE));
        assertThat(client.perform(new MrpcCommand.Bifurcate(1, new StackLanes(List.of(16, 0, 0, 0, 4, 0, 0, 0)))))
                .isEqualTo(new Outcome.Refused<>(MrpcError.BIFURCATION_INVALID));
        assertThat(client.perform(new MrpcCommand.ReadBifurcation(5)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.NO_SUCH_STACK));
        assertThat(client.perform(new MrpcCommand.Bifurcate(0, WHOLE)))
                .as("there are hosts on that stack")
                .isEqualTo(new Outcome.Refused<>(MrpcError.STACK_PORT_BOUND));
    }

    @Test
    void aPortThatIsDisabledTakesNoBindUntilItIsEnabled() throws Exception {
        SwitchtecClient client = client(start(AT_ONCE));
        client.answerTo(new MrpcCommand.ControlPort(Action.DISABLE, X16));
        assertThat(client.perform(BIND)).isEqualTo(new Outcome.Refused<>(MrpcError.PHYSICAL_PORT_DISABLED));
        client.answerTo(new MrpcCommand.ControlPort(Action.ENABLE, X16));
        client.answerTo(BIND);
        assertThat(client.perform(new MrpcCommand.ControlPort(Action.DISABLE, X16)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.PHYSICAL_PORT_BOUND));
    }

    @Test
    void aFabricGivesFunctionsToHostsAndKnowsNoPortBinds() throws Exception {
        SwitchtecServer server = start(PAX);
        SwitchtecClient client = client(server);
        FabricPlace host = new FabricPlace(0, 0, 3);
        client.answerTo(new MrpcCommand.FabricBind(host, List.of(256, 257)));
        assertThat(server.config().fabric()).containsOnlyKeys(256, 257).containsEntry(257, host);
        assertThat(client.perform(new MrpcCommand.FabricBind(new FabricPlace(0, 2, 3), List.of(257))))
                .isEqualTo(new Outcome.Refused<>(MrpcError.PARAMETER_INVALID));
        client.answerTo(new MrpcCommand.FabricUnbind(host, 257, 0));
        assertThat(server.config().fabric()).containsOnlyKeys(256);
        assertThat(client.perform(new MrpcCommand.FabricUnbind(
                        new FabricPlace(0, 2, 3), MrpcCommand.FabricUnbind.WHATEVER_IS_THERE, 0)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.PARAMETER_INVALID));
        client.answerTo(new MrpcCommand.FabricUnbind(host, MrpcCommand.FabricUnbind.WHATEVER_IS_THERE, 0));
        assertThat(server.config().fabric()).isEmpty();
        assertThat(client.answerTo(new MrpcCommand.ReadPaxId()).id().value()).isZero();
        PortConfiguration upstream = new PortConfiguration(2, 1, 0, 7);
        client.answerTo(new MrpcCommand.ConfigurePort(X16, upstream));
        assertThat(client.answerTo(new MrpcCommand.ReadPortConfiguration(X16)).configuration())
                .isEqualTo(upstream);
        assertThat(client.perform(BIND)).isEqualTo(new Outcome.Refused<>(MrpcError.COMMAND_INVALID));
    }

    @Test
    void aFanOutSwitchKnowsNoFabricBinds() throws Exception {
        SwitchtecClient client = client(start(AT_ONCE));
        FabricPlace host = new FabricPlace(0, 0, 3);
        assertThat(client.perform(new MrpcCommand.FabricBind(host, List.of(256))))
                .isEqualTo(new Outcome.Refused<>(MrpcError.COMMAND_INVALID));
        assertThat(client.perform(new MrpcCommand.ReadPortConfiguration(X16)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.COMMAND_INVALID));
    }

    @Test
    void itIsAliveWarmAndIdle() throws Exception {
        SwitchtecClient client = client(start(AT_ONCE));
        assertThat(client.answerTo(new MrpcCommand.Echo(0x5AA5)).word()).isEqualTo(~0x5AA5);
        assertThat(client.answerTo(new MrpcCommand.Ping(1)).phase()).isEqualTo(MrpcAnswer.Pinged.PHASE_FIRMWARE);
        assertThat(client.answerTo(new MrpcCommand.DieTemperature()).centiCelsius())
                .isEqualTo(4_500);
        MrpcAnswer.Bandwidths counters = client.answerTo(new MrpcCommand.Bandwidth(List.of(
                new Counted(X16, Afterwards.GOES_ON), new Counted(new PhysicalPort(0), Afterwards.STARTS_AT_ZERO))));
        assertThat(counters.ports())
                .hasSize(2)
                .allSatisfy(port -> assertThat(port.out().postedBytes()).isZero());
    }

    @Test
    void whatIsBoundOutlivesTheSwitchAndWhatWasOnItsWayDoesNot() throws Exception {
        SwitchtecServer first = start(AT_ONCE);
        client(first).answerTo(BIND);
        first.close();
        SwitchtecServer second = start(AT_ONCE);
        assertThat(second.config().binds()).containsEntry(8, PLACE);
        second.close();

        Files.delete(folder.resolve("state"));
        SwitchtecServer slow = start(SLOW);
        SwitchtecClient client = client(slow);
        client.answerTo(BIND);
        assertThat(bindOf(client, X16).last()).isEqualTo(BindResult.IN_PROGRESS);
        slow.close();
        assertThat(bindOf(client(start(SwitchtecConfig.USUAL)), X16))
                .isEqualTo(new MrpcAnswer.PortBind(X16, Optional.empty(), BindResult.DONE));
    }

    @Test
    void aSwitchMayComeUpWithBindingsOfItsOwn() throws Exception {
        SwitchtecClient client = client(start(AT_ONCE + "bound 8 0 7\n"));
        assertThat(bindOf(client, X16).place()).contains(new LogicalPlace(0, 7));
    }

    @Test
    void ofSeveralClientsThatWantOnePlaceOneGetsIt() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        ExecutorService all = Executors.newFixedThreadPool(6);
        open.add(0, all::shutdownNow);
        List<Callable<Outcome<MrpcAnswer.Begun>>> wants = new ArrayList<>();
        for (int port : new int[] {8, 16, 20, 24, 26, 28}) {
            SwitchtecClient client = client(server);
            wants.add(() -> client.perform(new MrpcCommand.Bind(PLACE, new PhysicalPort(port))));
        }
        List<Outcome.Kind> kinds = new ArrayList<>();
        for (Future<Outcome<MrpcAnswer.Begun>> each : all.invokeAll(wants)) {
            kinds.add(each.get().kind());
        }
        assertThat(kinds).containsOnlyOnce(Outcome.Kind.ANSWERED);
        assertThat(kinds.stream().filter(Outcome.Kind.REFUSED::equals)).hasSize(5);
        assertThat(server.config().binds()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "bind delay 50ms 1,ANSWERED,true",
        "bind hang 50ms 1,UNKNOWN,false",
        "bind forget 1,UNKNOWN,true",
        "bind lie 1,ANSWERED,false",
        "bind fail 1,ANSWERED,false",
        "any refuse 1,REFUSED,false",
        "bind short 1,UNKNOWN,true"
    })
    void aFaultHappensAsOftenAsItWasTold(String fault, Outcome.Kind kind, boolean isBound) throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        SwitchtecClient client = client(server);
        Files.writeString(folder.resolve("faults"), "# one line\n" + fault + "\n");
        assertThat(client.perform(BIND).kind()).isEqualTo(kind);
        SwitchtecClient again = client(server);
        assertThat(bindOf(again, X16).place().isPresent()).isEqualTo(isBound);
        assertThat(bindOf(again, X16).last()).isEqualTo(fault.contains("fail") ? BindResult.FAILED : BindResult.DONE);
        assertThat(folder.resolve("faults")).content().endsWith(" 0\n");
    }

    /** Once so late that this test does not see it land, once so early that it must. */
    @Test
    void aBindMayLandAfterItWasReadAsNotDone() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        Files.writeString(folder.resolve("faults"), "bind late 60s 1\nbind late 50ms 1\n");
        assertThat(client(server).perform(BIND).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
        SwitchtecClient again = client(server);
        assertThat(bindOf(again, X16)).isEqualTo(new MrpcAnswer.PortBind(X16, Optional.empty(), BindResult.DONE));
        assertThat(client(server).perform(BIND).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
        while (bindOf(again, X16).place().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(bindOf(again, X16).place()).contains(PLACE);
    }

    @Test
    void oneClientThatHangsKeepsNobodyElseWaiting() throws Exception {
        SwitchtecServer server = start(AT_ONCE);
        SwitchtecClient hanging = client(server);
        Files.writeString(folder.resolve("faults"), "echo hang 60s 1\n");
        ExecutorService one = Executors.newSingleThreadExecutor();
        open.add(0, one::shutdownNow);
        Future<?> hangs = one.submit(() -> hanging.perform(new MrpcCommand.Echo(1)));
        while (!Files.readString(folder.resolve("faults")).endsWith(" 0\n")) {
            Thread.onSpinWait();
        }
        client(server).answerTo(BIND);
        assertThat(hangs.isDone()).isFalse();
    }
}
