package org.rackweave.hal.nvme;

import java.util.Locale;
import java.util.Map;

/**
 * What a drive answered a command with, as the kernel hands it on: bits 7:0 the code (SC), 10:8 its type (SCT), 14 that it would answer
 * the same again (DNR). 0 is success.
 */
public record NvmeStatus(int value) {
    private static final int CODE_AND_TYPE = 0x7FF;

    /** By type and code, as the base specification names them; only what these commands can be answered with, and what blocks say. */
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0x000, "Successful Completion"),
            Map.entry(0x001, "Invalid Command Opcode"),
            Map.entry(0x002, "Invalid Field in Command"),
            Map.entry(0x004, "Data Transfer Error"),
            Map.entry(0x005, "Commands Aborted due to Power Loss Notification"),
            Map.entry(0x006, "Internal Error"),
            Map.entry(0x007, "Command Abort Requested"),
            Map.entry(0x008, "Command Aborted due to SQ Deletion"),
            Map.entry(0x00B, "Invalid Namespace or Format"),
            Map.entry(0x00C, "Command Sequence Error"),
            Map.entry(0x015, "Operation Denied"),
            Map.entry(0x01C, "Sanitize Failed"),
            Map.entry(0x01D, "Sanitize In Progress"),
            Map.entry(0x020, "Namespace is Write Protected"),
            Map.entry(0x021, "Command Interrupted"),
            Map.entry(0x022, "Transient Transport Error"),
            Map.entry(0x023, "Command Prohibited by Command and Feature Lockdown"),
            Map.entry(0x024, "Admin Command Media Not Ready"),
            Map.entry(0x082, "Namespace Not Ready"),
            Map.entry(0x083, "Reservation Conflict"),
            Map.entry(0x084, "Format In Progress"),
            Map.entry(0x109, "Invalid Log Page"),
            Map.entry(0x10A, "Invalid Format"),
            Map.entry(0x10B, "Firmware Activation Requires Conventional Reset"),
            Map.entry(0x110, "Firmware Activation Requires NVM Subsystem Reset"),
            Map.entry(0x123, "Sanitize Prohibited While Persistent Memory Region is Enabled"),
            Map.entry(0x286, "Access Denied"),
            Map.entry(0x370, "Host Pathing Error"),
            Map.entry(0x371, "Command Aborted By Host"));

    public boolean isSuccess() {
        return (value & CODE_AND_TYPE) == 0;
    }

    /**
     * Whether it says that a command which changes something was not begun. An aborted one, and an error within the drive, may have been
     * carried out in part.
     */
    boolean isDeclined() {
        return switch (value & CODE_AND_TYPE) {
            case 0x001,
                    0x002,
                    0x00B,
                    0x00C,
                    0x015,
                    0x01D,
                    0x020,
                    0x023,
                    0x024,
                    0x083,
                    0x10A,
                    0x10B,
                    0x110,
                    0x123,
                    0x286 -> true;
            default -> false;
        };
    }

    /** {@code Invalid Field in Command (002h)}, the number being type and code. */
    @Override
    public String toString() {
        int number = value & CODE_AND_TYPE;
        return NAMES.getOrDefault(number, "status") + String.format(Locale.ROOT, " (%03Xh)", number);
    }
}
