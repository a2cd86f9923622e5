package org.rackweave.hal.nvme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/**
 * How the last wipe went or goes (log page 81h).
 *
 * <pre>
 * 1:0    done, in 65536ths (SPROG)
 * 3:2    SSTAT: 2:0 0 never, 1 done, 2 under way, 3 failed, 4 done but deallocated although it was not to be
 * 11:8   seconds that an overwrite takes, 15:12 a block erase, 19:16 a crypto erase; FFFFFFFFh it does not say
 * </pre>
 *
 * @param percent done, 0 to 100; means something only while it is under way
 * @param code the number of {@code state}, for those that have no name here
 */
record SanitizeStatus(
        State state, int code, int percent, long overwriteSeconds, long blockEraseSeconds, long cryptoEraseSeconds) {
    private static final long NOT_SAID = 0xFFFF_FFFFL;

    enum State {
        NEVER,
        DONE,
        UNDER_WAY,
        FAILED,
        /** One of a later specification than this was written by. */
        OTHER
    }

    static SanitizeStatus parse(byte[] answer) {
        ByteBuffer bytes = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
        int code = bytes.get(2) & 7;
        State state =
                switch (code) {
                    case 0 -> State.NEVER;
                    case 1, 4 -> State.DONE;
                    case 2 -> State.UNDER_WAY;
                    case 3 -> State.FAILED;
                    default -> State.OTHER;
                };
        return new SanitizeStatus(
                state,
                code,
                (bytes.getShort(0) & 0xFFFF) * 100 / 0x1_0000,
                Integer.toUnsignedLong(bytes.getInt(8)),
                Integer.toUnsignedLong(bytes.getInt(12)),
                Integer.toUnsignedLong(bytes.getInt(16)));
    }

    /** How long the drive thinks that it takes; empty where it does not say. */
    OptionalLong estimateSeconds(SanitizeAction action) {
        long seconds =
                switch (action) {
                    case BLOCK_ERASE -> blockEraseSeconds;
                    case CRYPTO_ERASE -> cryptoEraseSeconds;
                    case OVERWRITE -> overwriteSeconds;
                };
        return seconds == NOT_SAID ? OptionalLong.empty() : OptionalLong.of(seconds);
    }
}
