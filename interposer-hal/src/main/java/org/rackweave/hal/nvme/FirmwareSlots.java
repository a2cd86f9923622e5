package org.rackweave.hal.nvme;

import java.util.OptionalInt;

/**
 * Which firmware runs, and which is to (log page 03h).
 *
 * <pre>
 * 0      AFI: 2:0 the slot whose firmware runs  6:4 the slot whose firmware runs from the next reset on; 0 the same
 * 15:8   firmware of slot 1, ASCII; the others follow
 * </pre>
 *
 * @param active the slot whose firmware runs
 * @param next the slot whose firmware runs from the next reset on; empty where that is none other than now
 */
record FirmwareSlots(int active, OptionalInt next) {
    static FirmwareSlots parse(byte[] answer) {
        int active = answer[0] & 7;
        int next = (answer[0] >> 4) & 7;
        return new FirmwareSlots(active, next == 0 || next == active ? OptionalInt.empty() : OptionalInt.of(next));
    }
}
