package org.rackweave.hal.sysfs;

import org.rackweave.hal.HalException;

/** The contract on the processors of the machine that runs this: it is for guests. */
public class ProcessorsOnThisKernel extends ProcessorsContract {
    @Override
    protected CpuHotplug open() throws HalException {
        return CpuHotplug.ofThisMachine();
    }
}
