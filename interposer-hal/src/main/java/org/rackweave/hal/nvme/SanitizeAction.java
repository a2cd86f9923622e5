package org.rackweave.hal.nvme;

import java.util.Optional;

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

    /** @param capabilities SANICAP of Identify Controller */
    static Optional<SanitizeAction> best(int capabilities) {
        for (SanitizeAction action : values()) {
            if (((capabilities >> action.capabilityBit) & 1) != 0) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }
}
