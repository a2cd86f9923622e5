package org.rackweave.hal.nvme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a namespace is (Identify, CNS 00h).
 *
 * <pre>
 * 7:0          its size in blocks (NSZE)
 * 26           FLBAS: 3:0 and 6:5 the number of its LBA format
 * 33           DLFEAT: 2:0 what a deallocated block reads: 0 it does not say, 1 zeros, 2 ones
 * 131+4n:128+4n  LBA format n: 15:0 bytes of metadata a block has  23:16 its size as a power of two
 * </pre>
 *
 * @param blocks how many, unsigned
 * @param blockBytes of each, without metadata
 * @param metadataBytes of each
 * @param format the number of its LBA format, 0 to 63
 * @param readsZerosWhenDeallocated whether it says so; when not, it reads something else or does not say
 */
record NamespaceIdentity(
        long blocks, int blockBytes, int metadataBytes, int format, boolean readsZerosWhenDeallocated) {
    /** 512 bytes are the smallest block that there is, and 64 KiB is more than any at hand has. */
    private static final int LEAST_BLOCK_SHIFT = 9;

    private static final int MOST_BLOCK_SHIFT = 16;

    /** More than this does not fit bytes in a long, nor any drive. */
    private static final long MOST_BLOCKS = Long.MAX_VALUE >> MOST_BLOCK_SHIFT;

    NamespaceIdentity {
        if (blocks < 1 || blocks > MOST_BLOCKS) {
            throw new IllegalArgumentException(Long.toUnsignedString(blocks) + " blocks");
        }
    }

    /** @throws IllegalArgumentException when it says what cannot be */
    static NamespaceIdentity parse(byte[] answer) {
        ByteBuffer bytes = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
        int format = (bytes.get(26) & 0xF) | (((bytes.get(26) >> 5) & 3) << 4);
        int layout = bytes.getInt(128 + Integer.BYTES * format);
        int shift = (layout >> 16) & 0xFF;
        if (shift < LEAST_BLOCK_SHIFT || shift > MOST_BLOCK_SHIFT) {
            throw new IllegalArgumentException("blocks of 2^" + shift + " bytes");
        }
        return new NamespaceIdentity(bytes.getLong(0), 1 << shift, layout & 0xFFFF, format, (bytes.get(33) & 7) == 1);
    }

    long bytes() {
        return blocks * blockBytes;
    }
}
