package org.rackweave.sim.cxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.Fence;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Route;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.cxl.DcAdd;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.cxl.DcExtents;
import org.rackweave.hal.cxl.DcRelease;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.cxl.pool.CxlSwitchProvider;
import org.rackweave.hal.mctp.Octets;
import org.rackweave.sim.interposer.InterposerContract;

/** The contract, on pieces of a dynamic capacity device; and what a device and its hosts may do that no contract foresees. */
@Timeout(120)
class DynamicLendingTest extends InterposerContract {
    private static final String FIRST = "dcd-0000000000000009-0";
    private static final long PIECE = 64L << 20;
    private static final int PORT = 8;

    @TempDir
    private Path rack;

    private Optional<CxlSwitchServer> running = Optional.empty();
    private Dialect dialect = Dialect.CXL3;

    @Override
    protected Interposer open() throws Exception {
        return open("device");
    }

    private Interposer open(String wipe) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of(
                "switch",
                "127.0.0.1:" + theSwitch("").address().getPort(),
                "lend",
                "8/dc 64MiB",
                "hosts",
                "a=0, c=1",
                "wash",
                "2",
                "washWindow",
                rack + "/wash/{vppb}",
                "wipe",
                wipe,
                "windows",
                rack + "/{host}/{vppb}"));
        return new CxlSwitchProvider().open("b", settings);
    }

    private CxlSwitchServer theSwitch(String more) throws IOException {
        if (running.isEmpty()) {
            String plan = String.format(Locale.ROOT, """
                    background 0ms
                    memory %1$s/devices
                    port 0 upstream
                    port 1 upstream
                    port 2 upstream
                    port 8 dcd 256MiB lds 3 block 1MiB serial 9
                    vcs 0 upstream 0 vppbs 2 windows %1$s/a/{vppb}
                    vcs 1 upstream 1 vppbs 2 windows %1$s/c/{vppb}
                    vcs 2 upstream 2 vppbs 2 windows %1$s/wash/{vppb}
                    bound 0 0 to 8 ld 0
                    bound 1 0 to 8 ld 1
                    bound 2 0 to 8 ld 2
                    """, rack);
            running = Optional.of(CxlSwitchServer.start(SwitchText.parse(plan + more), dialect, 0));
        }
        return running.get();
    }

    @AfterEach
    void stopTheSwitch() throws Exception {
        if (running.isPresent()) {
            running.get().close();
        }
    }

    @Test
    void a_device_is_lent_in_pieces() throws Exception {
        try (Interposer interposer = open()) {
            assertThat(interposer.slices())
                    .extracting(HardwareSlice::key)
                    .containsExactly(
                            FIRST, "dcd-0000000000000009-1", "dcd-0000000000000009-2", "dcd-0000000000000009-3");
            assertThat(interposer.slices()).extracting(HardwareSlice::amount).containsOnly(PIECE);
            assertThat(interposer.slices()).extracting(HardwareSlice::fence).containsOnly(Fence.ROUTE_READBACK);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void a_host_reads_what_it_wrote_and_the_next_one_reads_zeros(Dialect spoken) throws Exception {
        stopTheSwitch();
        running = Optional.empty();
        dialect = spoken;
        for (String wipe : List.of("device", "host")) {
            try (Interposer interposer = open(wipe)) {
                HardwareAttachment attachment = interposer.bind(FIRST, HOST, 1);
                write(Path.of(attachment.address()), 'x');
                interposer.unbind(FIRST, 1);
                assertThat(Path.of(attachment.address())).doesNotExist();
                assertThat(stored()).as("it is still in the device").isEqualTo('x');
                WipeReport report = interposer.sanitise(FIRST);
                assertThat(report.method()).isEqualTo(wipe.equals("host") ? "wash-host-zero" : "dcd-release-sanitised");
                assertThat(report.verifiedBytes()).isEqualTo(PIECE);
                assertThat(stored()).isZero();
                Path next = Path.of(interposer.bind(FIRST, OTHER_HOST, 2).address());
                assertThat(Files.size(next)).isEqualTo(PIECE);
                assertThat(read(next)).isZero();
                interposer.unbind(FIRST, 2);
            }
        }
    }

    @Test
    void a_wipe_that_did_nothing_is_seen_when_it_is_read_back() throws Exception {
        try (Interposer interposer = open()) {
            write(Path.of(interposer.bind(FIRST, HOST, 1).address()), 'x');
            interposer.unbind(FIRST, 1);
            theSwitch("").tell(new PlannedFault(Opcode.RELEASE_DYNAMIC_CAPACITY, PlannedFault.Kind.LIE, 0, 1));
            assertThatThrownBy(() -> interposer.sanitise(FIRST)).isInstanceOf(HalException.OutcomeUnknown.class);
            assertThat(interposer.route(FIRST)).as("on its way, at no host").isInstanceOf(Route.Unbound.class);
            assertThat(interposer.sanitise(FIRST).verifiedBytes()).isEqualTo(PIECE);
            assertThat(stored()).isZero();
        }
    }

    @Test
    void a_release_that_comes_late_from_an_older_grant_takes_nothing() throws Exception {
        try (Interposer interposer = open();
                FmClient late = new FmClient(theSwitch("").address(), FmPatience.USUAL)) {
            interposer.bind(FIRST, HOST, 1);
            Octets old = extents(late, 0).get(0).tag();
            interposer.unbind(FIRST, 1);
            interposer.bind(FIRST, HOST, 2);
            assertThat(late.callThrough(
                            PORT,
                            new DcRelease.Request(
                                    0,
                                    DcRelease.Policy.BY_TAG,
                                    DcRelease.Force.FORCED,
                                    DcRelease.Wipe.LEFT,
                                    PIECE,
                                    old,
                                    List.of())))
                    .isEqualTo(new Outcome.Declined<>(ReturnCode.INVALID_INPUT, 0));
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
        }
    }

    @Test
    void an_add_that_comes_late_from_an_older_grant_is_seen_and_can_be_taken_back() throws Exception {
        try (Interposer interposer = open();
                FmClient late = new FmClient(theSwitch("").address(), FmPatience.USUAL)) {
            interposer.bind(FIRST, HOST, 1);
            DcExtent old = extents(late, 0).get(0);
            interposer.unbind(FIRST, 1);
            late.callThrough(
                    PORT,
                    new DcAdd.Request(0, DcAdd.Policy.PRESCRIPTIVE, 0, 0, Octets.ofHex("00".repeat(16)), List.of(old)));
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 2))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("epoch 1");
            interposer.unbind(FIRST, 2);
            assertThat(interposer.route(FIRST)).isInstanceOf(Route.Unbound.class);
        }
    }

    @Test
    void capacity_that_somebody_else_gave_out_shows_as_bound_to_no_host_of_ours() throws Exception {
        try (Interposer interposer = open();
                FmClient other = new FmClient(theSwitch("").address(), FmPatience.USUAL)) {
            Octets tag = Octets.ofHex("77".repeat(16));
            other.callThrough(
                    PORT,
                    new DcAdd.Request(
                            1,
                            DcAdd.Policy.PRESCRIPTIVE,
                            0,
                            0,
                            Octets.ofHex("00".repeat(16)),
                            List.of(new DcExtent(PIECE - (1 << 20), 2 << 20, tag, 0))));
            assertThat(extents(other, 1)).hasSize(1);
            Route.Bound stranger = new Route.Bound("(tag " + tag + ")", 0);
            assertThat(interposer.route(FIRST)).isEqualTo(stranger);
            assertThat(interposer.route("dcd-0000000000000009-1")).isEqualTo(stranger);
            assertThat(interposer.route("dcd-0000000000000009-2")).isInstanceOf(Route.Unbound.class);
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1)).isInstanceOf(HalException.Refused.class);
        }
    }

    @Test
    void a_host_that_refuses_and_one_that_says_nothing_get_nothing() throws Exception {
        // The contract has opened one with other hosts.
        stopTheSwitch();
        running = Optional.empty();
        theSwitch("host 0 refuses\nhost 1 silent\n");
        try (Interposer interposer = open()) {
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1))
                    .isInstanceOf(HalException.OutcomeUnknown.class)
                    .hasMessageContaining("neither offers nor shows");
            assertThat(interposer.route(FIRST)).isInstanceOf(Route.Unbound.class);
            assertThatThrownBy(() -> interposer.bind(FIRST, OTHER_HOST, 2))
                    .isInstanceOf(HalException.OutcomeUnknown.class)
                    .hasMessageContaining("taken back");
            assertThat(interposer.route(FIRST)).isInstanceOf(Route.Unbound.class);
        }
    }

    @Test
    void a_device_that_lies_forgets_or_counts_wrong_is_not_believed() throws Exception {
        try (Interposer interposer = open()) {
            theSwitch("").tell(new PlannedFault(Opcode.ADD_DYNAMIC_CAPACITY, PlannedFault.Kind.LIE, 0, 1));
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1)).isInstanceOf(HalException.OutcomeUnknown.class);
            interposer.bind(FIRST, HOST, 2);
            theSwitch("").tell(new PlannedFault(Opcode.RELEASE_DYNAMIC_CAPACITY, PlannedFault.Kind.LIE, 0, 1));
            assertThatThrownBy(() -> interposer.unbind(FIRST, 2)).isInstanceOf(HalException.OutcomeUnknown.class);
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
            theSwitch("").tell(new PlannedFault(Opcode.LIST_DC_TAGS, PlannedFault.Kind.MISCOUNT, 0, 2));
            assertThatThrownBy(() -> interposer.route(FIRST)).isInstanceOf(HalException.Unavailable.class);
            theSwitch("").calm();
            assertThat(interposer.route(FIRST)).isEqualTo(new Route.Bound(HOST, 0));
        }
    }

    @Test
    void a_device_that_is_busy_is_asked_again_and_what_it_did_all_the_same_is_not_done_twice() throws Exception {
        try (Interposer interposer = open()) {
            for (PlannedFault.Kind kind :
                    List.of(PlannedFault.Kind.BUSY, PlannedFault.Kind.RETRY, PlannedFault.Kind.BUSY_DONE)) {
                theSwitch("").tell(new PlannedFault(Opcode.ADD_DYNAMIC_CAPACITY, kind, 0, 1));
                theSwitch("").tell(new PlannedFault(Opcode.LIST_DC_TAGS, PlannedFault.Kind.RETRY, 0, 1));
                interposer.bind(FIRST, HOST, 1);
                assertThat(interposer.route(FIRST)).as("%s", kind).isEqualTo(new Route.Bound(HOST, 0));
                theSwitch("").tell(new PlannedFault(Opcode.RELEASE_DYNAMIC_CAPACITY, kind, 0, 1));
                interposer.unbind(FIRST, 1);
                assertThat(interposer.route(FIRST)).as("%s", kind).isInstanceOf(Route.Unbound.class);
            }
        }
    }

    @Test
    void a_logical_device_that_is_not_bound_at_the_host_is_named() throws Exception {
        try (Interposer interposer = open();
                FmClient other = new FmClient(theSwitch("").address(), FmPatience.USUAL)) {
            other.call(new UnbindVppb.Request(0, 0, UnbindVppb.How.SURPRISE));
            assertThatThrownBy(() -> interposer.bind(FIRST, HOST, 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("no logical device of port 8 is bound behind virtual switch 0");
        }
    }

    @Test
    void pieces_that_do_not_fit_the_device_are_refused_with_its_size() throws Exception {
        CxlSwitchServer server = theSwitch("");
        Map<String, String> settings = new HashMap<>(Map.of(
                "switch", "127.0.0.1:" + server.address().getPort(),
                "lend", "8/dc 1GiB",
                "hosts", "a=0",
                "wash", "2",
                "washWindow", "/nowhere"));
        assertThatThrownBy(() -> new CxlSwitchProvider().open("b", settings))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("268435456 bytes");
        settings.put("lend", "8/dc 64MiB 25%");
        assertThatThrownBy(() -> new CxlSwitchProvider().open("b", settings))
                .hasMessageContaining("no share of the bandwidth");
    }

    private static List<DcExtent> extents(FmClient client, int host) {
        Outcome<DcExtents.Response> asked = client.callThrough(PORT, new DcExtents.Request(host, 100, 0));
        return ((Outcome.Answered<DcExtents.Response>) asked).response().extents();
    }

    /** What the device has where the first piece was written to. */
    private int stored() throws IOException {
        return read(rack.resolve("devices/port8.mem"));
    }

    private static void write(Path file, int value) throws IOException {
        try (RandomAccessFile memory = new RandomAccessFile(file.toFile(), "rw")) {
            memory.seek(PIECE / 2);
            memory.write(value);
        }
    }

    private static int read(Path file) throws IOException {
        try (RandomAccessFile memory = new RandomAccessFile(file.toFile(), "r")) {
            memory.seek(PIECE / 2);
            return memory.read();
        }
    }
}
