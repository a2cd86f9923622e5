package org.rackweave.hal.cxl;

import java.util.List;
import org.rackweave.hal.cxl.FabricEvent.BindingEvent;
import org.rackweave.hal.cxl.FabricEvent.CapacityChange;
import org.rackweave.hal.cxl.FabricEvent.CapacityEvent;
import org.rackweave.hal.cxl.FabricEvent.MemoryEvent;
import org.rackweave.hal.cxl.FabricEvent.OtherEvent;
import org.rackweave.hal.cxl.FabricEvent.PortChange;
import org.rackweave.hal.cxl.FabricEvent.PortEvent;
import org.rackweave.hal.cxl.FabricEvent.VppbChange;
import org.rackweave.hal.mctp.Octets;

/** The events inside records, as bytes. The layouts are those of {@link FabricEvent}. */
final class FabricEventCodec {
    private static final Octets PORT = Octets.ofHex("77cf92719c02470b9fe4bc7b75f2da97");
    private static final Octets BINDING = Octets.ofHex("40d2642533964c4da5da3d47263af425");
    private static final Octets CAPACITY = Octets.ofHex("ca95afa7f18340188c2f95268e101a2a");
    private static final Octets MEMORY = Octets.ofHex("fe927475dd594339a58679bab113b774");

    private FabricEventCodec() {}

    static Decoded<FabricEvent> read(EventRecord record) {
        try {
            return new Decoded.Accepted<>(event(record.format(), record.event()));
        } catch (MalformedException malformed) {
            return new Decoded.Refused<>(malformed.fault(), malformed.detail());
        }
    }

    private static FabricEvent event(Octets format, Octets event) throws MalformedException {
        PayloadReader in = new PayloadReader(event);
        if (format.equals(PORT)) {
            return port(in);
        }
        if (format.equals(BINDING)) {
            return binding(in);
        }
        if (format.equals(CAPACITY)) {
            return capacity(in);
        }
        return format.equals(MEMORY)
                ? new MemoryEvent(in.u8("what changed"), HealthInfo.Response.read(in))
                : new OtherEvent(format, event);
    }

    private static FabricEvent port(PayloadReader in) throws MalformedException {
        int id = in.u8("port");
        PortChange change = Coded.of(PortChange.values(), in.u8("event type"), "event type");
        int slotStatus = in.u16("slot status");
        in.skip(1);
        return new PortEvent(change, slotStatus, PortState.Port.readFields(id, in, 0));
    }

    private static FabricEvent binding(PayloadReader in) throws MalformedException {
        int virtualSwitch = in.u8("virtual switch");
        int vppb = in.u8("vPPB");
        VppbChange change = Coded.of(VppbChange.values(), in.u8("event type"), "event type");
        VcsInfo.Binding binding = Coded.of(VcsInfo.Binding.values(), in.u8("binding"), "binding");
        VcsInfo.Vppb now = new VcsInfo.Vppb(binding, in.u8("port"), in.u8("logical device"));
        return new BindingEvent(virtualSwitch, vppb, change, now, in.u16("link control"), in.u16("slot control"));
    }

    private static FabricEvent capacity(PayloadReader in) throws MalformedException {
        CapacityChange change = Coded.of(CapacityChange.values(), in.u8("event type"), "event type");
        int validity = in.u8("validity");
        int host = in.u16("host");
        int region = in.u8("region");
        int flags = in.u8("flags");
        in.skip(2);
        DcExtent extent = DcExtent.read(in, 1).get(0);
        in.skip(24);
        return new CapacityEvent(
                change, validity, host, region, flags, extent, in.u32("extents left"), in.u32("tags left"));
    }

    static EventRecord record(FabricEvent event, EventRecord.Severity severity, int handle, long timestampNanos) {
        return new EventRecord(
                formatOf(event),
                EventRecord.RECORD_BYTES,
                severity.code(),
                handle,
                0,
                timestampNanos,
                0,
                0,
                bytesOf(event));
    }

    private static Octets formatOf(FabricEvent event) {
        return switch (event.kind()) {
            case PORT -> PORT;
            case BINDING -> BINDING;
            case CAPACITY -> CAPACITY;
            case MEMORY -> MEMORY;
            case OTHER -> ((OtherEvent) event).format();
        };
    }

    private static Octets bytesOf(FabricEvent event) {
        PayloadWriter out = new PayloadWriter();
        switch (event.kind()) {
            case PORT -> write(out, (PortEvent) event);
            case BINDING -> write(out, (BindingEvent) event);
            case CAPACITY -> write(out, (CapacityEvent) event);
            case MEMORY -> {
                out.u8(((MemoryEvent) event).change());
                ((MemoryEvent) event).health().write(out);
            }
            case OTHER -> out.bytes(((OtherEvent) event).event());
        }
        return out.zeros(EventRecord.EVENT_BYTES - out.written().length()).written();
    }

    private static void write(PayloadWriter out, PortEvent event) {
        out.u8(event.state().id())
                .u8(event.change().code())
                .u16(event.slotStatus())
                .zeros(1);
        event.state().writeFields(out);
    }

    private static void write(PayloadWriter out, BindingEvent event) {
        out.u8(event.virtualSwitch()).u8(event.vppb()).u8(event.change().code());
        out.u8(event.now().binding().code())
                .u8(event.now().port())
                .u8(event.now().logicalDevice());
        out.u16(event.linkControl()).u16(event.slotControl());
    }

    private static void write(PayloadWriter out, CapacityEvent event) {
        out.u8(event.change().code()).u8(event.validity()).u16(event.host());
        out.u8(event.region()).u8(event.flags()).zeros(2);
        DcExtent.writeEach(out, List.of(event.extent()));
        out.zeros(24).u32(event.extentsLeft()).u32(event.tagsLeft());
    }
}
