package org.rackweave.hal.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.mctp.Octets;

/** No conversation with a dynamic capacity device was captured: the bytes here are written by hand, field by field. */
class DynamicCapacityTest {
    private static final String TAG = "00112233445566778899aabbccddeeff";
    private static final String EXTENT = "0000001000000000" // address 256 MiB
            + "0000002000000000" // 512 MiB
            + TAG
            + "0300" // shared sequence 3
            + "000000000000"; // reserved
    private static final DcExtent EXTENT_READ = new DcExtent(256 << 20, 512 << 20, Octets.ofHex(TAG), 3);

    @Test
    void capacity_is_added_with_a_tag() {
        requestIs(
                "0200" // host 2
                        + "02" // prescriptive
                        + "01" // region 1
                        + "0000002000000000"
                        + TAG
                        + "01000000" // one extent
                        + EXTENT,
                new DcAdd.Request(2, DcAdd.Policy.PRESCRIPTIVE, 1, 512 << 20, Octets.ofHex(TAG), List.of(EXTENT_READ)));
    }

    @Test
    void capacity_is_released_by_force_and_wiped() {
        requestIs(
                "0200" // host 2
                        + "30" // by tag, forced, sanitised
                        + "00"
                        + "0000002000000000"
                        + TAG,
                new DcRelease.Request(
                        2,
                        DcRelease.Policy.BY_TAG,
                        DcRelease.Force.FORCED,
                        DcRelease.Wipe.SANITISED,
                        512 << 20,
                        Octets.ofHex(TAG),
                        List.of()));
    }

    @Test
    void what_a_host_has_is_listed() {
        DcExtents.Request request = new DcExtents.Request(2, 10, 4);
        requestIs("0200" + "0000" + "0a000000" + "04000000", request);
        responseIs(
                request,
                "0200" + "0000" + "04000000" + "01000000" + "05000000" + "07000000" + "00000000" + EXTENT,
                new DcExtents.Response(2, 4, 5, 7, List.of(EXTENT_READ)));
        refused(
                request,
                "0300" + "0000" + "04000000" + "00000000" + "05000000" + "07000000" + "00000000",
                CciFault.CONTRADICTION);
        refused(
                request,
                "0200" + "0000" + "04000000" + "0b000000" + "50000000" + "07000000" + "00000000",
                CciFault.COUNT);
    }

    @Test
    void a_device_says_what_it_can() {
        DcdInfo.Request request = new DcdInfo.Request();
        requestIs("", request);
        responseIs(
                request,
                "04" // hosts
                        + "02" // regions
                        + "0000"
                        + "0700" // free, contiguous, prescriptive
                        + "0000"
                        + "0300" // by tag, prescriptive
                        + "01" // region 0 sanitises
                        + "00"
                        + "4000000000000000" // 64 units of 256 MiB
                        + "0000200000000000".repeat(8), // 2 MiB blocks
                new DcdInfo.Response(4, 2, 7, 3, 1, 64, Collections.nCopies(8, 1L << 21)));
    }

    @Test
    void the_heads_of_logical_devices_are_told() {
        MultiHeadedInfo.Request request = new MultiHeadedInfo.Request(1, 2);
        requestIs("0102", request);
        responseIs(
                request,
                "04" // logical devices
                        + "02" // heads
                        + "0000" + "01" + "02" + "0000" + "00ff",
                new MultiHeadedInfo.Response(4, 2, 1, Octets.ofHex("00ff")));
        refused(request, "04" + "02" + "0000" + "01" + "03" + "0000" + "000000", CciFault.COUNT);
    }

    @Test
    void a_count_that_no_message_can_hold_is_refused_before_anything_is_made_for_it() {
        CciMessage message = CciMessage.request(
                0,
                Opcode.ADD_DYNAMIC_CAPACITY.number(),
                Octets.ofHex("0200" + "02" + "01" + "0000002000000000" + TAG + "ffffffff"));

        assertThat(FmCodec.readRequest(Dialect.CXL3, message))
                .isInstanceOfSatisfying(Decoded.Refused.class, refused -> assertThat(refused.fault())
                        .isEqualTo(CciFault.COUNT));
    }

    private static void requestIs(String hex, FmRequest<?> request) {
        CciMessage message = CciMessage.request(5, request.opcode().number(), Octets.ofHex(hex));
        assertThat(FmCodec.request(Dialect.CXL3, 5, request)).isEqualTo(message);
        assertThat(CapturedConversationTest.accepted(FmCodec.readRequest(Dialect.CXL3, message)))
                .isEqualTo(request);
    }

    private static <R extends FmResponse> void responseIs(FmRequest<R> request, String hex, R response) {
        assertThat(CapturedConversationTest.accepted(
                        FmCodec.readResponse(Dialect.CXL3, 5, request, answer(request, hex))))
                .isEqualTo(response);
        assertThat(FmCodec.payload(Dialect.CXL3, response)).isEqualTo(Octets.ofHex(hex));
    }

    private static <R extends FmResponse> void refused(FmRequest<R> request, String hex, CciFault fault) {
        assertThat(FmCodec.readResponse(Dialect.CXL3, 5, request, answer(request, hex)))
                .isInstanceOfSatisfying(Decoded.Refused.class, refused -> assertThat(refused.fault())
                        .isEqualTo(fault));
    }

    private static CciMessage answer(FmRequest<?> request, String hex) {
        return CciMessage.request(5, request.opcode().number(), Octets.NONE)
                .answer(ReturnCode.SUCCESS, Octets.ofHex(hex));
    }
}
