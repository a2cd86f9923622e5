package org.rackweave.hal.switchtec.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How the 16 lanes of a stack are split over its eight ports.
 *
 * <pre>
 * code, 32 bits: one nibble a port, port 0 in bits 3:0
 *   0 off   f x1   1 x2   2 x4   4 x8   8 x16
 * </pre>
 *
 * @param widths lanes of each port, eight of 0, 1, 2, 4, 8 or 16
 */
public record StackLanes(List<Integer> widths) {
    public static final int PORTS = 8;

    /** Highest number of a stack. */
    public static final int MAX_STACK = 7;

    private static final int NIBBLE_BITS = 4;
    private static final int NIBBLE = 0xF;

    public StackLanes {
        widths = List.copyOf(widths);
        if (widths.size() != PORTS) {
            throw new IllegalArgumentException("a stack has " + PORTS + " ports, not " + widths.size());
        }
        widths.forEach(StackLanes::nibble);
    }

    /** Empty when a nibble stands for no width. */
    static OptionalInt width(int nibble) {
        return switch (nibble) {
            case 0 -> OptionalInt.of(0);
            case 0xF -> OptionalInt.of(1);
            case 1 -> OptionalInt.of(2);
            case 2 -> OptionalInt.of(4);
            case 4 -> OptionalInt.of(8);
            case 8 -> OptionalInt.of(16);
            default -> OptionalInt.empty();
        };
    }

    private static int nibble(int width) {
        return switch (width) {
            case 0 -> 0;
            case 1 -> 0xF;
            case 2 -> 1;
            case 4 -> 2;
            case 8 -> 4;
            case 16 -> 8;
            default -> throw new IllegalArgumentException("a port has 0, 1, 2, 4, 8 or 16 lanes, not " + width);
        };
    }

    int code() {
        int code = 0;
        for (int port = 0; port < PORTS; port++) {
            code |= nibble(widths.get(port)) << (port * NIBBLE_BITS);
        }
        return code;
    }

    static StackLanes read(FieldReader in) throws MalformedBytesException {
        int code = in.word("bifurcation code");
        List<Integer> widths = new ArrayList<>();
        for (int port = 0; port < PORTS; port++) {
            int nibble = (code >>> (port * NIBBLE_BITS)) & NIBBLE;
            widths.add(width(nibble).orElseThrow(() -> in.outOfRange("bifurcation of a port", nibble)));
        }
        return new StackLanes(widths);
    }
}
