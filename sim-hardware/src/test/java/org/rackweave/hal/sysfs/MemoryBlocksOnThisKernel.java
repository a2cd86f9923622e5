package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.KernelErrors;

/** The contract on the memory blocks of the machine that runs this, which is a guest with CXL memory on line. */
public class MemoryBlocksOnThisKernel extends MemoryBlocksContract {
    @Override
    Attributes open() throws HalException {
        return new SysfsFolder(Path.of("/"), KernelErrors.ofThisProcess());
    }
}
