package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * What an event record says, for the records that a manager of memory has a use for. The 80 bytes after a record's head, by format:
 *
 * <pre>
 * 77cf9271-9c02-470b-9fe4-bc7b75f2da97, a physical port:
 *   0 port   1 0 its link changed, 1 its slot's status did   2-3 slot status   4 reserved
 *   5-18 bytes 1 to 14 of the port's state, see {@link PortState}   19-79 reserved
 * 40d26425-3396-4c4d-a5da-3d47263af425, a virtual switch:
 *   0 virtual switch   1 vPPB   2 0 its binding changed, 1 bus reset, 2 link control, 3 slot control
 *   3 binding   4 port   5 logical device, as in {@link VcsInfo}   6-7 link control   8-9 slot control   10-79 reserved
 * ca95afa7-f183-4018-8c2f-95268e101a2a, dynamic capacity:
 *   0 what, see {@link CapacityChange}   1 bit 0 the last two fields mean something   2-3 host   4 region   5 bit 0 more of it follows
 *   6-7 reserved   8-47 an extent, see {@link DcExtent}   48-71 reserved   72-75 extents left   76-79 tags left
 * fe927475-dd59-4339-a586-79bab113b774, a memory device:
 *   0 what: 0 health, 1 media, 2 life, 3 temperature, and others   1-18 its health, see {@link HealthInfo}   19-79 not read
 * </pre>
 */
public sealed interface FabricEvent {
    /** Which of them it is. */
    enum Kind {
        PORT,
        BINDING,
        CAPACITY,
        MEMORY,
        OTHER
    }

    Kind kind();

    /** What changed at a port. */
    enum PortChange implements Coded {
        LINK(0),
        SLOT(1);

        private final int code;

        PortChange(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** What changed at a vPPB. */
    enum VppbChange implements Coded {
        BINDING(0),
        BUS_RESET(1),
        LINK_CONTROL(2),
        SLOT_CONTROL(3);

        private final int code;

        VppbChange(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** What became of dynamic capacity. The first four are for hosts, the last two for managers. */
    enum CapacityChange implements Coded {
        ADD(0),
        RELEASE(1),
        FORCED_RELEASE(2),
        REGION_UPDATED(3),
        ADD_RESPONSE(4),
        RELEASED(5);

        private final int code;

        CapacityChange(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** @param state of the port after it; its logical devices are not said and read as 0 */
    record PortEvent(PortChange change, int slotStatus, PortState.Port state) implements FabricEvent {
        public PortEvent {
            Objects.requireNonNull(change);
            Field.wordValue("slot status", slotStatus);
            Objects.requireNonNull(state);
        }

        @Override
        public Kind kind() {
            return Kind.PORT;
        }
    }

    /** @param now what the vPPB is bound to after it */
    record BindingEvent(
            int virtualSwitch, int vppb, VppbChange change, VcsInfo.Vppb now, int linkControl, int slotControl)
            implements FabricEvent {
        public BindingEvent {
            Field.byteValue("virtual switch", virtualSwitch);
            Field.byteValue("vPPB", vppb);
            Objects.requireNonNull(change);
            Objects.requireNonNull(now);
            Field.wordValue("link control", linkControl);
            Field.wordValue("slot control", slotControl);
        }

        @Override
        public Kind kind() {
            return Kind.BINDING;
        }
    }

    /**
     * @param validity bit 0: the last two fields mean something
     * @param host the logical device by which the host has it
     * @param flags bit 0: the next record is of the same event
     */
    record CapacityEvent(
            CapacityChange change,
            int validity,
            int host,
            int region,
            int flags,
            DcExtent extent,
            long extentsLeft,
            long tagsLeft)
            implements FabricEvent {
        /** In the flags: the next record is of the same event. */
        public static final int MORE = 0x01;

        public CapacityEvent {
            Objects.requireNonNull(change);
            Field.byteValue("validity", validity);
            Field.wordValue("host", host);
            Field.byteValue("region", region);
            Field.byteValue("flags", flags);
            Objects.requireNonNull(extent);
            Field.inRange("extents left", extentsLeft, 0xFFFF_FFFFL);
            Field.inRange("tags left", tagsLeft, 0xFFFF_FFFFL);
        }

        @Override
        public Kind kind() {
            return Kind.CAPACITY;
        }
    }

    /** @param change the number of the specification; 1: the state of the media, as after a sanitise */
    record MemoryEvent(int change, HealthInfo.Response health) implements FabricEvent {
        /** The state of the media changed. */
        public static final int MEDIA = 1;

        public MemoryEvent {
            Field.byteValue("change", change);
            Objects.requireNonNull(health);
        }

        @Override
        public Kind kind() {
            return Kind.MEMORY;
        }
    }

    /** One that is not read here, with its bytes. */
    record OtherEvent(Octets format, Octets event) implements FabricEvent {
        @Override
        public Kind kind() {
            return Kind.OTHER;
        }
    }

    /** What a record says; refused when its format is known and its fields are not what that has. */
    static Decoded<FabricEvent> of(EventRecord record) {
        return FabricEventCodec.read(record);
    }

    /** A record of it, as a component makes one; the length is that of the format. */
    default EventRecord record(EventRecord.Severity severity, int handle, long timestampNanos) {
        return FabricEventCodec.record(this, severity, handle, timestampNanos);
    }
}
