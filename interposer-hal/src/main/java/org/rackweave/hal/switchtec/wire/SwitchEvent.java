package org.rackweave.hal.switchtec.wire;

import java.util.Locale;

/**
 * What a switch can tell of, each with its bit in a summary and its header in the global address space.
 *
 * <pre>
 * 0x1820 global summary u32     0x1810 bit for each partition with any u64      0x1009 how many functions of ports u8
 * 0x4114 + 0x400 * partition    its summary u32
 * 0x134000 + 0x1000 * function  its vendor u16: 0x11F8 where there is one      0x134C00 + 0x1000 * function   its summary u32
 * 0x4010 + 0x400 * partition    its functions, a word each: upstream, management, logical ports 1 to 47; ones where there is none
 *
 * a header:  bit 0 it occurred (written: 1 clears it)   1 log   2 console   3 notice   4 fatal   5..12 how often
 * </pre>
 */
public enum SwitchEvent {
    STACK_ERROR(Scope.GLOBAL, 0, 0x30),
    PPU_ERROR(Scope.GLOBAL, 1, 0x48),
    ISP_ERROR(Scope.GLOBAL, 2, 0x60),
    SYSTEM_RESET(Scope.GLOBAL, 3, 0x78),
    FIRMWARE_EXCEPTION(Scope.GLOBAL, 4, 0x90),
    FIRMWARE_FATAL(Scope.GLOBAL, 7, 0xD8),
    GPIO_INTERRUPT(Scope.GLOBAL, 12, 0x150),
    FABRIC_MANAGER(Scope.GLOBAL, 13, 0x168),
    PARTITION_RESET(Scope.PARTITION, 0, 0x124),
    BIND_DONE(Scope.PARTITION, 3, 0x16C),
    PORT_AER(Scope.FUNCTION, 0, 0xC10),
    CONTAINMENT(Scope.FUNCTION, 2, 0xC40),
    HOT_PLUG(Scope.FUNCTION, 5, 0xC88),
    POWER_MANAGEMENT(Scope.FUNCTION, 8, 0xCD0),
    CREDIT_TIMEOUT(Scope.FUNCTION, 11, 0xD18),
    LINK_STATE(Scope.FUNCTION, 12, 0xD30);

    /** As many as there are registers for. */
    public static final int MAX_FUNCTIONS = 255;

    /** Of a partition, its functions: two and 47 logical ports. */
    public static final int FUNCTIONS_OF_PARTITION = 49;

    /** A function of no port. */
    public static final int NO_FUNCTION = -1;

    /** How often it can count. */
    public static final int MOST_TIMES = 0xFF;

    /** Of the maker, where there is a function. */
    public static final int VENDOR = 0x11F8;

    private static final int GLOBAL_BASE = 0x1800;
    private static final int PARTITION_BASE = 0x4000;
    private static final int PARTITION_BYTES = 0x400;
    private static final int FUNCTION_BASE = 0x13_4000;
    private static final int FUNCTION_BYTES = 0x1000;
    private static final int OCCURRED = 1;
    private static final int NOTICE = 1 << 3;
    private static final int ENABLES = 0b1_1110;
    private static final int TIMES_SHIFT = 5;

    private final Scope scope;
    private final int bit;
    private final int header;

    SwitchEvent(Scope scope, int bit, int header) {
        this.scope = scope;
        this.bit = bit;
        this.header = header;
    }

    /** Whose it is. */
    public enum Scope {
        GLOBAL,
        PARTITION,
        /** Of a port, by its PCI function. */
        FUNCTION
    }

    public Scope scope() {
        return scope;
    }

    /** The word that people read. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a summary says that it occurred. */
    public boolean isIn(int summary) {
        return (summary >>> bit & 1) != 0;
    }

    /** Its bit in a summary. */
    public int mask() {
        return 1 << bit;
    }

    /** @param index of the partition or the function; 0 for a global one */
    public int headerOffset(int index) {
        return base(scope, index) + header;
    }

    /** How many functions there may be, a byte. */
    public static GasRead functionCount() {
        return new GasRead(0x1009, 1);
    }

    /** The summary of this scope, a word. */
    public static int summaryOffset(Scope scope, int index) {
        return base(scope, index)
                + switch (scope) {
                    case GLOBAL -> 0x20;
                    case PARTITION -> 0x114;
                    case FUNCTION -> 0xC00;
                };
    }

    /** Where the vendor of a function is, two bytes. */
    public static int vendorOffset(int function) {
        return base(Scope.FUNCTION, function);
    }

    /** Where the functions of a partition are, {@value #FUNCTIONS_OF_PARTITION} words. */
    public static int functionsOffset(int partition) {
        return base(Scope.PARTITION, partition) + 0x10;
    }

    private static int base(Scope scope, int index) {
        return switch (scope) {
            case GLOBAL -> GLOBAL_BASE;
            case PARTITION -> PARTITION_BASE + PARTITION_BYTES * index;
            case FUNCTION -> FUNCTION_BASE + FUNCTION_BYTES * index;
        };
    }

    /** How often it occurred, as a header says; at least once where it did. */
    public static int times(int headerWord) {
        return (headerWord & OCCURRED) == 0 ? 0 : Math.max(1, headerWord >>> TIMES_SHIFT & MOST_TIMES);
    }

    /** Whether a header asks for notices. */
    public static boolean isNoticed(int headerWord) {
        return (headerWord & NOTICE) != 0;
    }

    /** What is written to clear it and to be told of it, leaving its other enables. */
    public static int clearedAndNoticed(int headerWord) {
        return (headerWord & ENABLES) | OCCURRED | NOTICE;
    }

    /** What is written to leave it as it is and to be told of it no more. */
    public static int noLongerNoticed(int headerWord) {
        return headerWord & ENABLES & ~NOTICE;
    }

    /** What a header says once it has occurred so often more. */
    public static int occurred(int headerWord, long times) {
        long all = Math.min(MOST_TIMES, times(headerWord) + times);
        return (headerWord & ENABLES) | OCCURRED | (int) all << TIMES_SHIFT;
    }

    /** What a header says once this was written to it. */
    public static int afterWrite(int headerWord, int written) {
        int enables = written & ENABLES;
        return (written & OCCURRED) != 0 ? enables : (headerWord & ~ENABLES) | enables;
    }
}
