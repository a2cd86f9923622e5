package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.nativelinux.KernelErrors;

/**
 * The PCI functions that this machine's kernel knows ({@code /sys/bus/pci}). It can be told to forget one, whose driver lets go first, and to
 * look for all that are there: what was forgotten is found again. A function that is forgotten keeps its power. Nobody is asked: that
 * no program uses it has to be known before. Needs root; one thread uses it.
 */
public final class PciBus implements AutoCloseable {
    private static final String BUS = "/sys/bus/pci";
    private static final String DEVICES = BUS + "/devices";
    private static final String RESCAN = BUS + "/rescan";
    private static final String REMOVE = "remove";
    private static final String MACHINE = "the PCI buses";
    private static final Pattern FUNCTION = Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
    private static final String WHEN_UNKNOWN = "look at the kernel's log; then read its functions";

    private final Attributes attributes;

    PciBus(Attributes attributes) {
        this.attributes = attributes;
    }

    /** Looks at nothing yet. */
    public static PciBus ofThisMachine() throws HalException {
        return new PciBus(new SysfsFolder(Path.of("/"), KernelErrors.ofThisProcess()));
    }

    /** Those that the kernel knows now, by address. */
    public List<PciAddress> functions() throws HalException {
        try {
            List<PciAddress> known = new ArrayList<>();
            for (String name : attributes.names(DEVICES, FUNCTION)) {
                PciAddress.parse(name).ifPresent(known::add);
            }
            return known;
        } catch (KernelRefusal refused) {
            throw unavailable("read functions", refused);
        }
    }

    /**
     * Returns when the kernel has forgotten it, with all that is below it where it is a bridge; nothing happens when the kernel does not know
     * it. Virtual functions that it has go with it.
     *
     * @throws HalException.Refused when this process may not, or the function takes no such order
     * @throws HalException.OutcomeUnknown when the kernel knows it still, or nobody can say
     */
    public void remove(PciAddress function) throws HalException {
        if (!isKnown(function)) {
            return;
        }
        String device = "function " + function;
        try {
            attributes.write(folder(function) + "/remove", "1", Settled.SHORT);
        } catch (KernelRefusal refused) {
            // Somebody at the slot was faster.
            if (refused.reason() == KernelRefusal.Reason.ABSENT && !isKnown(function)) {
                return;
            }
            throw refused.ofOrder(device, REMOVE, "run as root, and not with /sys read-only", WHEN_UNKNOWN);
        }
        try {
            if (attributes.place(folder(function)).isPresent()) {
                throw new KernelRefusal(
                        KernelRefusal.Reason.OTHER, folder(function), "it was told to go and is still there");
            }
        } catch (KernelRefusal notSeenGone) {
            throw notSeenGone.afterOrder(device, REMOVE, WHEN_UNKNOWN);
        }
    }

    /**
     * Returns when the kernel has looked at all buses. What it found may not have its driver yet.
     *
     * @throws HalException.Refused when this process may not
     * @throws HalException.OutcomeUnknown when nobody knows whether it has looked everywhere
     */
    public void rescan() throws HalException {
        try {
            attributes.write(RESCAN, "1", Settled.SHORT);
        } catch (KernelRefusal refused) {
            throw refused.ofOrder(MACHINE, "rescan", "run as root, and not with /sys read-only", WHEN_UNKNOWN);
        }
    }

    private boolean isKnown(PciAddress function) throws HalException {
        try {
            return attributes.place(folder(function)).isPresent();
        } catch (KernelRefusal refused) {
            throw unavailable("find " + function, refused);
        }
    }

    private static HalException unavailable(String operation, KernelRefusal refused) {
        return new HalException.Unavailable(
                MACHINE, operation, String.valueOf(refused.getMessage()), "look at " + DEVICES);
    }

    private static String folder(PciAddress function) {
        return DEVICES + "/" + function;
    }

    @Override
    public void close() {
        attributes.close();
    }
}
