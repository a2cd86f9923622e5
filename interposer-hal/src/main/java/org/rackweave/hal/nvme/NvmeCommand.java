package org.rackweave.hal.nvme;

import java.time.Duration;
import java.util.Objects;

/**
 * An admin command, as far as those that are told here need it.
 *
 * <pre>
 * dword 1    namespace, FFFFFFFFh all of them
 * Identify      (06h)  dword 10  7:0 what (CNS)
 * Get Log Page  (02h)  dword 10  7:0 which (LID)  31:16 how many dwords, less one
 * Format NVM    (80h)  dword 10  3:0 and 13:12 LBA format  11:9 secure erase: 1 user data
 * Sanitize      (84h)  dword 10  2:0 action  3 allow to leave a failure without another wipe  7:4 passes of an overwrite
 *                      9 do not deallocate     dword 11  what is overwritten with
 * </pre>
 *
 * @param namespace 0 where a command is of none
 * @param dataBytes how much the drive answers with, 0 to 4096
 * @param limit how long the kernel waits for it before it resets the drive
 */
public record NvmeCommand(Opcode opcode, int namespace, int dataBytes, int dword10, int dword11, Duration limit) {
    /** All of the structures that Identify answers with. */
    public static final int IDENTIFY_BYTES = 4096;

    static final int ALL_NAMESPACES = 0xFFFFFFFF;
    static final int FIRMWARE_SLOT_LOG = 0x03;
    static final int SANITIZE_STATUS_LOG = 0x81;

    /** Both logs that are read here. */
    static final int LOG_BYTES = 512;

    /** What asks a drive takes milliseconds; one that has just been reset may take its time. */
    private static final Duration ASK_LIMIT = Duration.ofSeconds(60);

    /** Commands by their numbers. */
    public enum Opcode {
        GET_LOG_PAGE(0x02, "Get Log Page"),
        IDENTIFY(0x06, "Identify"),
        FORMAT_NVM(0x80, "Format NVM"),
        SANITIZE(0x84, "Sanitize");

        private final int number;
        private final String words;

        Opcode(int number, String words) {
            this.number = number;
            this.words = words;
        }

        public int number() {
            return number;
        }

        /** As the specification calls it. */
        public String words() {
            return words;
        }

        /** Whether a drive is another one after it. */
        public boolean changes() {
            return switch (this) {
                case GET_LOG_PAGE, IDENTIFY -> false;
                case FORMAT_NVM, SANITIZE -> true;
            };
        }
    }

    /** What Identify tells (CNS). */
    private enum What {
        NAMESPACE(0x00),
        CONTROLLER(0x01),
        ACTIVE_NAMESPACES(0x02),
        ALLOCATED_NAMESPACES(0x10),
        CONTROLLERS(0x13);

        private final int number;

        What(int number) {
            this.number = number;
        }
    }

    public NvmeCommand {
        Objects.requireNonNull(opcode);
        Objects.requireNonNull(limit);
        if (dataBytes < 0 || dataBytes > IDENTIFY_BYTES) {
            throw new IllegalArgumentException("0 to " + IDENTIFY_BYTES + " bytes, not " + dataBytes);
        }
    }

    static NvmeCommand identifyController() {
        return identify(What.CONTROLLER, 0);
    }

    static NvmeCommand identifyNamespace(int namespace) {
        return identify(What.NAMESPACE, namespace);
    }

    /** The first 1,024 that this controller can read and write. */
    static NvmeCommand activeNamespaces() {
        return identify(What.ACTIVE_NAMESPACES, 0);
    }

    /** The first 1,024 that there are, attached to a controller or not. */
    static NvmeCommand allocatedNamespaces() {
        return identify(What.ALLOCATED_NAMESPACES, 0);
    }

    /** The controllers of the drive that this one is of. */
    static NvmeCommand controllers() {
        return identify(What.CONTROLLERS, 0);
    }

    private static NvmeCommand identify(What what, int namespace) {
        return new NvmeCommand(Opcode.IDENTIFY, namespace, IDENTIFY_BYTES, what.number, 0, ASK_LIMIT);
    }

    static NvmeCommand sanitizeStatus() {
        return log(SANITIZE_STATUS_LOG);
    }

    static NvmeCommand firmwareSlots() {
        return log(FIRMWARE_SLOT_LOG);
    }

    private static NvmeCommand log(int log) {
        int dwords = LOG_BYTES / Integer.BYTES - 1;
        return new NvmeCommand(Opcode.GET_LOG_PAGE, ALL_NAMESPACES, LOG_BYTES, (dwords << 16) | log, 0, ASK_LIMIT);
    }

    /** What is erased is deallocated, and a drive whose wipe fails is not to be used before another one. */
    static NvmeCommand sanitize(SanitizeAction action) {
        int onePass = action == SanitizeAction.OVERWRITE ? 1 << 4 : 0;
        return new NvmeCommand(Opcode.SANITIZE, 0, 0, onePass | action.number(), 0, ASK_LIMIT);
    }

    /**
     * A drive does not say how long this takes: minutes where it has to touch all of its cells.
     *
     * @param format the one that it has: sizes of blocks are left as they are
     */
    static NvmeCommand format(int namespace, int format) {
        int userDataErase = 1 << 9;
        return new NvmeCommand(
                Opcode.FORMAT_NVM,
                namespace,
                0,
                userDataErase | (format & 0xF) | ((format >> 4) << 12),
                0,
                NvmeWipe.MOST_WIPE);
    }

    /** The same, with what is left of its time when that is less. */
    NvmeCommand within(Duration left) {
        return left.compareTo(limit) < 0 ? new NvmeCommand(opcode, namespace, dataBytes, dword10, dword11, left) : this;
    }
}
