package org.rackweave.hal.cxl;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rackweave.hal.cxl.PpbConfig.Access;
import org.rackweave.hal.mctp.Octets;

/**
 * Messages of which no conversation was captured, in the dialect of the specification: their bytes are written by hand from its tables
 * of CXL 3.2, field by field, and never by our encoder.
 */
final class HandWritten {
    static final String TAG = "00112233445566778899aabbccddeeff";

    /** An extent: 256 MiB, 512 MiB, tag, sequence 3, reserved. */
    static final String EXTENT = "0000001000000000" + "0000002000000000" + TAG + "0300" + "000000000000";

    static final DcExtent EXTENT_READ = new DcExtent(256 << 20, 512 << 20, Octets.ofHex(TAG), 3);

    /** A record's head after its format: 128 bytes valid, a warning that is permanent, handle 5, of record 4, time, maintenance. */
    private static final String HEAD =
            "80" + "050000" + "0500" + "0400" + "0807060504030201" + "02" + "03" + "00".repeat(14);

    private static final String BINDING_EVENT = "01" // virtual switch
            + "02" // vPPB
            + "00" // its binding changed
            + "03" // to a logical device
            + "04" // of port 4
            + "05" // number 5
            + "1110" // link control
            + "2120"; // slot control

    static final String BINDING_RECORD =
            "40d2642533964c4da5da3d47263af425" + HEAD + BINDING_EVENT + "00".repeat(80 - 10);

    private static final String PORT_EVENT = "07" // port
            + "01" // the slot's status changed
            + "4801" // slot status
            + "00"
            + "03" // a downstream port
            + "02" // its device speaks CXL 2.0
            + "00"
            + "05" // a pooled device
            + "06" // what the port speaks
            + "10" + "08" + "1f" + "05" + "04" // x16, x8, generations 1 to 5, 5, 4
            + "04" // L0
            + "01" // first lane
            + "0400"; // present

    static final String PORT_RECORD = "77cf92719c02470b9fe4bc7b75f2da97" + HEAD + PORT_EVENT + "00".repeat(80 - 19);

    static final String CAPACITY_RECORD = "ca95afa7f18340188c2f95268e101a2a" + HEAD
            + "04" // the host answered
            + "01" // the last two fields are valid
            + "0200" // host 2
            + "06" // region
            + "01" // more of it follows
            + "0000" + EXTENT + "00".repeat(24)
            + "09000000" // extents left
            + "0a000000"; // tags left

    static final String MEMORY_RECORD = "fe927475dd594339a58679bab113b774" + HEAD
            + "01" // its media
            + "01020305d6ff060000000700000008000000" + "00".repeat(80 - 19);

    /** A command, its bytes, what it is answered with, and those bytes. */
    record Sample(FmRequest<?> request, String requestHex, FmResponse response, String responseHex) {
        @Override
        public String toString() {
            return request.opcode().title();
        }

        CciMessage requestMessage(int tag) {
            return CciMessage.request(tag, request.opcode().number(), Octets.ofHex(requestHex));
        }

        CciMessage responseMessage(int tag) {
            return requestMessage(tag).answer(ReturnCode.SUCCESS, Octets.ofHex(responseHex));
        }
    }

    private HandWritten() {}

    static EventRecord record(String hex) {
        Octets bytes = Octets.ofHex(hex);
        return new EventRecord(bytes.slice(0, 16), 128, 5, 5, 4, 0x0102030405060708L, 2, 3, bytes.slice(48, 128));
    }

    static List<Sample> all() {
        return Stream.of(events(), devices(), capacity()).flatMap(List::stream).toList();
    }

    private static List<Sample> events() {
        return List.of(
                new Sample(
                        new GetEventRecords.Request(EventLog.DYNAMIC_CAPACITY),
                        "04",
                        new GetEventRecords.Response(
                                Optional.of(new GetEventRecords.Overflow(0x0201, 3, 4)),
                                GetEventRecords.More.YES,
                                List.of(record(BINDING_RECORD), record(CAPACITY_RECORD))),
                        "03" // overflow, more
                                + "00" + "0102" + "0300000000000000" + "0400000000000000"
                                + "0200" // two records
                                + "00".repeat(10) + BINDING_RECORD + CAPACITY_RECORD),
                new Sample(
                        new GetEventRecords.Request(EventLog.INFORMATIONAL),
                        "00",
                        new GetEventRecords.Response(Optional.empty(), GetEventRecords.More.NO, List.of()),
                        "00".repeat(32)),
                new Sample(
                        new ClearEventRecords.Request(
                                EventLog.WARNING, ClearEventRecords.Which.LISTED, List.of(0x0105, 6)),
                        "01" + "00" + "02" + "000000" + "0501" + "0600",
                        new NoPayload(),
                        ""),
                new Sample(
                        new ClearEventRecords.Request(EventLog.FATAL, ClearEventRecords.Which.ALL, List.of()),
                        "03" + "01" + "00" + "000000",
                        new NoPayload(),
                        ""),
                new Sample(
                        new EventInterrupts.Get(),
                        "",
                        new EventInterrupts.Policy(List.of(1, 2, 0x31, 0), Optional.of(1)),
                        "0102310001"),
                new Sample(
                        new EventInterrupts.Set(new EventInterrupts.Policy(List.of(1, 2, 0x32, 0), Optional.empty())),
                        "01023200",
                        new NoPayload(),
                        ""),
                new Sample(new EventNotices.Get(), "", new EventNotices.Wanted(0x8011), "1180"),
                new Sample(new EventNotices.Set(0x8010), "1080", new EventNotices.Wanted(0x8010), "1080"));
    }

    private static List<Sample> devices() {
        return List.of(
                new Sample(
                        new FirmwareInfo.Request(),
                        "",
                        new FirmwareInfo.Response(2, 1, 2, 1, List.of("2.1", "3.0-rc", "", "")),
                        "02" + "11" + "01" + "00".repeat(13) + "322e31" + "00".repeat(13) + "332e302d7263"
                                + "00".repeat(10) + "00".repeat(32)),
                new Sample(new SecurityState.Request(), "", new SecurityState.Response(0x25), "25000000"),
                new Sample(
                        new HealthInfo.Request(),
                        "",
                        new HealthInfo.Response(1, 2, 3, 5, -42, 6, 7, 8),
                        "01" + "02" + "03" + "05" + "d6ff" + "06000000" + "07000000" + "08000000"),
                new Sample(
                        new DomainValidation.GetState(),
                        "",
                        new DomainValidation.Known(DomainValidation.State.SET),
                        "01"),
                new Sample(new DomainValidation.Set(Octets.ofHex(TAG)), TAG, new NoPayload(), ""),
                new Sample(
                        new DomainValidation.GetStateOf(7),
                        "07",
                        new DomainValidation.Known(DomainValidation.State.NOT_SET),
                        "00"),
                new Sample(new DomainValidation.Get(7), "07", new DomainValidation.Value(Octets.ofHex(TAG)), TAG),
                new Sample(
                        new LdConfig.Request(3, 0x204, 0x0F, Access.WRITE, 2, 0xA1A2A3A4L),
                        "03" // port
                                + "04f280" // register 4, extended 2, all bytes, a write
                                + "0200" + "0000" + "a4a3a2a1",
                        new PpbConfig.Response(0x01020304),
                        "04030201"),
                new Sample(
                        new LdMemory.Request(3, 0x0F, 0x03, Access.WRITE, 2, 6, 0x1000, Octets.ofHex("010203040506")),
                        "03" // port
                                + "00f083" // all of the first, two of the last, a write
                                + "0200" + "0600" + "0010000000000000" + "010203040506",
                        new LdMemory.Response(Octets.NONE),
                        "00000000"),
                new Sample(
                        new LdMemory.Request(3, 0x0F, 0x0F, Access.READ, 2, 8, 0x1000, Octets.NONE),
                        "03" + "00f00f" + "0200" + "0800" + "0010000000000000",
                        new LdMemory.Response(Octets.ofHex("0102030405060708")),
                        "0800" + "0000" + "0102030405060708"),
                new Sample(
                        new HeadInfo.Request(1, 2),
                        "0102",
                        new HeadInfo.Response(
                                List.of(new HeadInfo.Head(5, new PortState.Link(16, 8, 0x1F, 5, 4), 4, 1, 2))),
                        "01" + "000000" + "05" + "10" + "08" + "1f" + "05" + "04" + "04" + "01" + "02"));
    }

    private static List<Sample> capacity() {
        return List.of(
                new Sample(
                        new DcRegions.Get(2, 8, 1),
                        "0200" + "08" + "01",
                        new DcRegions.Held(
                                2,
                                2,
                                List.of(new DcRegions.Region(
                                        256 << 20, 64, 512 << 20, 2 << 20, 0x08, DcRegions.OnRelease.SANITISED)),
                                new DcRegions.Room(200, 199, 100, 99)),
                        "0200" // host
                                + "02" // regions
                                + "01" // one follows
                                + "0000001000000000" // base
                                + "4000000000000000" // 64 units of 256 MiB
                                + "0000002000000000" // 512 MiB
                                + "0000200000000000" // blocks of 2 MiB
                                + "08" + "000000" // sharable
                                + "01" + "000000" // wiped
                                + "c8000000" + "c7000000" + "64000000" + "63000000"),
                new Sample(
                        new DcRegions.Set(3, 2 << 20, DcRegions.OnRelease.SANITISED),
                        "03" + "000000" + "0000200000000000" + "01" + "000000",
                        new DcRegions.Taken(Optional.empty()),
                        ""),
                new Sample(
                        new DcRegions.Set(3, 2 << 20, DcRegions.OnRelease.LEFT),
                        "03" + "000000" + "0000200000000000" + "00" + "000000",
                        new DcRegions.Taken(Optional.of(new DcRegions.Set(3, 4 << 20, DcRegions.OnRelease.LEFT))),
                        "03" + "000000" + "0000400000000000" + "00" + "000000"),
                new Sample(
                        new DcAdd.Request(2, DcAdd.Policy.FREE, 1, 512 << 20, Octets.ofHex(TAG), List.of()),
                        "0200" + "00" + "01" + "0000002000000000" + TAG,
                        new NoPayload(),
                        ""),
                new Sample(
                        new DcExtents.Request(2, 10, 4),
                        "0200" + "0000" + "0a000000" + "04000000",
                        new DcExtents.Response(2, 4, 5, 7, List.of(EXTENT_READ)),
                        "0200" + "0000" + "04000000" + "01000000" + "05000000" + "07000000" + "00000000" + EXTENT),
                new Sample(
                        new DcReference.Request(DcReference.Change.ADD, Octets.ofHex(TAG)), TAG, new NoPayload(), ""),
                new Sample(
                        new DcReference.Request(DcReference.Change.REMOVE, Octets.ofHex(TAG)),
                        TAG,
                        new NoPayload(),
                        ""),
                new Sample(
                        new DcTags.Request(1, 9),
                        "01000000" + "09000000",
                        new DcTags.Response(
                                6,
                                2,
                                DcTags.Response.BOTH_VALID,
                                List.of(new DcTags.Tag(
                                        Octets.ofHex(TAG),
                                        DcTags.Reference.HELD,
                                        IdBits.of(IntStream.of(0, 9)),
                                        IdBits.of(IntStream.of(255))))),
                        "06000000" // generation
                                + "02000000" // tags
                                + "01000000" // one follows
                                + "03" + "000000" + TAG
                                + "01" + "000000" // held
                                + "0102" + "00".repeat(30) + "00".repeat(31) + "80"));
    }
}
