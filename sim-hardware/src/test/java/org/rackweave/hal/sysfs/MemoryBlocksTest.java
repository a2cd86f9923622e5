package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the model of a kernel, and what a real one cannot be made to do. */
class MemoryBlocksTest extends MemoryBlocksContract {
    private static final String FOLDER = "/sys/devices/system/memory/";
    private static final String FIRST = FOLDER + "memory32";
    private static final String SECOND = FOLDER + "memory33";

    @TempDir
    Path root;

    @TempDir
    Path other;

    private ModelTree kernel;

    @Override
    Attributes open() throws Exception {
        if (kernel == null) {
            kernel = model(root);
        }
        return kernel;
    }

    /** Two blocks of 128 MiB that may move, beside one of the kernel's own. */
    private static ModelTree model(Path root) throws Exception {
        ModelTree tree = new ModelTree(root);
        tree.put(FOLDER + "block_size_bytes", "8000000");
        tree.put(FOLDER + "auto_online_blocks", "online");
        tree.put(FOLDER + "memory0/state", "online");
        tree.put(FOLDER + "memory0/valid_zones", "Normal");
        for (String block : List.of(FIRST, SECOND)) {
            tree.put(block + "/state", "online");
            tree.put(block + "/valid_zones", "Movable");
        }
        tree.runs((path, value) -> obey(tree, path, value));
        return tree;
    }

    private static void obey(ModelTree tree, String path, String value) throws KernelRefusal {
        if (!path.endsWith("/state")) {
            tree.put(path, value);
            return;
        }
        String block = path.substring(0, path.lastIndexOf('/'));
        if (value.equals("offline") && tree.says(block + "/valid_zones").equals("Normal")) {
            throw new KernelRefusal(KernelRefusal.Reason.BUSY, path, "write offline: EBUSY");
        }
        tree.put(path, value.startsWith("online") ? "online" : value);
        tree.put(
                block + "/valid_zones",
                switch (value) {
                    case "online_movable" -> "Movable";
                    case "offline" -> "Normal Movable";
                    default -> "Normal";
                });
    }

    @Test
    void aBlockThatTheKernelKeepsIsRefusedAndAllAreAsTheyWere() throws Exception {
        ModelTree odd = model(other);
        String kernels = FOLDER + "memory0";
        assertThatThrownBy(() -> new MemoryBlocks(odd).takeOffline(List.of(FIRST, kernels)))
                .isInstanceOfSatisfying(KernelRefusal.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(KernelRefusal.Reason.BUSY);
                    assertThat(refused.getSuppressed()).isEmpty();
                });
        assertThat(new MemoryBlocks(odd).areOnlineMovable(List.of(FIRST))).isTrue();
        assertThat(odd.written)
                .as("what stays is not told twice")
                .containsExactly(FIRST + "/state=offline", kernels + "/state=offline", FIRST + "/state=online_movable");
    }

    /** A driver may answer with an error to what it has done all the same. */
    @Test
    void aBlockThatWentThoughTheKernelSaysItDidNotComesBackToo() throws Exception {
        ModelTree odd = model(other);
        odd.runs((path, value) -> {
            obey(odd, path, value);
            if (path.startsWith(SECOND) && value.equals("offline")) {
                throw new KernelRefusal(KernelRefusal.Reason.FAULT, path, "write offline: EIO");
            }
        });
        assertThatThrownBy(() -> new MemoryBlocks(odd).takeOffline(List.of(FIRST, SECOND)))
                .isInstanceOf(KernelRefusal.class)
                .hasNoSuppressedExceptions();
        assertThat(new MemoryBlocks(odd).areOnlineMovable(List.of(FIRST, SECOND)))
                .isTrue();
    }

    @Test
    void aBlockOfWhichNobodyCanSayWhetherItWentIsTold() throws Exception {
        ModelTree odd = model(other);
        odd.runs((path, value) -> {
            if (path.startsWith(SECOND)) {
                odd.remove(path);
            } else {
                obey(odd, path, value);
            }
        });
        assertThatThrownBy(() -> new MemoryBlocks(odd).takeOffline(List.of(FIRST, SECOND)))
                .isInstanceOfSatisfying(KernelRefusal.class, refused -> assertThat(refused.getSuppressed())
                        .anyMatch(unread -> unread.getMessage().contains(SECOND)));
        assertThat(new MemoryBlocks(odd).areOnlineMovable(List.of(FIRST))).isTrue();
    }

    /** The first that stays off line is no reason to leave the others there. */
    @Test
    void eachBlockThatCanComeBackDoesAndEachThatCannotIsNamed() throws Exception {
        ModelTree odd = model(other);
        List<String> all = new ArrayList<>();
        for (int block = 32; block < 37; block++) {
            all.add(FOLDER + "memory" + block);
            odd.put(FOLDER + "memory" + block + "/state", "online");
            odd.put(FOLDER + "memory" + block + "/valid_zones", "Movable");
        }
        List<String> stayOff = List.of(all.get(1), all.get(3));
        odd.runs((path, value) -> {
            if (path.startsWith(all.get(4)) && value.equals("offline")) {
                throw new KernelRefusal(KernelRefusal.Reason.BUSY, path, "write offline: EBUSY");
            }
            if (value.startsWith("online") && stayOff.stream().anyMatch(path::startsWith)) {
                throw new KernelRefusal(KernelRefusal.Reason.NO_ROOM, path, "write online_movable: ENOMEM");
            }
            obey(odd, path, value);
        });
        assertThatThrownBy(() -> new MemoryBlocks(odd).takeOffline(all))
                .isInstanceOfSatisfying(KernelRefusal.class, refused -> {
                    assertThat(refused.attribute()).isEqualTo(all.get(4) + "/state");
                    assertThat(refused.getSuppressed())
                            .extracting(off -> ((KernelRefusal) off).attribute())
                            .containsExactlyInAnyOrder(all.get(1) + "/state", all.get(3) + "/state");
                });
        assertThat(new MemoryBlocks(odd).areOnlineMovable(List.of(all.get(0), all.get(2), all.get(4))))
                .isTrue();
        assertThatThrownBy(() -> new MemoryBlocks(odd).bringOnline(all))
                .isInstanceOf(KernelRefusal.class)
                .satisfies(refused -> assertThat(refused.getSuppressed()).hasSize(1));
    }

    @Test
    void oneThatTheKernelHasForItselfIsTakenFromItBeforeItIsLent() throws Exception {
        ModelTree odd = model(other);
        odd.put(FIRST + "/valid_zones", "Normal");
        odd.runs((path, value) -> {
            odd.put(path, value.startsWith("online") ? "online" : value);
            odd.put(FIRST + "/valid_zones", value.equals("online_movable") ? "Movable" : "Normal Movable");
        });
        new MemoryBlocks(odd).bringOnline(List.of(FIRST));
        assertThat(odd.written).containsExactly(FIRST + "/state=offline", FIRST + "/state=online_movable");
    }
}
