package org.rackweave.sim.cxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.DeviceState;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.cxl.BackgroundStatus;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.CxlLimits;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.QosFractions;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.cxl.pool.CxlSwitchProvider;
import org.rackweave.hal.mctp.Octets;
import org.rackweave.sim.interposer.InterposerContract;

/** The contract, on the simulated switch over TCP; and what a switch may do that no contract foresees. */
@Timeout(120)
abstract class CxlSwitchInterposerTest extends InterposerContract {
    private static final String FIRST = "mld-0000000000002a03-ld0";
    private static final byte[] SECRET = "who lends me this".getBytes(StandardCharsets.UTF_8);
    private static final long UNIT = 256L << 20;

    @TempDir
    private Path rack;

    private Optional<CxlSwitchServer> running = Optional.empty();

    protected abstract Dialect dialect();

    @Override
    protected Interposer open() throws Exception {
        return new CxlSwitchProvider().open("b", settings());
    }

    @AfterEach
    void stopTheSwitch() throws Exception {
        if (running.isPresent()) {
            running.get().close();
        }
    }

    @Test
    void whatIsClaimedIsWhatThereIs() throws Exception {
        try (Interposer interposer = open()) {
            assertThat(interposer.slices())
                    .extracting(HardwareSlice::key)
                    .containsExactly(FIRST, "mld-0000000000002a03-ld1", "mld-0000000000002a04-ld2", "port5");
            assertThat(interposer.slices()).extracting(HardwareSlice::amount).containsOnly(UNIT);
            assertThat(interposer.slices().get(0).capabilities())
                    .containsExactly("cxl/" + dialect().word());
            assertThat(interposer.slices().get(0).place().fabric()).isEqualTo("cxl-000000000000002a");
            assertThat(interposer.provenance()).isEqualTo(Provenance.SIMULATED);
            assertThat(interposer.description())
                    .contains("000000000000002a")
                    .contains(dialect().word());
        }
    }

    @Test
    void aHostReadsWhatItWroteAndTheNextOneReadsZeros() throws Exception {
        try (Interposer interposer = open()) {
            HardwareAttachment attachment = interposer.bind(FIRST, HOST, 1);
            write(Path.of(attachment.address()), SECRET);
            assertThat(read(rack.resolve("devices/port3-ld0.mem"))).isEqualTo(SECRET);
            interposer.unbind(FIRST, 1);
            assertThat(Path.of(attachment.address())).doesNotExist();
            WipeReport report = interposer.sanitise(FIRST);
            assertThat(report.method()).isEqualTo("cxl-sanitize");
            Path next = Path.of(interposer.bind(FIRST, OTHER_HOST, 2).address());
            assertThat(next.toString()).contains("/c/");
            assertThat(read(next)).isEqualTo(new byte[SECRET.length]);
        }
    }

    @Test
    void whatHasNoWipeOfItsOwnIsWipedByWhoReadsItBack() throws Exception {
        try (Interposer interposer = open()) {
            write(Path.of(interposer.bind("port5", HOST, 1).address()), SECRET);
            interposer.unbind("port5", 1);
            WipeReport report = interposer.sanitise("port5");
            assertThat(report)
                    .isEqualTo(new WipeReport(
                            WipeReport.Wiper.WASH_HOST, "wash-host-zero", UNIT, UNIT, report.durationMillis()));
            assertThat(read(rack.resolve("devices/port5.mem"))).isEqualTo(new byte[SECRET.length]);
        }
    }

    @Test
    void aDeviceThatLiesAboutItsWipeIsFoundOut() throws Exception {
        try (Interposer interposer = open()) {
            write(Path.of(interposer.bind(FIRST, HOST, 1).address()), SECRET);
            interposer.unbind(FIRST, 1);
            tell(Opcode.SANITIZE, PlannedFault.Kind.LIE);
            WipeReport report = interposer.sanitise(FIRST);
            assertThat(report.wipedBytes()).isEqualTo(UNIT);
            assertThat(report.verifiedBytes()).isLessThan(UNIT);
        }
    }

    @Test
    void aBindThatIsNotDoneThoughTheSwitchSaysSoIsNotBelieved() throws Exception {
        try (Interposer interposer = open()) {
            tell(Opcode.BIND_VPPB, PlannedFault.Kind.LIE);
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1))
                    .isInstanceOf(HalException.OutcomeUnknown.class)
                    .hasMessageContaining("shows it unbound");
            assertThat(interposer.route(FIRST)).isInstanceOf(Route.Unbound.class);
        }
    }

    @Test
    void anUnbindThatIsNotDoneThoughTheSwitchSaysSoIsNotBelieved() throws Exception {
        try (Interposer interposer = open()) {
            interposer.bind(FIRST, HOST, 1);
            tell(Opcode.UNBIND_VPPB, PlannedFault.Kind.LIE);
            assertThatThrownBy(() -> interposer.unbind(FIRST, 1)).isInstanceOf(HalException.OutcomeUnknown.class);
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
        }
    }

    @Test
    void aRefusalOfTheSwitchIsOne() throws Exception {
        try (Interposer interposer = open()) {
            tell(Opcode.BIND_VPPB, PlannedFault.Kind.FAIL);
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("internal error");
        }
    }

    @Test
    void aDeviceSaysItsFirmwareAndItsLocksAndWhatChangedIsSeen() throws Exception {
        try (Interposer interposer = open()) {
            DeviceState granted = new DeviceState(Optional.of("unlocked"), Optional.of("slot 1, revision 1.0"));
            assertThat(interposer.deviceState(FIRST)).isEqualTo(granted);
            tell(Opcode.GET_FIRMWARE_INFO, PlannedFault.Kind.DIFFER);
            assertThat(interposer.deviceState(FIRST).firmware()).contains("slot 1, revision 6.6");
            tell(Opcode.GET_SECURITY_STATE, PlannedFault.Kind.DIFFER);
            assertThat(interposer.deviceState(FIRST).lockState()).contains("user passphrase set, locked");
            tell(Opcode.GET_SECURITY_STATE, PlannedFault.Kind.FAIL);
            assertThat(interposer.deviceState(FIRST).lockState())
                    .as("it told before")
                    .isEmpty();
            tell(Opcode.GET_SECURITY_STATE, PlannedFault.Kind.BUSY);
            assertThat(interposer.deviceState(FIRST)).isEqualTo(granted);
        }
    }

    @Test
    void aDeviceThatCannotTellIsAskedOnce() throws Exception {
        try (Interposer interposer = open()) {
            assertThat(interposer.deviceState("port5")).isEqualTo(DeviceState.UNTOLD);
            tell(Opcode.GET_FIRMWARE_INFO, PlannedFault.Kind.HANG);
            assertThat(interposer.deviceState(FIRST).firmware()).isEmpty();
            assertThat(interposer.deviceState(FIRST).firmware())
                    .as("each time would cost a time-out")
                    .isEmpty();
            interposer.bind(FIRST, HOST, 1);
        }
    }

    @Test
    void aSwitchThatIsBusyForAWhileIsAskedAgain() throws Exception {
        try (Interposer interposer = open()) {
            tell(Opcode.BIND_VPPB, PlannedFault.Kind.BUSY, 2);
            tell(Opcode.GET_VCS_INFO, PlannedFault.Kind.RETRY, 1);
            write(Path.of(interposer.bind(FIRST, HOST, 1).address()), SECRET);
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
            tell(Opcode.UNBIND_VPPB, PlannedFault.Kind.RETRY, 2);
            interposer.unbind(FIRST, 1);
            tell(Opcode.SANITIZE, PlannedFault.Kind.BUSY, 2);
            tell(Opcode.BIND_VPPB, PlannedFault.Kind.BUSY, 1);
            assertThat(interposer.sanitise(FIRST).verifiedBytes()).isEqualTo(UNIT);
            tell(Opcode.IDENTIFY, PlannedFault.Kind.BUSY, 1);
            interposer.bind(FIRST, OTHER_HOST, 2);
        }
    }

    @Test
    void whatWasDoneThoughTheSwitchSaidThatItWasBusyIsNotDoneTwice() throws Exception {
        try (Interposer interposer = open()) {
            tell(Opcode.BIND_VPPB, PlannedFault.Kind.BUSY_DONE, 1);
            HardwareAttachment attachment = interposer.bind(FIRST, HOST, 1);
            assertThat(interposer.bind(FIRST, HOST, 1)).isEqualTo(attachment);
            tell(Opcode.UNBIND_VPPB, PlannedFault.Kind.BUSY_DONE, 1);
            interposer.unbind(FIRST, 1);
            assertThat(interposer.route(FIRST)).isInstanceOf(Route.Unbound.class);
        }
    }

    @Test
    void whatTheSwitchWasTooBusyForUntilTheEndMayHaveBeenDone() throws Exception {
        try (Interposer interposer = open()) {
            tell(Opcode.BIND_VPPB, PlannedFault.Kind.BUSY, CxlLimits.MOST_BUSY_TRIES - 1);
            tell(Opcode.BIND_VPPB, PlannedFault.Kind.BUSY_DONE, 1);
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1))
                    .isInstanceOf(HalException.OutcomeUnknown.class)
                    .hasMessageContaining("it was busy 12 times")
                    .hasMessageContaining("who else manages this switch");
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
            tell(Opcode.GET_VCS_INFO, PlannedFault.Kind.BUSY, CxlLimits.MOST_BUSY_TRIES);
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 2))
                    .as("a question changes nothing")
                    .isInstanceOf(HalException.Unavailable.class);
        }
    }

    @Test
    void theBindOfAnotherManagerIsWaitedForAndLeftAlone() throws Exception {
        startWithBackground("300ms");
        try (Interposer interposer = open();
                FmClient other = new FmClient(server().address(), new FmPatience(2_000, 2_000, 1))) {
            BindVppb.Request theirs = new BindVppb.Request(0, 0, 4, 0);
            assertThat(other.call(theirs).kind()).as("it goes on").isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(interposer.bind(FIRST, HOST, 1).address()).endsWith("/a/1.mem");
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
        }
    }

    @Test
    void aSwitchThatWasBoundByAnotherManagerSaysSo() throws Exception {
        try (Interposer interposer = open();
                FmClient rogue = new FmClient(server().address(), FmPatience.USUAL)) {
            answered(rogue, new BindVppb.Request(7, 0, 3, 0));
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound("(virtual switch 7)", 0));
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1)).isInstanceOf(HalException.Refused.class);
            assertThatThrownBy(() -> interposer.sanitise(FIRST)).isInstanceOf(HalException.Refused.class);
            answered(rogue, new UnbindVppb.Request(7, 0, UnbindVppb.How.MANAGED));
            interposer.bind(FIRST, HOST, 1);
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
        }
    }

    @Test
    void whatIsLeftWithTheMachineThatReadsBackIsOnItsWayToTheNextHost() throws Exception {
        try (Interposer interposer = open();
                FmClient died = new FmClient(server().address(), FmPatience.USUAL)) {
            answered(died, new BindVppb.Request(2, 0, 3, 0));
            assertThat(interposer.route(FIRST)).isInstanceOf(Route.Unbound.class);
            interposer.bind(FIRST, HOST, 1);
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
        }
    }

    @Test
    void aSwitchThatRestartsWithBindingsOfItsOwnIsReadAsItIs() throws Exception {
        try (Interposer interposer = open()) {
            interposer.bind(FIRST, HOST, 1);
            int port = server().address().getPort();
            server().close();
            running = Optional.of(CxlSwitchServer.start(plan("bound 1 3 to 3 ld 0\n"), dialect(), port));
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(OTHER_HOST, 0));
        }
    }

    @Test
    void aSwitchThatIsGoneIsUnavailableUntilItIsBack() throws Exception {
        try (Interposer interposer = open()) {
            int port = server().address().getPort();
            server().close();
            assertThatThrownBy(() -> interposer.route(FIRST)).isInstanceOf(HalException.Unavailable.class);
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1)).isInstanceOf(HalException.Unavailable.class);
            running = Optional.of(CxlSwitchServer.start(plan(""), dialect(), port));
            interposer.bind(FIRST, HOST, 1);
        }
    }

    /** What it was in the middle of, it may have done before it died, or forgotten. */
    @ParameterizedTest
    @ValueSource(strings = {"", "bound 0 0 to 3 ld 0\n"})
    void aSwitchThatDiesInTheMiddleOfABindIsReadAgainWhenItIsBack(String boundAfterwards) throws Exception {
        startWithBackground("30s");
        int port = server().address().getPort();
        ExecutorService one = Executors.newSingleThreadExecutor();
        try (Interposer interposer = open();
                FmClient watcher = new FmClient(server().address(), FmPatience.USUAL)) {
            Future<?> binding = one.submit(() -> interposer.bind(FIRST, HOST, 1));
            awaitRunning(watcher, binding);
            server().close();
            assertThatThrownBy(binding::get).hasCauseInstanceOf(HalException.OutcomeUnknown.class);
            assertThatThrownBy(() -> interposer.route(FIRST)).isInstanceOf(HalException.Unavailable.class);
            running = Optional.of(CxlSwitchServer.start(plan(boundAfterwards), dialect(), port));
            assertThat(interposer.route(FIRST))
                    .isEqualTo(boundAfterwards.isEmpty() ? new Route.Unbound(0) : new Route.Bound(HOST, 0));
            interposer.bind(FIRST, HOST, 2);
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
        } finally {
            one.shutdownNow();
        }
    }

    private static void awaitRunning(FmClient watcher, Future<?> binding) {
        Outcome<BackgroundStatus.Response> told = watcher.call(new BackgroundStatus.Request());
        while (!(told instanceof Outcome.Answered<BackgroundStatus.Response> answered
                && answered.response().activity() == BackgroundStatus.Activity.RUNNING)) {
            assertThat(binding).as("it goes on").isNotDone();
            told = watcher.call(new BackgroundStatus.Request());
        }
    }

    @Test
    void anotherDeviceInThePortIsNotBound() throws Exception {
        try (Interposer interposer = open()) {
            int port = server().address().getPort();
            server().close();
            Path other = rack.resolve("other");
            String swapped = text("").replace("port 3 mld 512MiB lds 2\n", "port 3 mld 512MiB lds 2 serial 99\n")
                    .replace(rack.resolve("devices").toString(), other.toString());
            running = Optional.of(CxlSwitchServer.start(SwitchText.parse(swapped), dialect(), port));
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("0000000000000063");
        }
    }

    @Test
    void anotherDeviceInThePortIsNeitherTakenFromItsHostNorReadAsTheOneThatWasLent() throws Exception {
        try (Interposer interposer = open()) {
            interposer.bind(FIRST, HOST, 1);
            int port = server().address().getPort();
            server().close();
            Path other = rack.resolve("other");
            String swapped = text("bound 1 0 to 3 ld 0\n")
                    .replace("port 3 mld 512MiB lds 2\n", "port 3 mld 512MiB lds 2 serial 99\n")
                    .replace(rack.resolve("devices").toString(), other.toString());
            running = Optional.of(CxlSwitchServer.start(SwitchText.parse(swapped), dialect(), port));
            assertThatThrownBy(() -> interposer.route(FIRST)).hasMessageContaining("has now 0000000000000063");
            assertThatThrownBy(() -> interposer.unbind(FIRST, 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("has now 0000000000000063");
            try (FmClient looking = new FmClient(server().address(), FmPatience.USUAL)) {
                assertThat(looking.call(new BindVppb.Request(1, 0, 4, 0)).kind())
                        .as("its host still has it")
                        .isEqualTo(Outcome.Kind.DECLINED);
            }
        }
    }

    @Test
    void aDeviceThatSaysNothingIsTakenFromItsHostAllTheSame() throws Exception {
        try (Interposer interposer = open()) {
            interposer.bind(FIRST, HOST, 1);
            tell(Opcode.IDENTIFY, PlannedFault.Kind.FAIL, 2);
            interposer.unbind(FIRST, 1);
            assertThat(interposer.route(FIRST)).isInstanceOf(Route.Unbound.class);
        }
    }

    @Test
    void aShareOfTheBandwidthIsTheDevicesToKeep() throws Exception {
        Map<String, String> shared = new HashMap<>(settings());
        shared.put("lend", "4/2 25%, 3");
        try (Interposer interposer = new CxlSwitchProvider().open("b", shared);
                FmClient looking = new FmClient(server().address(), FmPatience.USUAL)) {
            HardwareSlice slice = interposer.slices().get(0);
            assertThat(slice.capabilities()).contains("cxl/bandwidth-25");
            assertThat(interposer.slices().get(1).capabilities()).hasSize(1);
            for (QosFractions.Of of : QosFractions.Of.values()) {
                assertThat(fraction(looking, of)).isEqualTo(64);
                set(looking, of, 255);
            }
            interposer.bind(slice.key(), HOST, 1);
            for (QosFractions.Of of : QosFractions.Of.values()) {
                assertThat(fraction(looking, of))
                        .as("after somebody else gave it all")
                        .isEqualTo(64);
            }
        }
    }

    @Test
    void aDeviceThatDoesNotKeepSharesIsNotLentByThem() throws Exception {
        tell(Opcode.SET_QOS_LIMIT, PlannedFault.Kind.FAIL);
        Map<String, String> shared = new HashMap<>(settings());
        shared.put("lend", "4/2 25%");
        assertThatThrownBy(() -> new CxlSwitchProvider().open("b", shared))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("its limit bandwidth is not 25%")
                .hasMessageContaining("internal error");
    }

    private static int fraction(FmClient client, QosFractions.Of of) {
        Outcome<QosFractions.Fractions> read = client.callThrough(4, new QosFractions.Get(of, 1, 2));
        assertThat(read).isInstanceOf(Outcome.Answered.class);
        return ((Outcome.Answered<QosFractions.Fractions>) read)
                .response()
                .each()
                .at(0);
    }

    private static void set(FmClient client, QosFractions.Of of, int fraction) {
        assertThat(client.callThrough(
                        4,
                        new QosFractions.Set(
                                of, new QosFractions.Fractions(2, Octets.adopt(new byte[] {(byte) fraction})))))
                .isInstanceOf(Outcome.Answered.class);
    }

    @Test
    void aHostOfWhichTheConfigurationKnowsNothingIsRefused() throws Exception {
        try (Interposer interposer = open()) {
            assertThatThrownBy(() -> interposer.bind(FIRST, "z", 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("no host z");
        }
    }

    @Test
    void aWashWindowThatIsNotThereLeavesTheSliceUnboundAndSaysWhatToCorrect() throws Exception {
        Map<String, String> wrong = new HashMap<>(settings());
        wrong.put("washWindow", rack + "/nowhere/{vppb}.mem");
        try (Interposer interposer = new CxlSwitchProvider().open("b", wrong)) {
            assertThatThrownBy(() -> interposer.sanitise(FIRST)).hasMessageContaining("washWindow");
            assertThat(interposer.route(FIRST)).isInstanceOf(Route.Unbound.class);
        }
    }

    @Test
    void aSettingThatIsWrongIsNamedWithWhatIsRight() throws Exception {
        for (Map.Entry<String, String> wrong : List.of(
                Map.entry("switch", "nowhere"),
                Map.entry("lend", "three"),
                Map.entry("lend", "3/9"),
                Map.entry("lend", "3, 3/1"),
                Map.entry("hosts", "a"),
                Map.entry("hosts", "a=0, c=0"),
                Map.entry("hosts", "a=2, c=1"),
                Map.entry("wash", "256"),
                Map.entry("washWindow", ""),
                Map.entry("wipe", "nobody"),
                Map.entry("lend", "5"),
                Map.entry("lend", "3 0%"),
                Map.entry("lend", "5=256MiB 25%"),
                Map.entry("forcedEnd", "perhaps"),
                Map.entry("colour", "blue"))) {
            Map<String, String> settings = new HashMap<>(settings());
            settings.put(wrong.getKey(), wrong.getValue());
            assertThatThrownBy(() -> new CxlSwitchProvider().open("b", settings))
                    .as(wrong.toString())
                    .isInstanceOf(HalException.class)
                    .hasMessageMatching("(?s).*(" + wrong.getKey() + "|claimed|wash).*");
        }
    }

    private void tell(Opcode opcode, PlannedFault.Kind kind) throws IOException {
        tell(opcode, kind, 1);
    }

    private void tell(Opcode opcode, PlannedFault.Kind kind, int count) throws IOException {
        server().tell(new PlannedFault(opcode, kind, 0, count));
    }

    private static void answered(FmClient client, FmRequest<?> request) {
        assertThat(client.call(request)).isInstanceOf(Outcome.Answered.class);
    }

    private CxlSwitchServer server() throws IOException {
        if (running.isEmpty()) {
            running = Optional.of(CxlSwitchServer.start(plan(""), dialect(), 0));
        }
        return running.get();
    }

    /** In the place of the one that the contract has opened. */
    private void startWithBackground(String time) throws IOException {
        server().close();
        running = Optional.of(CxlSwitchServer.start(
                SwitchText.parse(text("").replace("background 2ms", "background " + time)), dialect(), 0));
    }

    private SwitchPlan plan(String more) {
        return SwitchText.parse(text(more));
    }

    private String text(String more) {
        return """
                background 2ms
                serial 42
                memory %1$s/devices
                port 0 upstream
                port 1 upstream
                port 2 upstream
                port 3 mld 512MiB lds 2
                port 4 mld 1GiB lds 4
                port 5 sld 256MiB
                port 7 upstream
                vcs 0 upstream 0 vppbs 4 windows %1$s/a/{vppb}.mem
                vcs 1 upstream 1 vppbs 4 windows %1$s/c/{vppb}.mem
                vcs 2 upstream 2 vppbs 1 windows %1$s/wash/{vppb}.mem
                vcs 7 upstream 7 vppbs 1
                """.formatted(rack) + more;
    }

    private Map<String, String> settings() throws IOException {
        InetSocketAddress address = server().address();
        return Map.of(
                "switch",
                "127.0.0.1:" + address.getPort(),
                "lend",
                "3, 4/2, 5=256MiB",
                "hosts",
                "a=0, c=1",
                "wash",
                "2",
                "washWindow",
                rack + "/wash/{vppb}.mem",
                "windows",
                rack + "/{host}/{vppb}.mem");
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), 4096);
        }
    }

    private static byte[] read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SECRET.length);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.read(bytes, 4096);
        }
        assertThat(Files.size(file)).isEqualTo(UNIT);
        return bytes.array();
    }
}
