package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.BitSet;
import org.rackweave.hal.inventory.IdSet;

/** Four processors as the kernel shows them, all on line; it keeps the last one that runs. */
final class ModelProcessors {
    static final String FOLDER = "/sys/devices/system/cpu/";
    private static final int PROCESSORS = 4;

    final ModelTree tree;
    private final BitSet online = new BitSet();

    /** @param firstThatLeaves those below it have no switch */
    ModelProcessors(Path root, int firstThatLeaves) throws Exception {
        tree = new ModelTree(root);
        online.set(0, PROCESSORS);
        for (int cpu = firstThatLeaves; cpu < PROCESSORS; cpu++) {
            tree.put(FOLDER + "cpu" + cpu + "/online", "1");
        }
        show();
        tree.runs(this::turn);
    }

    private void turn(String path, String value) throws KernelRefusal {
        int cpu = Integer.parseInt(path.replaceAll("[^0-9]", ""));
        if (value.equals("0") && online.cardinality() == 1 && online.get(cpu)) {
            throw new KernelRefusal(KernelRefusal.Reason.BUSY, path, "write 0: EBUSY");
        }
        online.set(cpu, value.equals("1"));
        tree.put(path, value);
        show();
    }

    private void show() {
        tree.put(FOLDER + "online", IdSet.of(online.stream().boxed().toList()).toString());
    }
}
