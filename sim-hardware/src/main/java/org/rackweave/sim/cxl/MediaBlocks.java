package org.rackweave.sim.cxl;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.mctp.Octets;

/**
 * The blocks of a device's memory that can be given out, first fit. Each region of a host has addresses for all of the device's memory, so
 * that a block has the same place in every region:
 *
 * <pre>
 * address = region * bytes of the device + offset of the block in its memory
 * </pre>
 */
final class MediaBlocks {
    private final long bytes;
    private final long blockBytes;
    private final BitSet taken = new BitSet();

    MediaBlocks(long bytes, long blockBytes) {
        this.bytes = bytes;
        this.blockBytes = blockBytes;
    }

    long regionBase(int region) {
        return region * bytes;
    }

    int regionOf(DcExtent extent) {
        return (int) Math.min(extent.dpa() / bytes, Integer.MAX_VALUE);
    }

    /** Where an extent is in the device's memory. */
    long offsetOf(DcExtent extent) {
        return extent.dpa() % bytes;
    }

    boolean isWhole(long length) {
        return length > 0 && length % blockBytes == 0;
    }

    /** Free blocks from the front, in as many extents as it takes; empty when there are too few. */
    Optional<List<DcExtent>> takeFree(int region, long length, Octets tag) {
        if (length > bytes) {
            return Optional.empty();
        }
        List<DcExtent> extents = new ArrayList<>();
        long left = length;
        int block = taken.nextClearBit(0);
        while (left > 0 && block * blockBytes < bytes) {
            int end = Math.min(endOfRun(block), block + blocks(left));
            extents.add(extent(region, block, end, tag));
            left -= (end - block) * blockBytes;
            block = taken.nextClearBit(end);
        }
        return left > 0 ? Optional.empty() : Optional.of(taken(extents));
    }

    /** The first run of free blocks that is long enough. */
    Optional<List<DcExtent>> takeContiguous(int region, long length, Octets tag) {
        if (length > bytes) {
            return Optional.empty();
        }
        int wanted = blocks(length);
        for (int block = taken.nextClearBit(0);
                (block + (long) wanted) * blockBytes <= bytes;
                block = taken.nextClearBit(endOfRun(block))) {
            if (endOfRun(block) - block >= wanted) {
                return Optional.of(taken(List.of(extent(region, block, block + wanted, tag))));
            }
        }
        return Optional.empty();
    }

    /** These and no others; empty when one is none of the device's, or not free. */
    Optional<List<DcExtent>> takeThese(List<DcExtent> extents) {
        BitSet wanted = new BitSet();
        for (DcExtent extent : extents) {
            int from = (int) (offsetOf(extent) / blockBytes);
            boolean fits = isWhole(extent.bytes())
                    && extent.dpa() % blockBytes == 0
                    && extent.bytes() <= bytes - offsetOf(extent);
            if (!fits || !wanted.get(from, from + blocks(extent.bytes())).isEmpty()) {
                return Optional.empty();
            }
            wanted.set(from, from + blocks(extent.bytes()));
        }
        return wanted.intersects(taken) ? Optional.empty() : Optional.of(taken(extents));
    }

    void free(List<DcExtent> extents) {
        for (DcExtent extent : extents) {
            int from = (int) (offsetOf(extent) / blockBytes);
            taken.clear(from, from + blocks(extent.bytes()));
        }
    }

    private List<DcExtent> taken(List<DcExtent> extents) {
        for (DcExtent extent : extents) {
            int from = (int) (offsetOf(extent) / blockBytes);
            taken.set(from, from + blocks(extent.bytes()));
        }
        return List.copyOf(extents);
    }

    private int endOfRun(int block) {
        int next = taken.nextSetBit(block);
        int all = blocks(bytes);
        return next < 0 ? all : Math.min(next, all);
    }

    private int blocks(long length) {
        return (int) (length / blockBytes);
    }

    private DcExtent extent(int region, int from, int end, Octets tag) {
        return new DcExtent(regionBase(region) + from * blockBytes, (end - from) * blockBytes, tag, 0);
    }
}
