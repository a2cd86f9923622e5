package org.rackweave.hal.cxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rackweave.hal.mctp.Octets;

/** Our codec against the tables of the specification, where no conversation was captured. */
class ComponentMessagesTest {
    private static final VcsInfo.Vppb BOUND = new VcsInfo.Vppb(VcsInfo.Binding.LD, 4, 5);

    static Stream<HandWritten.Sample> samples() {
        return HandWritten.all().stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_request_has_the_bytes_of_the_table(HandWritten.Sample sample) {
        assertThat(FmCodec.request(Dialect.CXL3, 5, sample.request())).isEqualTo(sample.requestMessage(5));
        assertThat(CapturedConversationTest.accepted(FmCodec.readRequest(Dialect.CXL3, sample.requestMessage(5))))
                .isEqualTo(sample.request());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_response_has_the_bytes_of_the_table(HandWritten.Sample sample) {
        assertThat(FmCodec.payload(Dialect.CXL3, sample.response())).isEqualTo(Octets.ofHex(sample.responseHex()));
        FmResponse read = CapturedConversationTest.accepted(
                FmCodec.readResponse(Dialect.CXL3, 5, sample.request(), sample.responseMessage(5)));
        assertThat(read).isEqualTo(sample.response());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_response_that_is_cut_off_anywhere_or_too_long_is_refused(HandWritten.Sample sample) {
        Octets whole = Octets.ofHex(sample.responseHex());
        for (int length = 0; length < whole.length(); length++) {
            // Two answers may say less: the four logs that every component has, and nothing of a region that was set.
            boolean isWhole = (length == 4 && sample.request() instanceof EventInterrupts.Get)
                    || (length == 0 && sample.request() instanceof DcRegions.Set);
            assertThat(kind(sample, whole.slice(0, length)))
                    .as("%d bytes", length)
                    .isEqualTo(isWhole ? Decoded.Kind.ACCEPTED : Decoded.Kind.REFUSED);
        }
        if (!(sample.request() instanceof DcRegions.Set)) {
            assertThat(kind(sample, Octets.ofHex(sample.responseHex() + "00"))).isEqualTo(Decoded.Kind.REFUSED);
        }
    }

    @Test
    void a_device_says_its_firmware_and_its_locks_in_words() {
        assertThat(new FirmwareInfo.Response(2, 2, 0, 0, List.of("2.1", "3.0-rc", "", "")).text())
                .contains("slot 2, revision 3.0-rc");
        assertThat(FirmwareInfo.Response.of("a\u001bb\u00ff").text()).contains("slot 1, revision a?b?");
        assertThat(new FirmwareInfo.Response(1, 2, 0, 0, List.of("2.1", "", "", "")).text())
                .as("no such slot")
                .isEmpty();
        assertThat(SecurityState.Response.OPEN.text()).isEqualTo("unlocked");
        assertThat(SecurityState.Response.LOCKED.text()).isEqualTo("user passphrase set, locked");
        assertThat(new SecurityState.Response(0x40).text()).isEqualTo("state 0x00000040");
        for (long bits = 0; bits < 128; bits++) {
            assertThat(new SecurityState.Response(bits).text()).hasSizeLessThanOrEqualTo(96);
        }
    }

    @Test
    void every_command_is_in_a_conversation_that_was_captured_or_written_by_hand() {
        Set<Opcode> seen = EnumSet.noneOf(Opcode.class);
        HandWritten.all().forEach(sample -> seen.add(sample.request().opcode()));
        CapturedConversationTest.fabricManagerConversations().forEach(each -> {
            CciMessage message = CapturedConversationTest.accepted(CciCodec.decodePadded(
                    Dialect.JRL,
                    CapturedConversationTest.assembled(each.request()).body(),
                    1,
                    64));
            FmRequest<?> request = CapturedConversationTest.accepted(FmCodec.readRequest(Dialect.JRL, message));
            seen.add(request.opcode());
            if (request instanceof Tunnel.Request tunnel) {
                seen.add(Opcode.of(tunnel.message().opcode()).orElseThrow());
            }
        });
        assertThat(EnumSet.complementOf(EnumSet.copyOf(seen)))
                .as("those of DynamicCapacityTest, and one without a payload")
                .containsExactlyInAnyOrder(
                        Opcode.SANITIZE,
                        Opcode.GET_MULTI_HEADED_INFO,
                        Opcode.GET_DCD_INFO,
                        Opcode.RELEASE_DYNAMIC_CAPACITY);
    }

    @Test
    void events_are_read_from_their_records() {
        assertThat(event(HandWritten.BINDING_RECORD))
                .isEqualTo(new FabricEvent.BindingEvent(1, 2, FabricEvent.VppbChange.BINDING, BOUND, 0x1011, 0x2021));
        assertThat(event(HandWritten.PORT_RECORD))
                .isEqualTo(new FabricEvent.PortEvent(
                        FabricEvent.PortChange.SLOT,
                        0x0148,
                        new PortState.Port(
                                7,
                                PortState.State.DOWNSTREAM,
                                2,
                                PortState.Device.TYPE_3_MLD,
                                6,
                                new PortState.Link(16, 8, 0x1F, 5, 4),
                                4,
                                1,
                                PortState.Port.PRESENT,
                                0)));
        assertThat(event(HandWritten.CAPACITY_RECORD))
                .isEqualTo(new FabricEvent.CapacityEvent(
                        FabricEvent.CapacityChange.ADD_RESPONSE,
                        1,
                        2,
                        6,
                        FabricEvent.CapacityEvent.MORE,
                        HandWritten.EXTENT_READ,
                        9,
                        10));
        assertThat(event(HandWritten.MEMORY_RECORD))
                .isEqualTo(new FabricEvent.MemoryEvent(
                        FabricEvent.MemoryEvent.MEDIA, new HealthInfo.Response(1, 2, 3, 5, -42, 6, 7, 8)));
    }

    @Test
    void an_event_becomes_the_bytes_of_the_table() {
        for (String hex : List.of(
                HandWritten.BINDING_RECORD,
                HandWritten.PORT_RECORD,
                HandWritten.CAPACITY_RECORD,
                HandWritten.MEMORY_RECORD)) {
            EventRecord made = event(hex).record(EventRecord.Severity.WARNING, 5, 6);
            assertThat(made.event()).isEqualTo(Octets.ofHex(hex).slice(48, 128));
            assertThat(made.format()).isEqualTo(Octets.ofHex(hex).slice(0, 16));
            assertThat(made.severity()).isEqualTo(EventRecord.Severity.WARNING);
        }
    }

    @Test
    void a_record_that_is_not_known_keeps_its_bytes_and_one_with_a_wrong_field_is_refused() {
        EventRecord known = HandWritten.record(HandWritten.BINDING_RECORD);
        Octets stranger = Octets.ofHex("ff".repeat(16));
        EventRecord strange = new EventRecord(stranger, 128, 0, 1, 0, 0, 0, 0, known.event());
        assertThat(CapturedConversationTest.accepted(FabricEvent.of(strange)))
                .isEqualTo(new FabricEvent.OtherEvent(stranger, known.event()));

        Octets wrong = Octets.ofHex("0102" + "04" + "00".repeat(77));
        assertThat(FabricEvent.of(new EventRecord(known.format(), 128, 0, 1, 0, 0, 0, 0, wrong))
                        .kind())
                .as("there is no change 4 of a vPPB")
                .isEqualTo(Decoded.Kind.REFUSED);
    }

    @Test
    void counts_beyond_what_was_asked_for_or_fits_are_refused() {
        refused(new HeadInfo.Request(0, 1), "02" + "000000" + "00".repeat(18), CciFault.COUNT);
        refused(new DcTags.Request(0, 1), "00".repeat(4) + "02000000" + "02000000" + "00".repeat(4), CciFault.COUNT);
        refused(
                new DcTags.Request(0, 9),
                "00".repeat(4) + "01000000" + "02000000" + "00".repeat(4),
                CciFault.CONTRADICTION);
        refused(new DcRegions.Get(0, 1, 0), "0000" + "02" + "02" + "00".repeat(96), CciFault.COUNT);
        refused(new DcRegions.Get(0, 1, 0), "0100" + "02" + "00" + "00".repeat(16), CciFault.CONTRADICTION);
        refused(
                new GetEventRecords.Request(EventLog.FATAL),
                "00".repeat(20) + "4000" + "00".repeat(10),
                CciFault.COUNT);
        refused(
                new LdMemory.Request(0, 0, 0, PpbConfig.Access.READ, 0, 2, 0, Octets.NONE),
                "0300" + "0000" + "000000",
                CciFault.COUNT);
        requestRefused(Opcode.CLEAR_EVENT_RECORDS, "00" + "01" + "01" + "000000" + "0100", CciFault.CONTRADICTION);
        requestRefused(Opcode.SEND_LD_MEMORY, "00" + "000080" + "0000" + "0110" + "00".repeat(8), CciFault.COUNT);
        requestRefused(Opcode.GET_EVENT_RECORDS, "05", CciFault.VALUE);
        requestRefused(Opcode.SET_DC_REGION, "08" + "00".repeat(15), CciFault.VALUE);
    }

    @Test
    void a_secret_value_is_in_no_text() {
        assertThat(new DomainValidation.Set(Octets.ofHex(HandWritten.TAG)).toString())
                .doesNotContain("0011");
        assertThat(new DomainValidation.Value(Octets.ofHex(HandWritten.TAG)).toString())
                .doesNotContain("0011");
    }

    @Test
    void extents_are_said_only_where_the_manager_chooses_them() {
        assertThatThrownBy(() -> new DcAdd.Request(
                        2, DcAdd.Policy.FREE, 0, 1, Octets.ofHex(HandWritten.TAG), List.of(HandWritten.EXTENT_READ)))
                .isInstanceOf(IllegalArgumentException.class);
        String free = "0200" + "00" + "01" + "0000002000000000" + HandWritten.TAG;
        CciMessage counted =
                CciMessage.request(0, Opcode.ADD_DYNAMIC_CAPACITY.number(), Octets.ofHex(free + "00000000"));
        assertThat(CapturedConversationTest.accepted(FmCodec.readRequest(Dialect.CXL3, counted)))
                .as("peers that put a count of zero")
                .isEqualTo(new DcAdd.Request(
                        2, DcAdd.Policy.FREE, 1, 512 << 20, Octets.ofHex(HandWritten.TAG), List.of()));
        requestRefused(Opcode.ADD_DYNAMIC_CAPACITY, free + "01000000" + HandWritten.EXTENT, CciFault.CONTRADICTION);
    }

    private static FabricEvent event(String hex) {
        return CapturedConversationTest.accepted(FabricEvent.of(HandWritten.record(hex)));
    }

    private static Decoded.Kind kind(HandWritten.Sample sample, Octets payload) {
        CciMessage answer = sample.requestMessage(5).answer(ReturnCode.SUCCESS, payload);
        return FmCodec.readResponse(Dialect.CXL3, 5, sample.request(), answer).kind();
    }

    private static void requestRefused(Opcode opcode, String hex, CciFault fault) {
        assertThat(FmCodec.readRequest(Dialect.CXL3, CciMessage.request(0, opcode.number(), Octets.ofHex(hex))))
                .isInstanceOfSatisfying(Decoded.Refused.class, refused -> assertThat(refused.fault())
                        .isEqualTo(fault));
    }

    private static void refused(FmRequest<?> request, String hex, CciFault fault) {
        CciMessage answer = CciMessage.request(5, request.opcode().number(), Octets.NONE)
                .answer(ReturnCode.SUCCESS, Octets.ofHex(hex));
        assertThat(FmCodec.readResponse(Dialect.CXL3, 5, request, answer))
                .isInstanceOfSatisfying(Decoded.Refused.class, refused -> assertThat(refused.fault())
                        .isEqualTo(fault));
    }
}
