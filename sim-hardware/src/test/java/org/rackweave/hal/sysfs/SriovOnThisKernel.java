package org.rackweave.hal.sysfs;

import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;

/** The contract on the function that the property {@code function} names, of the machine that runs this: it is for guests. */
public class SriovOnThisKernel extends SriovContract {
    /** Where QEMU has the host bridge of a machine. */
    private static final String HOST_BRIDGE = "0000:00:00.0";

    @Override
    protected PhysicalFunction open() throws HalException {
        return at(System.getProperty("function"));
    }

    @Override
    protected PhysicalFunction openPlain() throws HalException {
        return at(HOST_BRIDGE);
    }

    private static PhysicalFunction at(String address) throws HalException {
        return PhysicalFunction.ofThisMachine(PciAddress.parse(address).orElseThrow());
    }
}
