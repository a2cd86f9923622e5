package org.rackweave.hal.switchtec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.rackweave.hal.HalException;

/**
 * The questions that the kernel's driver answers (linux/switchtec_ioctl.h), with the number of each and the size of its structure. A
 * test has the C compiler print the header's own values.
 */
public enum SwitchtecIoctl {
    FLASH_INFO(0x80105740, 16),
    FLASH_PART_INFO(0xC0105741, 16),
    EVENT_SUMMARY(0x84D85742, 1_240),
    EVENT_CTL(0xC0285743, 40),
    PFF_TO_PORT(0xC00C5744, 12),
    PORT_TO_PFF(0xC00C5745, 12);

    /** What {@link PffPort#port} is for a virtual endpoint. */
    public static final int PFF_VEP = 100;

    private final int number;
    private final int bytes;

    SwitchtecIoctl(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    /** As the second argument of ioctl. */
    public int number() {
        return number;
    }

    /** Size of the structure. */
    public int bytes() {
        return bytes;
    }

    /**
     * Which function of the switch is which port.
     *
     * <pre>
     * 0 pff u32   4 partition u32   8 port u32
     * </pre>
     *
     * @param pff index of the PCI function, from 0
     * @param partition from 0
     * @param port 0 for the upstream port, else the logical port, or {@link #PFF_VEP}
     */
    public record PffPort(int pff, int partition, int port) {
        private static PffPort read(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            return new PffPort(in.getInt(), in.getInt(), in.getInt());
        }

        private byte[] bytes() {
            return zeroed(PORT_TO_PFF)
                    .putInt(pff)
                    .putInt(partition)
                    .putInt(port)
                    .array();
        }
    }

    /**
     * Which events are waiting.
     *
     * <pre>
     * 0 global u64   8 bitmap of partitions u64   16 own partition u32   20 padding   24 48 × partition u32   216 255 × function u32
     * </pre>
     *
     * @param global bit by bit, as the header numbers events
     * @param partitionBitmap which partitions have some
     * @param ownPartition events of the partition that is asked
     */
    public record EventSummary(long global, long partitionBitmap, int ownPartition) {}

    /** The function at a port. */
    public static PffPort pffOf(MrpcFile file, int partition, int port) throws HalException {
        return PffPort.read(file.ask(PORT_TO_PFF, new PffPort(0, partition, port).bytes()));
    }

    /** The port of a function. */
    public static PffPort portOf(MrpcFile file, int pff) throws HalException {
        return PffPort.read(file.ask(PFF_TO_PORT, new PffPort(pff, 0, 0).bytes()));
    }

    /** Reads which events are waiting; reading clears none. */
    public static EventSummary events(MrpcFile file) throws HalException {
        byte[] bytes = file.ask(EVENT_SUMMARY, zeroed(EVENT_SUMMARY).array());
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new EventSummary(in.getLong(), in.getLong(), in.getInt());
    }

    private static ByteBuffer zeroed(SwitchtecIoctl request) {
        return ByteBuffer.allocate(request.bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
