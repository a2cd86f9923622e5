package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.NvmeFile;
import org.rackweave.hal.nvme.NvmeDrive;

/** Opens the drives that the kernel's {@code nvme} driver has. */
interface NvmeDrives {
    /**
     * Opens a drive for this process alone.
     *
     * @param controller such as {@code nvme0}
     * @param blocks the names of its block devices, such as {@code nvme0n1}, by the numbers of their namespaces
     * @throws HalException.Refused when one of them is in use
     */
    NvmeDrive open(String controller, Map<Integer, String> blocks) throws HalException;

    /** Those of the machine itself. */
    static NvmeDrives ofThisMachine(Path folder) {
        return (controller, blocks) -> {
            Map<Integer, Path> files = new TreeMap<>();
            blocks.forEach((namespace, name) -> files.put(namespace, folder.resolve(name)));
            return NvmeFile.open(folder.resolve(controller), files);
        };
    }
}
