package org.rackweave.hal.nvme;

import java.util.Arrays;
import java.util.List;

/** How a drive sanitizes itself, the best first: what leaves nothing behind before what only loses the key to it. */
public enum SanitizeAction {
    BLOCK_ERASE(2, 1, "block-erase"),
    CRYPTO_ERASE(4, 0, "crypto-erase"),
    OVERWRITE(3, 2, "overwrite");

    private final int number;
    private final int capabilityBit;
    private final String words;

    SanitizeAction(int number, int capabilityBit, String words) {
        this.number = number;
        this.capabilityBit = capabilityBit;
        this.words = words;
    }

    int number() {
        return number;
    }

    String words() {
        return words;
    }

    /**
     * Those that a drive has.
     *
     * @param capabilities SANICAP of Identify Controller
     */
    static List<SanitizeAction> of(int capabilities) {
        return Arrays.stream(values())
                .filter(action -> ((capabilities >> action.capabilityBit) & 1) != 0)
                .toList();
    }
}
