package org.rackweave.hal.nvme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which pieces of a namespace are marked before a wipe and read back after it: all of it up to {@link #MOST_BYTES}, and of a larger one as
 * much, in pieces that lie evenly from its first byte to its last.
 *
 * <p>A mark differs from place to place and from namespace to namespace, in each 512 bytes: what reads as one after a wipe was not wiped,
 * and zeros that stand where one was come from the wipe.
 *
 * @param bytes of the namespace, a multiple of {@link #GRAIN_BYTES}
 */
record Sample(int namespace, long bytes) {
    /** What reads and writes past the page cache are aligned to. */
    static final int GRAIN_BYTES = 4096;

    static final int PIECE_BYTES = 64 << 10;

    /** 64 MiB a namespace: little beside what a drive reads and writes in a second, and in the flash that its writing wears. */
    static final long MOST_BYTES = 64L << 20;

    /** The smallest block that a drive has: what it keeps or loses as one. */
    private static final int UNIT_BYTES = 512;

    private static final int MOST_PIECES = (int) (MOST_BYTES / PIECE_BYTES);

    /**
     * A part of the namespace.
     *
     * @param length {@link #GRAIN_BYTES} to {@link #PIECE_BYTES}
     */
    record Piece(long at, int length) {}

    Sample {
        if (bytes < GRAIN_BYTES || bytes % GRAIN_BYTES != 0) {
            throw new IllegalArgumentException("a namespace of " + bytes + " bytes");
        }
    }

    boolean isAll() {
        return bytes <= MOST_BYTES;
    }

    List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        if (isAll()) {
            for (long at = 0; at < bytes; at += PIECE_BYTES) {
                pieces.add(new Piece(at, (int) Math.min(PIECE_BYTES, bytes - at)));
            }
            return pieces;
        }
        // The last piece ends where the namespace does; each other begins where a block of whatever size does.
        long stride = (bytes - PIECE_BYTES) / (MOST_PIECES - 1) / PIECE_BYTES * PIECE_BYTES;
        for (int i = 0; i < MOST_PIECES - 1; i++) {
            pieces.add(new Piece(i * stride, PIECE_BYTES));
        }
        pieces.add(new Piece(bytes - PIECE_BYTES, PIECE_BYTES));
        return pieces;
    }

    byte[] mark(Piece piece) {
        ByteBuffer mark = ByteBuffer.allocate(piece.length()).order(ByteOrder.LITTLE_ENDIAN);
        for (long word = piece.at() / Long.BYTES; mark.hasRemaining(); word++) {
            mark.putLong(mixed(word ^ ((long) namespace << 48)));
        }
        return mark.array();
    }

    /** SplitMix64: neighbours have nothing in common, and no drive shortens it. */
    private static long mixed(long word) {
        long z = (word + 1) * 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    /** Whether a piece that was read still has a part of its mark where it was written. */
    boolean holdsMark(Piece piece, byte[] read) {
        byte[] mark = mark(piece);
        for (int at = 0; at < mark.length; at += UNIT_BYTES) {
            if (Arrays.equals(mark, at, at + UNIT_BYTES, read, at, at + UNIT_BYTES)) {
                return true;
            }
        }
        return false;
    }
}
