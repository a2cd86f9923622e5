package org.rackweave.hal.inventory;

import java.util.List;
import java.util.OptionalLong;

/**
 * The memory of a machine.
 *
 * @param totalBytes what the kernel manages in all
 * @param blockSizeBytes the size of every block
 * @param blocks the blocks, ascending; none where the kernel has no memory hot-plug
 */
public record MemoryLayout(OptionalLong totalBytes, OptionalLong blockSizeBytes, List<MemoryBlock> blocks) {
    public static final MemoryLayout UNTOLD = new MemoryLayout(OptionalLong.empty(), OptionalLong.empty(), List.of());

    public MemoryLayout {
        blocks = List.copyOf(blocks);
    }

    public long blocksIn(MemoryBlock.State state) {
        return blocks.stream()
                .filter(block -> block.state().filter(state::equals).isPresent())
                .count();
    }
}
