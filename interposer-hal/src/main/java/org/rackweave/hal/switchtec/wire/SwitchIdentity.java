package org.rackweave.hal.switchtec.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a switch says of itself in its global address space.
 *
 * <pre>
 * 0x1007 partition count u8   0x1008 partition id u8
 * 0x2000 device id u32   0x2004 device version u32   0x2008 firmware version u32
 * </pre>
 *
 * @param deviceId such as 0x4136
 * @param partitionCount 1 to 48; a switch that says 0 has one
 * @param partition through which the questions go, 0 to 47
 */
public record SwitchIdentity(int deviceId, int deviceVersion, int firmwareVersion, int partitionCount, int partition) {
    /** Where the partitions are read, two bytes. */
    public static final GasRead PARTITIONS = new GasRead(0x1007, 2);

    /** Where the device is read, three words. */
    public static final GasRead SYSTEM = new GasRead(0x2000, 12);

    private static final int FAMILY_SHIFT = 8;
    private static final int MAX_DEVICE_ID = 0xFFFF;

    /** What a switch can be told. */
    public enum Personality {
        /** Partitions without binding at run time, as configured. */
        FAN_OUT_FIXED,
        /** Fan-out with partitions: physical ports go to logical ports ({@link MrpcCommand.Bind}). */
        FAN_OUT,
        /** A fabric: functions go to hosts ({@link MrpcCommand.FabricBind}). */
        FABRIC,
        /** Not in the table: it is told nothing that changes something. */
        UNKNOWN
    }

    public SwitchIdentity {
        Limits.check(deviceId, 0, MAX_DEVICE_ID, "device id");
        Limits.check(partitionCount, 1, LogicalPlace.MAX_PARTITION + 1L, "partition count");
        Limits.check(partition, 0, LogicalPlace.MAX_PARTITION, "partition");
    }

    /** By the device ids that the kernel's driver lists: x0 is PFX, x1 PSX, x2 PAX of generation x. */
    public Personality personality() {
        return switch (deviceId >>> FAMILY_SHIFT) {
            case 0x40, 0x50 -> Personality.FAN_OUT_FIXED;
            case 0x41, 0x51 -> Personality.FAN_OUT;
            case 0x42, 0x52 -> Personality.FABRIC;
            default -> Personality.UNKNOWN;
        };
    }

    /**
     * @param partitions what {@link #PARTITIONS} gave
     * @param system what {@link #SYSTEM} gave
     */
    public static Decoded<SwitchIdentity> decode(byte[] partitions, byte[] system) {
        FieldReader few = new FieldReader(partitions);
        FieldReader words = new FieldReader(system);
        try {
            int count = Math.max(1, few.u8(LogicalPlace.MAX_PARTITION + 1, "partition count"));
            int partition = few.u8(LogicalPlace.MAX_PARTITION, "partition");
            few.end();
            int device = words.word("device id");
            if (device < 0 || device > MAX_DEVICE_ID) {
                throw words.outOfRange("device id", Integer.toUnsignedLong(device));
            }
            int version = words.word("device version");
            int firmware = words.word("firmware version");
            words.end();
            return new Decoded.Accepted<>(new SwitchIdentity(device, version, firmware, count, partition));
        } catch (MalformedBytesException malformed) {
            return malformed.rejected();
        }
    }

    /**
     * Puts it where it is read.
     *
     * @param space the whole address space
     */
    public void write(ByteBuffer space) {
        space.order(ByteOrder.LITTLE_ENDIAN);
        space.put(PARTITIONS.offset(), (byte) partitionCount);
        space.put(PARTITIONS.offset() + 1, (byte) partition);
        space.putInt(SYSTEM.offset(), deviceId);
        space.putInt(SYSTEM.offset() + 4, deviceVersion);
        space.putInt(SYSTEM.offset() + 8, firmwareVersion);
    }
}
