package org.rackweave.sim.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.mctp.Octets;

/** The blocks of a device, asked for more than there are. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MediaBlocksTest {
    private static final long MIB = 1L << 20;
    private static final Octets TAG = Octets.ofHex("77".repeat(16));

    private final MediaBlocks blocks = new MediaBlocks(256 * MIB, MIB);

    @Test
    void more_than_numbers_of_blocks_can_say_is_not_there() {
        for (long length : new long[] {257 * MIB, MIB << 31, MIB << 32, (MIB << 32) + MIB, Long.MAX_VALUE - MIB + 1}) {
            assertThat(blocks.takeFree(0, length, TAG)).as("%d", length).isEmpty();
            assertThat(blocks.takeContiguous(0, length, TAG)).as("%d", length).isEmpty();
        }
        assertThat(blocks.takeContiguous(0, 256 * MIB, TAG)).isPresent();
    }

    @Test
    void an_address_far_behind_the_last_region_is_in_none() {
        for (long region : new long[] {1L << 31, (1L << 32) - 1, 1L << 32}) {
            assertThat(blocks.regionOf(new DcExtent(region * 256 * MIB, MIB, TAG, 0)))
                    .as("%d", region)
                    .isEqualTo(Integer.MAX_VALUE);
        }
    }
}
