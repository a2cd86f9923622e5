package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the memory blocks of every kernel do. An implementation opens a machine that has at least two blocks side by side which are on line as
 * movable memory, and which nobody uses.
 */
public abstract class MemoryBlocksContract {
    private static final String FOLDER = "/sys/devices/system/memory/";
    private static final Pattern BLOCK = Pattern.compile("memory[0-9]+");

    /** No machine has so much memory. */
    private static final String MISSING = FOLDER + "memory987654321";

    private Attributes kernel;
    private MemoryBlocks blocks;
    private List<String> movable;

    /** Opens the same machine each time it is called within one test. */
    abstract Attributes open() throws Exception;

    @BeforeEach
    void openIt() throws Exception {
        kernel = open();
        blocks = new MemoryBlocks(kernel);
        movable = kernel.names(FOLDER.substring(0, FOLDER.length() - 1), BLOCK).stream()
                .map(name -> FOLDER + name)
                .filter(this::isMovable)
                .toList();
        assertThat(movable)
                .as("this contract needs two blocks of movable memory")
                .hasSizeGreaterThanOrEqualTo(2);
    }

    @AfterEach
    void bringBack() throws Exception {
        blocks.bringOnline(movable);
        kernel.close();
    }

    private boolean isMovable(String block) {
        return says(block + "/state").equals("online")
                && says(block + "/valid_zones").equals("Movable");
    }

    private String says(String path) {
        try {
            return kernel.text(path).orElse("nothing");
        } catch (KernelRefusal refused) {
            throw new AssertionError(refused);
        }
    }

    private long start(String block) throws KernelRefusal {
        return Long.parseLong(block.substring((FOLDER + "memory").length())) * blocks.blockBytes();
    }

    @Test
    void aBlockIsAPowerOfTwoOfAtLeastAMebibyte() throws Exception {
        assertThat(Long.bitCount(blocks.blockBytes())).isOne();
        assertThat(blocks.blockBytes()).isGreaterThanOrEqualTo(1L << 20);
    }

    @Test
    void theBlocksOfARangeAreThoseThatItTouches() throws Exception {
        long start = start(movable.get(0));
        long bytes = blocks.blockBytes();
        assertThat(blocks.in(start, bytes)).containsExactly(movable.get(0));
        assertThat(blocks.in(start, 1)).containsExactly(movable.get(0));
        assertThat(blocks.in(start + bytes - 1, 2)).containsExactly(movable.get(0), movable.get(1));
        assertThat(blocks.in(start, 2 * bytes)).containsExactly(movable.get(0), movable.get(1));
    }

    @Test
    void whatIsTakenIsOffLineAndComesBackAsMovableMemory() throws Exception {
        assertThat(blocks.areOnlineMovable(movable)).isTrue();
        blocks.takeOffline(movable);
        assertThat(movable)
                .allSatisfy(block -> assertThat(says(block + "/state")).isEqualTo("offline"));
        assertThat(blocks.areOnlineMovable(movable)).isFalse();
        blocks.bringOnline(movable);
        assertThat(blocks.areOnlineMovable(movable)).isTrue();
    }

    @Test
    void theSameOrderAgainChangesNothing() throws Exception {
        blocks.bringOnline(movable);
        assertThat(blocks.areOnlineMovable(movable)).isTrue();
        blocks.takeOffline(movable);
        blocks.takeOffline(movable);
        assertThat(movable)
                .allSatisfy(block -> assertThat(says(block + "/state")).isEqualTo("offline"));
    }

    @Test
    void oneBlockIsNoOther() throws Exception {
        blocks.takeOffline(movable.subList(0, 1));
        assertThat(blocks.areOnlineMovable(movable.subList(1, movable.size()))).isTrue();
        assertThat(blocks.areOnlineMovable(movable)).isFalse();
    }

    @Test
    void whereOneDoesNotGoThoseThatWentComeBack() throws Exception {
        assertThatThrownBy(() -> blocks.takeOffline(List.of(movable.get(0), movable.get(1), MISSING)))
                .isInstanceOf(KernelRefusal.class)
                .hasMessageContaining(MISSING);
        assertThat(blocks.areOnlineMovable(movable)).isTrue();
    }

    @Test
    void aBlockThatIsNotThereComesNotOnLine() {
        assertThatThrownBy(() -> blocks.bringOnline(List.of(MISSING)))
                .isInstanceOfSatisfying(KernelRefusal.class, refused -> assertThat(refused.reason())
                        .isEqualTo(KernelRefusal.Reason.ABSENT));
    }

    @Test
    void newMemoryIsNotWhereTheKernelKeepsPagesOfItsOwn() throws Exception {
        blocks.keepTheKernelsPagesOut();
        blocks.keepTheKernelsPagesOut();
        assertThat(says(FOLDER + "auto_online_blocks")).isIn("online_movable", "offline");
    }

    @Test
    void whatIsOffLineOutlivesWhoeverTookIt() throws Exception {
        blocks.takeOffline(movable);
        kernel.close();
        kernel = open();
        blocks = new MemoryBlocks(kernel);
        assertThat(movable)
                .allSatisfy(block -> assertThat(says(block + "/state")).isEqualTo("offline"));
    }
}
