package org.rackweave.hal.sysfs;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.rackweave.hal.text.Numerals;

/** The blocks by which the kernel takes memory on and off line. */
final class MemoryBlocks {
    private static final String FOLDER = "/sys/devices/system/memory/";
    private static final String ONLINE = "online";
    private static final String OFFLINE = "offline";
    private static final String MOVABLE = "online_movable";

    /**
     * For one block. The kernel itself tries for ever to move a page that somebody holds. What it can move it moves at gigabytes a second, so
     * this is long enough for the largest block, 2 GiB, even where each of its pages has to be asked for again and again.
     */
    private static final Duration OFFLINE_LIMIT = Duration.ofSeconds(30);

    private final Attributes attributes;
    private final Settled settled;

    MemoryBlocks(Attributes attributes) {
        this.attributes = attributes;
        this.settled = new Settled(attributes);
    }

    /**
     * From now on, memory that is added to this machine is not where the kernel keeps pages of its own: those could not be moved away
     * again. A machine that leaves it off line stays as it is.
     */
    void keepTheKernelsPagesOut() throws KernelRefusal {
        String path = FOLDER + "auto_online_blocks";
        if (!settled.demand(path).equals(OFFLINE)) {
            settled.word(path, MOVABLE, Settled.SHORT);
        }
    }

    /** How much memory one has. */
    long blockBytes() throws KernelRefusal {
        String path = FOLDER + "block_size_bytes";
        OptionalLong bytes = Numerals.hexadecimal(settled.demand(path));
        if (bytes.isEmpty() || bytes.getAsLong() < 1) {
            throw new KernelRefusal(KernelRefusal.Reason.OTHER, path, "no size");
        }
        return bytes.getAsLong();
    }

    /** The folders of those that the kernel has in a range, whole or in part. */
    List<String> in(long startBytes, long bytes) throws KernelRefusal {
        long blockBytes = blockBytes();
        List<String> blocks = new ArrayList<>();
        for (long block = startBytes / blockBytes; block * blockBytes < startBytes + bytes; block++) {
            if (attributes.place(FOLDER + "memory" + block).isPresent()) {
                blocks.add(FOLDER + "memory" + block);
            }
        }
        return blocks;
    }

    /** Whether all may be used, and for nothing that could not be moved away again. */
    boolean areOnlineMovable(List<String> blocks) throws KernelRefusal {
        for (String block : blocks) {
            if (!isOnlineMovable(block)) {
                return false;
            }
        }
        return true;
    }

    private boolean isOnlineMovable(String block) throws KernelRefusal {
        // Of a block that is on line this names the zone that it is in; of another one, those that it could be in.
        return settled.demand(block + "/state").equals(ONLINE)
                && settled.demand(block + "/valid_zones").equals("Movable");
    }

    /**
     * Somebody else may have put one where the kernel keeps pages of its own: that is taken back. Each is tried, whatever became of the others.
     *
     * @throws KernelRefusal of the first that is not on line as movable memory, with those of the others as its suppressed
     */
    void bringOnline(List<String> blocks) throws KernelRefusal {
        List<KernelRefusal> refusals = new ArrayList<>();
        for (String block : blocks) {
            try {
                bringOnline(block);
            } catch (KernelRefusal refused) {
                refusals.add(refused);
            }
        }
        if (!refusals.isEmpty()) {
            KernelRefusal first = refusals.remove(0);
            refusals.forEach(first::addSuppressed);
            throw first;
        }
    }

    private void bringOnline(String block) throws KernelRefusal {
        if (!isOnlineMovable(block)) {
            settled.word(block + "/state", OFFLINE, OFFLINE_LIMIT);
            attributes.write(block + "/state", MOVABLE, Settled.SHORT);
        }
        if (!isOnlineMovable(block)) {
            throw new KernelRefusal(
                    KernelRefusal.Reason.OTHER,
                    block,
                    "it is not on line as movable memory: " + settled.demand(block + "/state") + ", "
                            + settled.demand(block + "/valid_zones"));
        }
    }

    /**
     * All or none: when one does not go, those that went come back.
     *
     * @throws KernelRefusal with those that went back on line, unless one of its {@linkplain Throwable#getSuppressed() suppressed} says that one
     *     is not; each that is not has one
     */
    void takeOffline(List<String> blocks) throws KernelRefusal {
        Deque<String> gone = new ArrayDeque<>();
        for (String block : blocks) {
            try {
                if (!settled.demand(block + "/state").equals(OFFLINE)) {
                    settled.word(block + "/state", OFFLINE, OFFLINE_LIMIT);
                    gone.push(block);
                }
            } catch (KernelRefusal refused) {
                bringBack(gone, block, refused);
                throw refused;
            }
        }
    }

    /** @param atFault may have gone too, whatever the kernel said; mostly it is where it was, and not to be touched */
    private void bringBack(Deque<String> gone, String atFault, KernelRefusal why) {
        for (String block : gone) {
            try {
                bringOnline(block);
            } catch (KernelRefusal stillOff) {
                why.addSuppressed(stillOff);
            }
        }
        try {
            if (!settled.demand(atFault + "/state").equals(ONLINE)) {
                bringOnline(atFault);
            }
        } catch (KernelRefusal stillOff) {
            why.addSuppressed(stillOff);
        }
    }
}
