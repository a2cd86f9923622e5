package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.KernelErrors;

/** The slots and sensors that one kernel shows below one folder. For one thread. */
public final class ChassisFiles implements AutoCloseable {
    private final Attributes attributes;

    private ChassisFiles(Attributes attributes) {
        this.attributes = attributes;
    }

    /** @param root where {@code sys} is: {@code /} for the kernel of this machine */
    public static ChassisFiles below(Path root) throws HalException {
        return new ChassisFiles(new SysfsFolder(root, KernelErrors.ofThisProcess()));
    }

    /** A slot that is closed with all others of these; see {@link PcieSlot#ofThisMachine}. Looks at nothing yet. */
    public PcieSlot slot(String name) {
        return new PcieSlot(name, attributes);
    }

    /** @param place the chip's place on its bus, such as {@code 7-0058}. Looks at nothing yet. */
    public HwmonChip chip(String place) {
        return new HwmonChip(place, attributes);
    }

    @Override
    public void close() {
        attributes.close();
    }
}
