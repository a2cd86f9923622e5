package org.rackweave.hal.cxl.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.cxl.BackgroundStatus;
import org.rackweave.hal.cxl.CciMailbox;
import org.rackweave.hal.cxl.CciMessage;
import org.rackweave.hal.cxl.DcAdd;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.cxl.DcExtents;
import org.rackweave.hal.cxl.DcRegions;
import org.rackweave.hal.cxl.DcRelease;
import org.rackweave.hal.cxl.DcTags;
import org.rackweave.hal.cxl.DcdInfo;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponder;
import org.rackweave.hal.cxl.FmRoute;
import org.rackweave.hal.cxl.IdBits;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.IdentifySwitch;
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.Tunnel;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/** Pieces of a dynamic capacity device that says what no device should say, in memory. Two hosts, and the machine that washes. */
@Timeout(60)
class DynamicLendingTest {
    private static final long PIECE = 64L << 20;
    private static final int PORT = 8;
    private static final int WASH = 2;
    private static final int HOSTS = 3;
    private static final String FIRST = "dcd-0000000000000009-0";
    private static final Octets FOREIGN = Octets.ofHex("77".repeat(16));
    private static final Octets NO_TAG = Octets.ofHex("00".repeat(16));

    @TempDir
    private Path windows;

    private final Device device = new Device();

    private record Given(int host, DcExtent extent) {}

    /** A switch and the device behind it. What is in the way of an answer comes first. */
    private static final class Device implements CciMailbox {
        private final List<Given> given = new ArrayList<>();
        private long serial = 9;
        private long regionBase;
        private long capacityUnits = 1;
        private Function<FmRequest<?>, Optional<Handled>> instead = request -> Optional.empty();

        @Override
        public Answer run(int opcode, Octets payload, Deadline deadline) throws IOException {
            CciMessage answer = FmResponder.answer(
                            Dialect.CXL3, CciMessage.request(0, opcode, payload), this::ofTheSwitch)
                    .orElseThrow(() -> new SocketTimeoutException("nothing is said"));
            return new Answer(answer.returnCode().number(), 0, answer.payload());
        }

        private Optional<Handled> ofTheSwitch(FmRequest<?> request) {
            if (request instanceof Tunnel.Request tunnel) {
                return Optional.of(FmResponder.answerThrough(
                        Dialect.CXL3, tunnel, inner -> instead.apply(inner).or(() -> Optional.of(ofTheDevice(inner)))));
            }
            if (request instanceof IdentifySwitch.Request) {
                IdBits ids = IdBits.of(IntStream.range(0, HOSTS));
                return Optional.of(
                        Handled.with(new IdentifySwitch.Response(0, HOSTS, HOSTS, ids, ids, HOSTS, HOSTS, 0)));
            }
            if (request instanceof VcsInfo.Request asked) {
                int id = asked.virtualSwitches().get(0);
                VcsInfo.Vppb vppb = new VcsInfo.Vppb(VcsInfo.Binding.LD, PORT, id);
                return Optional.of(Handled.with(new VcsInfo.Response(
                        List.of(new VcsInfo.VirtualSwitch(id, VcsInfo.State.ENABLED, id, 1, List.of(vppb))))));
            }
            return Optional.of(Handled.with(
                    request instanceof Identify.Request
                            ? new Identify.Response(0, 0, 0, 0, 1, 13, Optional.of(0))
                            : new BackgroundStatus.Response(
                                    BackgroundStatus.Activity.IDLE, 0, 0, ReturnCode.SUCCESS, 0)));
        }

        private Handled ofTheDevice(FmRequest<?> request) {
            if (request instanceof Identify.Request) {
                return Handled.with(new Identify.Response(0, 0, 0, 0, serial, 13, Optional.of(3)));
            } else if (request instanceof DcdInfo.Request) {
                return Handled.with(
                        new DcdInfo.Response(HOSTS, 1, 7, 3, 1, capacityUnits, Collections.nCopies(8, 1L << 20)));
            } else if (request instanceof DcRegions.Get get) {
                DcRegions.Region region =
                        new DcRegions.Region(regionBase, 1, 256L << 20, 1 << 20, 0, DcRegions.OnRelease.LEFT);
                return Handled.with(
                        new DcRegions.Held(get.host(), 1, List.of(region), new DcRegions.Room(200, 200, 64, 64)));
            } else if (request instanceof DcExtents.Request extents) {
                List<DcExtent> all = given.stream()
                        .filter(each -> each.host() == extents.host())
                        .map(Given::extent)
                        .toList();
                return Handled.with(new DcExtents.Response(extents.host(), 0, all.size(), 1, all));
            } else if (request instanceof DcTags.Request) {
                List<DcTags.Tag> tags = given.stream()
                        .filter(each -> !each.extent().tag().equals(NO_TAG))
                        .map(each -> at(each.host(), each.extent().tag()))
                        .toList();
                return Handled.with(new DcTags.Response(1, tags.size(), DcTags.Response.BOTH_VALID, tags));
            } else if (request instanceof DcAdd.Request add) {
                given.add(new Given(add.host(), add.extents().get(0)));
                return Handled.with(new NoPayload());
            }
            DcRelease.Request release = (DcRelease.Request) request;
            given.removeIf(each -> each.host() == release.host()
                    && (release.policy() == DcRelease.Policy.BY_TAG
                            ? each.extent().tag().equals(release.tag())
                            : release.extents().contains(each.extent())));
            return Handled.with(new NoPayload());
        }

        private static DcTags.Tag at(int host, Octets tag) {
            return new DcTags.Tag(
                    tag, DcTags.Reference.NONE, IdBits.of(IntStream.of(host)), IdBits.of(IntStream.empty()));
        }

        private void insteadOf(Opcode opcode, Function<FmRequest<?>, Handled> answer) {
            instead = request -> request.opcode() == opcode ? Optional.of(answer.apply(request)) : Optional.empty();
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    private DynamicLending lending() throws HalException {
        FmRoute route = FmRoute.mailbox("the test's", deadline -> device);
        CxlSwitchSettings settings = new CxlSwitchSettings(
                route,
                List.of(new CxlSwitchSettings.Claim(
                        PORT, OptionalInt.empty(), OptionalLong.empty(), OptionalLong.of(PIECE), OptionalInt.empty())),
                Map.of("a", 0, "c", 1),
                WASH,
                windows + "/{vppb}",
                CxlSwitchSettings.Wiper.HOST,
                ForcedEnd.TOLERATED,
                "",
                Provenance.SIMULATED,
                Optional.of("/rack/{host}/{vppb}"));
        FmClient client = new FmClient(route, new FmPatience(1_000, 1_000, 1_000));
        FmClient.Greeting greeting = ((Outcome.Answered<FmClient.Greeting>) client.greet()).response();
        return new DynamicLending(
                client, settings, new AtomicBoolean(), DynamicSlices.find(client, settings, greeting));
    }

    private static Octets tag(int piece, long epoch) {
        return new DynamicSlices.Tag(piece, epoch).bytes();
    }

    private static DcExtent piece(int index, Octets tag) {
        return new DcExtent(index * PIECE, PIECE, tag, 0);
    }

    @Test
    void a_piece_is_lent_and_taken_back() throws Exception {
        DynamicLending lending = lending();
        assertThat(lending.bind(FIRST, "a", 0, 5).lengthBytes()).isEqualTo(PIECE);
        assertThat(device.given).containsExactly(new Given(0, piece(0, tag(0, 5))));
        assertThat(lending.route(FIRST)).isEqualTo(new Route.Bound("a", 0));
        lending.unbind(FIRST);
        assertThat(device.given).isEmpty();
    }

    @Test
    void capacity_that_reaches_past_the_end_of_numbers_is_in_the_way() throws Exception {
        DynamicLending lending = lending();
        device.given.add(new Given(1, new DcExtent(PIECE / 2, Long.MAX_VALUE, FOREIGN, 0)));
        assertThat(lending.route(FIRST)).isEqualTo(new Route.Bound("(tag " + FOREIGN + ")", 0));
    }

    @Test
    void a_region_that_reaches_past_the_end_of_numbers_is_an_error_of_the_device() throws Exception {
        DynamicLending lending = lending();
        device.regionBase = Long.MAX_VALUE;
        assertThatThrownBy(() -> lending.bind("dcd-0000000000000009-1", "a", 0, 1))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("which the piece is not in");
        assertThat(device.given).isEmpty();
    }

    @Test
    void more_capacity_than_numbers_can_say_is_no_less() throws Exception {
        device.capacityUnits = Long.MAX_VALUE;
        assertThat(lending().slices()).hasSize(4);
    }

    @Test
    void a_list_that_changes_between_its_pages_is_read_again() throws Exception {
        DynamicLending lending = lending();
        AtomicInteger asked = new AtomicInteger();
        // What was first is gone when the second page is read, and the offer is first now.
        device.insteadOf(Opcode.LIST_DC_TAGS, request -> {
            long first = ((DcTags.Request) request).first();
            DcTags.Tag offered = new DcTags.Tag(
                    tag(0, 1), DcTags.Reference.NONE, IdBits.of(IntStream.empty()), IdBits.of(IntStream.of(0)));
            List<DcTags.Tag> list = asked.getAndIncrement() == 0 ? List.of(Device.at(1, FOREIGN)) : List.of(offered);
            boolean isOld = asked.get() == 1;
            return Handled.with(new DcTags.Response(
                    isOld ? 1 : 2, isOld ? 2 : 1, DcTags.Response.BOTH_VALID, first > 0 ? List.of() : list));
        });
        assertThat(lending.route(FIRST)).isEqualTo(new Route.Bound("a", 0));
    }

    @Test
    void a_list_that_changes_all_the_time_is_not_read_for_ever() throws Exception {
        DynamicLending lending = lending();
        AtomicInteger generation = new AtomicInteger();
        device.insteadOf(
                Opcode.LIST_DC_TAGS,
                request -> Handled.with(new DcTags.Response(
                        generation.incrementAndGet(),
                        1_000,
                        DcTags.Response.BOTH_VALID,
                        List.of(Device.at(1, FOREIGN)))));
        assertThatThrownBy(() -> lending.route(FIRST))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("changes all the time");
    }

    @Test
    void a_device_that_does_not_say_where_a_tag_is_is_not_believed() throws Exception {
        DynamicLending lending = lending();
        device.insteadOf(
                Opcode.LIST_DC_TAGS,
                request -> Handled.with(new DcTags.Response(1, 1, 0, List.of(Device.at(1, tag(0, 1))))));
        assertThatThrownBy(() -> lending.route(FIRST))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("does not say which hosts");
    }

    @Test
    void what_is_tagged_for_a_wash_at_a_host_is_bound_to_that_host() throws Exception {
        DynamicLending lending = lending();
        device.given.add(new Given(0, piece(0, tag(0, 0))));
        assertThat(lending.route(FIRST)).isEqualTo(new Route.Bound("a", 0));
        assertThatThrownBy(() -> lending.bind(FIRST, "c", 1, 2)).isInstanceOf(HalException.Refused.class);
        assertThatThrownBy(() -> lending.sanitise(FIRST)).isInstanceOf(HalException.Refused.class);
        lending.unbind(FIRST);
        assertThat(device.given).isEmpty();
    }

    @Test
    void a_wash_that_a_host_was_let_into_is_bound_to_that_host() throws Exception {
        DynamicLending lending = lending();
        device.given.add(new Given(WASH, piece(0, tag(0, 0))));
        assertThat(lending.route(FIRST)).isInstanceOf(Route.Unbound.class);
        device.given.add(new Given(1, piece(0, tag(0, 0))));
        assertThat(lending.route(FIRST)).isEqualTo(new Route.Bound("c", 0));
        lending.unbind(FIRST);
        assertThat(device.given).isEmpty();
    }

    @Test
    void a_piece_that_is_given_to_two_hosts_is_lent_to_none() throws Exception {
        DynamicLending lending = lending();
        device.insteadOf(Opcode.ADD_DYNAMIC_CAPACITY, request -> {
            device.given.add(new Given(1, piece(0, FOREIGN)));
            return device.ofTheDevice(request);
        });
        assertThatThrownBy(() -> lending.bind(FIRST, "a", 0, 1))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("(tag " + FOREIGN + ")");
        lending.unbind(FIRST);
        assertThat(device.given).isEmpty();
    }

    @Test
    void a_device_that_adds_and_then_cannot_be_asked_leaves_an_unknown_outcome() throws Exception {
        DynamicLending lending = lending();
        device.insteadOf(Opcode.ADD_DYNAMIC_CAPACITY, request -> {
            device.insteadOf(Opcode.LIST_DC_TAGS, list -> Handled.as(ReturnCode.INTERNAL_ERROR));
            return device.ofTheDevice(request);
        });
        assertThatThrownBy(() -> lending.bind(FIRST, "a", 0, 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThatThrownBy(() -> lending.route(FIRST)).isInstanceOf(HalException.Unavailable.class);
    }

    @Test
    void nothing_is_taken_from_another_device_in_the_same_port() throws Exception {
        DynamicLending lending = lending();
        device.serial = 10;
        Given others = new Given(0, piece(0, tag(0, 3)));
        device.given.add(others);
        assertThatThrownBy(() -> lending.unbind(FIRST))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("port 8 had the device 0000000000000009 and has now 000000000000000a");
        assertThatThrownBy(() -> lending.route(FIRST)).isInstanceOf(HalException.Refused.class);
        assertThat(device.given).containsExactly(others);
    }

    @Test
    void of_another_managers_capacity_only_what_is_in_the_way_is_taken() throws Exception {
        DynamicLending lending = lending();
        Given elsewhere = new Given(1, piece(2, NO_TAG));
        device.given.addAll(List.of(new Given(1, piece(0, NO_TAG)), elsewhere));
        lending.unbind(FIRST);
        assertThat(device.given).containsExactly(elsewhere);
    }

    @Test
    void what_its_host_gives_back_while_it_is_taken_is_taken() throws Exception {
        DynamicLending lending = lending();
        lending.bind(FIRST, "a", 0, 1);
        device.insteadOf(Opcode.RELEASE_DYNAMIC_CAPACITY, request -> {
            device.given.clear();
            return Handled.as(ReturnCode.INVALID_INPUT);
        });
        lending.unbind(FIRST);
        assertThat(lending.route(FIRST)).isInstanceOf(Route.Unbound.class);
    }

    @Test
    void of_two_errors_of_a_wipe_the_first_is_told() throws Exception {
        DynamicLending lending = lending();
        // Not what memory looks like.
        Path window = Files.createDirectory(windows.resolve("0-" + tag(0, 0)));
        device.insteadOf(Opcode.RELEASE_DYNAMIC_CAPACITY, request -> Handled.with(new NoPayload()));
        assertThatThrownBy(() -> lending.sanitise(FIRST))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining(window.toString())
                .satisfies(told -> assertThat(told.getSuppressed()).hasSize(1));
    }
}
