package org.rackweave.sim.cxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.DcAdd;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.cxl.DcExtents;
import org.rackweave.hal.cxl.DcReference;
import org.rackweave.hal.cxl.DcRegions;
import org.rackweave.hal.cxl.DcRelease;
import org.rackweave.hal.cxl.DcTags;
import org.rackweave.hal.cxl.DcdInfo;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.EventLog;
import org.rackweave.hal.cxl.EventReader;
import org.rackweave.hal.cxl.FabricEvent;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponse;
import org.rackweave.hal.cxl.HeadInfo;
import org.rackweave.hal.cxl.HealthInfo;
import org.rackweave.hal.cxl.MultiHeadedInfo;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.PortControl;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.Sanitize;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.mctp.Octets;

/** Dynamic capacity, several heads and event records, from the client through the simulated switch, over TCP on this machine. */
@Timeout(120)
class DynamicDeviceTest {
    private static final FmPatience PATIENT = new FmPatience(30_000, 30_000, 30_000);
    private static final int PORT = 8;
    private static final long MIB = 1 << 20;
    private static final Octets RED = Octets.ofHex("0a".repeat(16));
    private static final Octets BLUE = Octets.ofHex("0b".repeat(16));

    @TempDir
    private Path directory;

    private String plan(String more) {
        return String.format(Locale.ROOT, """
                background 0ms
                memory %1$s/devices
                port 0 upstream
                port 1 upstream
                port 8 dcd 256MiB lds 2 block 1MiB regions 2
                vcs 0 upstream 0 vppbs 4 windows %1$s/alpha/{vppb}
                vcs 1 upstream 1 vppbs 4 windows %1$s/bravo/{vppb}
                bound 0 0 to 8 ld 0
                bound 1 0 to 8 ld 1
                """, directory) + more;
    }

    /** Without memory to look at, which takes long to make. */
    private static CxlSwitchServer startHeads(String more) throws IOException {
        return CxlSwitchServer.start(SwitchText.parse("""
                background 0ms
                port 0 upstream
                port 1 upstream
                port 6 mhd 1GiB lds 4 heads 2
                port 7 head 1 of 6
                port 8 dcd 256MiB lds 2 block 1MiB regions 2
                vcs 0 upstream 0 vppbs 4
                vcs 1 upstream 1 vppbs 4
                """ + more), Dialect.CXL3, 0);
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void capacity_is_given_to_a_host_and_comes_back(Dialect dialect) throws Exception {
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchText.parse(plan("")), dialect, 0);
                FmClient client = new FmClient(server.address(), PATIENT)) {
            assertThat(answered(client, new DcdInfo.Request()))
                    .isEqualTo(new DcdInfo.Response(2, 2, 7, 3, 3, 1, List.of(MIB, MIB, 0L, 0L, 0L, 0L, 0L, 0L)));
            answered(client, add(0, 3 * MIB, RED));

            assertThat(extents(client, 0)).containsExactly(new DcExtent(0, 3 * MIB, RED, 0));
            assertThat(extents(client, 1)).isEmpty();
            write(window("alpha", RED), 'r');
            assertThat(changes(client)).containsExactly(FabricEvent.CapacityChange.ADD_RESPONSE);

            answered(client, release(0, 3 * MIB, RED, DcRelease.Force.ASKED, DcRelease.Wipe.LEFT));
            assertThat(extents(client, 0)).isEmpty();
            assertThat(window("alpha", RED)).doesNotExist();
            assertThat(changes(client)).containsExactly(FabricEvent.CapacityChange.RELEASED);

            answered(client, add(1, 3 * MIB, BLUE));
            assertThat(extents(client, 1)).hasSize(1);
            assertThat(read(window("bravo", BLUE))).as("nobody wiped it").isEqualTo('r');
            answered(client, release(1, 3 * MIB, BLUE, DcRelease.Force.FORCED, DcRelease.Wipe.SANITISED));
            answered(client, add(0, 3 * MIB, RED));
            assertThat(extents(client, 0)).hasSize(1);
            assertThat(read(window("alpha", RED))).isZero();
        }
    }

    @Test
    void what_a_host_mapped_is_cut_when_its_capacity_is_taken_by_force() throws Exception {
        try (CxlSwitchServer server = start("");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            answered(client, add(0, MIB, RED));
            assertThat(extents(client, 0)).hasSize(1);
            try (RandomAccessFile held =
                    new RandomAccessFile(window("alpha", RED).toFile(), "rw")) {
                assertThat(held.length()).isEqualTo(MIB);
                answered(client, release(0, MIB, RED, DcRelease.Force.FORCED, DcRelease.Wipe.LEFT));
                assertThat(held.length()).isZero();
            }
            assertThat(changes(client))
                    .as("records of force are for hosts")
                    .containsExactly(FabricEvent.CapacityChange.ADD_RESPONSE);
        }
    }

    @Test
    void what_a_device_cannot_do_is_declined_by_the_code_of_the_specification() throws Exception {
        try (CxlSwitchServer server = start("");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            assertThat(declined(client, add(2, MIB, RED))).as("no such host").isEqualTo(ReturnCode.INVALID_INPUT);
            assertThat(declined(client, add(0, MIB + 1, RED))).isEqualTo(ReturnCode.INVALID_INPUT);
            assertThat(declined(client, add(0, 257 * MIB, RED))).isEqualTo(ReturnCode.RESOURCES_EXHAUSTED);
            assertThat(declined(client, release(0, MIB, RED, DcRelease.Force.ASKED, DcRelease.Wipe.LEFT)))
                    .as("no such tag")
                    .isEqualTo(ReturnCode.INVALID_INPUT);
            answered(client, add(0, 2 * MIB, RED));
            assertThat(declined(client, add(1, MIB, RED))).as("the tag is used").isEqualTo(ReturnCode.INVALID_INPUT);
            assertThat(extents(client, 0)).hasSize(1);
            assertThat(declined(client, release(1, 2 * MIB, RED, DcRelease.Force.ASKED, DcRelease.Wipe.LEFT)))
                    .as("another host's")
                    .isEqualTo(ReturnCode.INVALID_INPUT);
            assertThat(declined(client, release(0, 3 * MIB, RED, DcRelease.Force.ASKED, DcRelease.Wipe.LEFT)))
                    .isEqualTo(ReturnCode.RESOURCES_EXHAUSTED);
            assertThat(declined(client, prescribed(1, new DcExtent(MIB, MIB, BLUE, 0))))
                    .as("the other host has it")
                    .isEqualTo(ReturnCode.INVALID_EXTENT_LIST);
            assertThat(declined(client, new DcRegions.Set(0, MIB, DcRegions.OnRelease.SANITISED)))
                    .as("a region that is in use")
                    .isEqualTo(ReturnCode.UNSUPPORTED);
            answered(client, prescribed(1, new DcExtent(5 * MIB, MIB, BLUE, 0)));
            assertThat(extents(client, 1)).containsExactly(new DcExtent(5 * MIB, MIB, BLUE, 0));
        }
    }

    @Test
    void a_host_that_refuses_keeps_or_is_silent_is_seen_by_what_it_has() throws Exception {
        try (CxlSwitchServer server = start("host 0 refuses\nhost 1 keeps\n");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            answered(client, add(0, MIB, RED));
            assertThat(extents(client, 0)).isEmpty();
            assertThat(changes(client)).containsExactly(FabricEvent.CapacityChange.ADD_RESPONSE);

            answered(client, add(1, MIB, BLUE));
            assertThat(extents(client, 1)).hasSize(1);
            answered(client, release(1, MIB, BLUE, DcRelease.Force.ASKED, DcRelease.Wipe.LEFT));
            assertThat(extents(client, 1)).hasSize(1);
            answered(client, release(1, MIB, BLUE, DcRelease.Force.FORCED, DcRelease.Wipe.LEFT));
            assertThat(extents(client, 1)).isEmpty();
        }
        try (CxlSwitchServer server = start("host 0 silent\n");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            answered(client, add(0, MIB, RED));
            assertThat(extents(client, 0)).isEmpty();
            DcTags.Tag tag = answered(client, new DcTags.Request(0, 9)).tags().get(0);
            assertThat(tag.pending().ids()).containsExactly(0);
            assertThat(declined(client, release(0, MIB, RED, DcRelease.Force.ASKED, DcRelease.Wipe.LEFT)))
                    .isEqualTo(ReturnCode.INVALID_PHYSICAL_ADDRESS);
            answered(client, release(0, MIB, RED, DcRelease.Force.FORCED, DcRelease.Wipe.LEFT));
            assertThat(answered(client, new DcTags.Request(0, 9)).tags()).isEmpty();
        }
    }

    @Test
    void shared_capacity_is_one_memory_and_is_kept_by_a_reference() throws Exception {
        try (CxlSwitchServer server = start("");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            answered(client, new DcAdd.Request(0, DcAdd.Policy.FREE, 1, MIB, RED, List.of()));
            answered(client, new DcAdd.Request(1, DcAdd.Policy.SHARED, 1, 0, RED, List.of()));
            assertThat(extents(client, 0)).isEqualTo(extents(client, 1)).hasSize(1);
            assertThat(extents(client, 0).get(0).dpa())
                    .as("an address of region 1")
                    .isEqualTo(256 * MIB);
            write(window("alpha", RED), 's');
            assertThat(read(window("bravo", RED))).isEqualTo('s');

            answered(client, new DcReference.Request(DcReference.Change.ADD, RED));
            for (int host = 0; host < 2; host++) {
                answered(client, release(host, MIB, RED, DcRelease.Force.FORCED, DcRelease.Wipe.SANITISED));
            }
            assertThat(answered(client, new DcTags.Request(0, 1)).tags())
                    .extracting(DcTags.Tag::reference)
                    .containsExactly(DcTags.Reference.HELD);
            answered(client, new DcAdd.Request(1, DcAdd.Policy.SHARED, 1, 0, RED, List.of()));
            assertThat(extents(client, 1)).hasSize(1);
            assertThat(read(window("bravo", RED))).as("the reference kept it").isEqualTo('s');
            answered(client, release(1, MIB, RED, DcRelease.Force.FORCED, DcRelease.Wipe.LEFT));
            answered(client, new DcReference.Request(DcReference.Change.REMOVE, RED));
            assertThat(answered(client, new DcTags.Request(0, 1)).tags()).isEmpty();
        }
    }

    @Test
    void whatever_is_added_and_released_no_block_is_ever_at_two_hosts() throws Exception {
        Random random = new Random(11);
        int done = 0;
        try (CxlSwitchServer server = start("");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            for (int round = 0; round < 300; round++) {
                int host = random.nextInt(2);
                Octets tag =
                        Octets.ofHex(String.format("%02x", random.nextInt(6)).repeat(16));
                long bytes = (1 + random.nextInt(90)) * MIB;
                Outcome<?> outcome =
                        switch (random.nextInt(4)) {
                            case 0 -> client.callThrough(PORT, add(host, bytes, tag));
                            case 1 ->
                                client.callThrough(
                                        PORT,
                                        new DcAdd.Request(host, DcAdd.Policy.CONTIGUOUS, 0, bytes, tag, List.of()));
                            default ->
                                client.callThrough(
                                        PORT,
                                        release(
                                                host,
                                                bytesOf(client, host, tag),
                                                tag,
                                                DcRelease.Force.ASKED,
                                                DcRelease.Wipe.LEFT));
                        };
                done += outcome.kind() == Outcome.Kind.ANSWERED ? 1 : 0;
                Set<Long> blocks = new HashSet<>();
                for (int each = 0; each < 2; each++) {
                    for (DcExtent extent : extents(client, each)) {
                        for (long at = extent.dpa(); at < extent.dpa() + extent.bytes(); at += MIB) {
                            assertThat(at).isBetween(0L, 255 * MIB);
                            assertThat(blocks.add(at))
                                    .as("round %d, block %x", round, at)
                                    .isTrue();
                        }
                    }
                }
            }
        }
        assertThat(done).isGreaterThan(60);
    }

    @Test
    void a_firmware_that_lies_about_capacity_is_told_by_reading_only() throws Exception {
        try (CxlSwitchServer server = start("fault add-dynamic-capacity lie\n");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            answered(client, add(0, MIB, RED));
            assertThat(extents(client, 0)).isEmpty();
            server.tell(new PlannedFault(Opcode.ADD_DYNAMIC_CAPACITY, PlannedFault.Kind.LOSE, 0, 1));
            answered(client, add(0, MIB, RED));
            assertThat(extents(client, 0)).hasSize(1);
            assertThat(changes(client)).as("the record was lost").isEmpty();
            server.tell(new PlannedFault(Opcode.GET_DC_EXTENTS, PlannedFault.Kind.MISCOUNT, 0, 1));
            assertThat(answered(client, new DcExtents.Request(0, 9, 0)).total()).isEqualTo(2);
            server.tell(new PlannedFault(Opcode.RELEASE_DYNAMIC_CAPACITY, PlannedFault.Kind.LIE, 0, 1));
            answered(client, release(0, MIB, RED, DcRelease.Force.FORCED, DcRelease.Wipe.LEFT));
            assertThat(extents(client, 0)).hasSize(1);
        }
        assertThatThrownBy(() -> SwitchText.parse("fault identify lose")).hasMessageContaining("cannot lose");
    }

    @Test
    void an_unbound_logical_device_shows_nothing_and_shows_it_again_when_it_is_bound() throws Exception {
        try (CxlSwitchServer server = start("");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            answered(client, add(0, MIB, RED));
            assertThat(extents(client, 0)).hasSize(1);
            write(window("alpha", RED), 'u');
            call(client, new UnbindVppb.Request(0, 0, UnbindVppb.How.SURPRISE));
            assertThat(window("alpha", RED)).doesNotExist();
            assertThat(extents(client, 0)).as("the device keeps it").hasSize(1);
            call(client, new BindVppb.Request(1, 3, PORT, 0));
            assertThat(read(directory.resolve("bravo/3-" + RED))).isEqualTo('u');
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void each_head_of_a_device_has_its_own_logical_devices(Dialect dialect) throws Exception {
        String heads = "port 6 mhd 1GiB lds 4 heads 2\nport 7 head 1 of 6\n";
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchText.parse(plan(heads)), dialect, 0);
                FmClient client = new FmClient(server.address(), PATIENT)) {
            MultiHeadedInfo.Response map = answer(client.pool(7).call(new MultiHeadedInfo.Request(0, 9)));
            assertThat(map).isEqualTo(new MultiHeadedInfo.Response(4, 2, 0, Octets.ofHex("00000101")));
            assertThat(answer(client.pool(6).call(new HeadInfo.Request(0, 2))).heads())
                    .extracting(HeadInfo.Head::port)
                    .containsExactly(0, 1);
            assertThat(client.callThrough(6, new MultiHeadedInfo.Request(0, 9)).kind())
                    .isEqualTo(Outcome.Kind.ANSWERED);
            assertThat(client.pool(PORT).call(new MultiHeadedInfo.Request(0, 9)).kind())
                    .as("it has one head")
                    .isEqualTo(Outcome.Kind.DECLINED);

            assertThat(client.call(new BindVppb.Request(0, 1, 6, 2)).kind()).isEqualTo(Outcome.Kind.DECLINED);
            call(client, new BindVppb.Request(0, 1, 7, 2));
            call(client, new BindVppb.Request(1, 1, 6, 1));
            assertThat(Files.size(directory.resolve("alpha/1"))).isEqualTo(256 * MIB);
        }
        assertThatThrownBy(() -> SwitchText.parse("port 1 mhd 1GiB lds 4 heads 2\nport 2 head 2 of 1"))
                .hasMessageContaining("head 2 of port 1");
    }

    @Test
    void devices_are_named_by_their_kind_and_serial_number() throws Exception {
        try (CxlSwitchServer server = startHeads("port 3 mld 1GiB lds 2 serial 7\n");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            List<SwitchInventory.Device> devices =
                    answer(SwitchInventory.read(client)).readDevices(client);
            assertThat(devices)
                    .extracting(SwitchInventory.Device::name)
                    .containsExactly(
                            "mld-0000000000000007",
                            "mhd-0000005241434b06",
                            "mhd-0000005241434b06",
                            "dcd-0000005241434b08");
            assertThat(devices.get(1).heads()).isEqualTo(2);
        }
    }

    @Test
    void what_happens_at_the_switch_is_recorded_and_read_until_the_log_is_empty() throws Exception {
        try (CxlSwitchServer server = startHeads("");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            call(client, new BindVppb.Request(0, 1, 6, 0));
            call(client, new PortControl.Request(6, PortControl.Action.ASSERT_PERST));
            call(client, new PortControl.Request(6, PortControl.Action.ASSERT_PERST));
            call(client, new PortControl.Request(6, PortControl.Action.DEASSERT_PERST));
            call(client, new UnbindVppb.Request(0, 1, UnbindVppb.How.SURPRISE));
            server.unplug(6);
            server.plug(6);

            EventReader.Read read = EventReader.drain(client, EventLog.INFORMATIONAL, 1_000);
            assertThat(read.end()).isEqualTo(EventReader.End.EMPTY);
            List<FabricEvent> events = read.records().stream()
                    .map(record -> FabricEvent.of(record).fold(event -> event, (fault, detail) -> {
                        throw new AssertionError(detail);
                    }))
                    .toList();
            assertThat(events)
                    .extracting(FabricEvent::kind)
                    .containsExactly(
                            FabricEvent.Kind.BINDING,
                            FabricEvent.Kind.PORT,
                            FabricEvent.Kind.PORT,
                            FabricEvent.Kind.BINDING,
                            FabricEvent.Kind.PORT,
                            FabricEvent.Kind.PORT);
            assertThat(((FabricEvent.BindingEvent) events.get(0)).now())
                    .isEqualTo(new VcsInfo.Vppb(VcsInfo.Binding.LD, 6, 0));
            assertThat(((FabricEvent.PortEvent) events.get(1)).state().link().lanes())
                    .isZero();
            assertThat(((FabricEvent.PortEvent) events.get(4)).state().device()).isEqualTo(PortState.Device.NONE);
            assertThat(((FabricEvent.PortEvent) events.get(5)).state().device()).isEqualTo(PortState.Device.TYPE_3_MLD);
            assertThat(EventReader.drain(client, EventLog.INFORMATIONAL, 1_000).records())
                    .isEmpty();
        }
    }

    @Test
    void reading_records_ends_whatever_the_switch_says() throws Exception {
        try (CxlSwitchServer server = startHeads("storm 6 100000\n");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            EventReader.Read storm = EventReader.drain(client, EventLog.INFORMATIONAL, 500);
            assertThat(storm.end()).isIn(EventReader.End.LIMIT, EventReader.End.EMPTY);
            assertThat(storm.records()).hasSizeLessThan(500 + 63);

            server.tell(new PlannedFault(Opcode.GET_EVENT_RECORDS, PlannedFault.Kind.MISCOUNT, 0, 1));
            assertThat(EventReader.drain(client, EventLog.FATAL, 500).end()).isEqualTo(EventReader.End.STUCK);
            server.tell(new PlannedFault(Opcode.GET_EVENT_RECORDS, PlannedFault.Kind.FAIL, 0, 1));
            assertThat(EventReader.drain(client, EventLog.FATAL, 500).end()).isEqualTo(EventReader.End.BROKEN);
        }
        try (CxlSwitchServer server = startHeads("fault clear-event-records lie\n");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            call(client, new BindVppb.Request(0, 1, 6, 0));
            EventReader.Read read = EventReader.drain(client, EventLog.INFORMATIONAL, 500);
            assertThat(read.end()).isEqualTo(EventReader.End.STUCK);
            assertThat(read.records()).hasSize(1);
        }
    }

    @Test
    void a_sanitise_that_is_done_is_recorded_by_the_logical_device() throws Exception {
        try (CxlSwitchServer server = startHeads("");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            assertThat(client.callLogicalDevice(6, 1, new Sanitize.Request()))
                    .isEqualTo(new Outcome.Declined<>(ReturnCode.BACKGROUND_STARTED, 0));
            EventReader.Read read = EventReader.drain(client.logicalDevice(6, 1), EventLog.INFORMATIONAL, 9);
            assertThat(read.records()).hasSize(1);
            FabricEvent event = FabricEvent.of(read.records().get(0)).fold(each -> each, (fault, detail) -> {
                throw new AssertionError(detail);
            });
            assertThat(event)
                    .isEqualTo(new FabricEvent.MemoryEvent(FabricEvent.MemoryEvent.MEDIA, HealthInfo.Response.GOOD));
            assertThat(answer(client.callLogicalDevice(6, 1, new HealthInfo.Request())))
                    .isEqualTo(HealthInfo.Response.GOOD);
        }
    }

    @Test
    void a_device_that_is_pulled_out_by_hand_takes_its_memory_along() throws Exception {
        try (CxlSwitchServer server = start("");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            answered(client, add(0, MIB, RED));
            assertThat(extents(client, 0)).hasSize(1);
            server.unplug(PORT);
            assertThat(window("alpha", RED)).doesNotExist();
            assertThat(client.callThrough(PORT, new DcdInfo.Request()).kind()).isEqualTo(Outcome.Kind.DECLINED);
            server.plug(PORT);
            assertThat(window("alpha", RED)).exists();
        }
    }

    private CxlSwitchServer start(String more) throws IOException {
        return CxlSwitchServer.start(SwitchText.parse(plan(more)), Dialect.CXL3, 0);
    }

    private static DcAdd.Request add(int host, long bytes, Octets tag) {
        return new DcAdd.Request(host, DcAdd.Policy.FREE, 0, bytes, tag, List.of());
    }

    private static DcAdd.Request prescribed(int host, DcExtent extent) {
        return new DcAdd.Request(host, DcAdd.Policy.PRESCRIPTIVE, 0, 0, Octets.ofHex("00".repeat(16)), List.of(extent));
    }

    private static DcRelease.Request release(
            int host, long bytes, Octets tag, DcRelease.Force force, DcRelease.Wipe wipe) {
        return new DcRelease.Request(host, DcRelease.Policy.BY_TAG, force, wipe, bytes, tag, List.of());
    }

    private static long bytesOf(FmClient client, int host, Octets tag) {
        return Math.max(
                MIB,
                extents(client, host).stream()
                        .filter(extent -> extent.tag().equals(tag))
                        .mapToLong(DcExtent::bytes)
                        .sum());
    }

    private static List<DcExtent> extents(FmClient client, int host) {
        return answered(client, new DcExtents.Request(host, 100, 0)).extents();
    }

    private static List<FabricEvent.CapacityChange> changes(FmClient client) {
        List<FabricEvent.CapacityChange> changes = new ArrayList<>();
        EventReader.drain(client.device(PORT), EventLog.DYNAMIC_CAPACITY, 1_000)
                .records()
                .forEach(record -> changes.add(
                        ((FabricEvent.CapacityEvent) FabricEvent.of(record).fold(event -> event, (fault, detail) -> {
                                    throw new AssertionError(detail);
                                }))
                                .change()));
        return changes;
    }

    private Path window(String host, Octets tag) {
        return directory.resolve(host).resolve("0-" + tag);
    }

    private static void write(Path file, int value) throws IOException {
        try (RandomAccessFile memory = new RandomAccessFile(file.toFile(), "rw")) {
            memory.seek(MIB / 2);
            memory.write(value);
        }
    }

    private static int read(Path file) throws IOException {
        try (RandomAccessFile memory = new RandomAccessFile(file.toFile(), "r")) {
            memory.seek(MIB / 2);
            return memory.read();
        }
    }

    private static <R extends FmResponse> R answered(FmClient client, FmRequest<R> request) {
        return answer(client.callThrough(PORT, request));
    }

    private static <R extends FmResponse> ReturnCode declined(FmClient client, FmRequest<R> request) {
        Outcome<R> outcome = client.callThrough(PORT, request);
        assertThat(outcome.kind()).as("%s", outcome).isEqualTo(Outcome.Kind.DECLINED);
        return ((Outcome.Declined<R>) outcome).code();
    }

    private static void call(FmClient client, FmRequest<?> request) {
        assertThat(client.call(request).kind()).isEqualTo(Outcome.Kind.ANSWERED);
    }

    private static <R> R answer(Outcome<R> outcome) {
        assertThat(outcome.kind()).as("%s", outcome).isEqualTo(Outcome.Kind.ANSWERED);
        return ((Outcome.Answered<R>) outcome).response();
    }
}
