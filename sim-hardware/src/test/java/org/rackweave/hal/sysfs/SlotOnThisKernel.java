package org.rackweave.hal.sysfs;

import java.util.List;
import org.rackweave.hal.HalException;

/**
 * The contract on slots of the machine that runs this: it is for guests. The property {@code slots} names those with a device, one more than
 * lose it, and {@code empty} one without.
 */
public class SlotOnThisKernel extends SlotContract {
    @Override
    protected PcieSlot open(String name) throws HalException {
        return PcieSlot.ofThisMachine(name);
    }

    /** What a test has switched off stays off: nobody in the machine can put the device back. */
    @Override
    protected String occupied() throws HalException {
        for (String name : List.of(System.getProperty("slots").split(",", -1))) {
            try (PcieSlot slot = open(name)) {
                if (slot.isOn()) {
                    return name;
                }
            }
        }
        throw new AssertionError("every slot is off by now: " + System.getProperty("slots"));
    }

    @Override
    protected String empty() {
        return System.getProperty("empty");
    }
}
