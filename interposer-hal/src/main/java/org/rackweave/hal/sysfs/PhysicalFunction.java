package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.nativelinux.KernelErrors;

/**
 * A PCI function of this machine that can have virtual ones (SR-IOV). They are made and taken away together: a number of them is changed
 * only by way of none. Its own driver makes them; none gets a driver by itself, so that whoever they are lent to is the first to use
 * them. Nobody is asked before they are taken away. Needs root; one thread uses it.
 */
public final class PhysicalFunction implements AutoCloseable {
    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final Pattern VIRTUAL = Pattern.compile("virtfn[0-9]{1,5}");
    private static final String ENABLE = "enable virtual functions";
    private static final String DISABLE = "disable virtual functions";
    private static final String WHEN_UNKNOWN = "look at the kernel's log; then read its virtual functions";

    private final PciAddress address;
    private final Attributes attributes;
    private final Settled settled;

    PhysicalFunction(PciAddress address, Attributes attributes) {
        this.address = Objects.requireNonNull(address);
        this.attributes = Objects.requireNonNull(attributes);
        this.settled = new Settled(attributes);
    }

    /** Looks at nothing yet. */
    public static PhysicalFunction ofThisMachine(PciAddress address) throws HalException {
        return new PhysicalFunction(address, new SysfsFolder(Path.of("/"), KernelErrors.ofThisProcess()));
    }

    /**
     * How many virtual functions it can have, 0 to 65535.
     *
     * @throws HalException.Unavailable when it is not there, or has no SR-IOV
     */
    public int totalVirtualFunctions() throws HalException {
        try {
            return count("sriov_totalvfs");
        } catch (KernelRefusal refused) {
            throw unavailable(refused);
        }
    }

    /** Those that it has now; the first is the one that its driver calls 0. */
    public List<PciAddress> virtualFunctions() throws HalException {
        try {
            return virtualOnes();
        } catch (KernelRefusal refused) {
            throw unavailable(refused);
        }
    }

    private List<PciAddress> virtualOnes() throws KernelRefusal {
        int count = count("sriov_numvfs");
        List<PciAddress> found = new ArrayList<>();
        for (String link : attributes.names(folder(), VIRTUAL)) {
            Optional<String> place = attributes.place(folder() + link);
            place.map(path -> path.substring(path.lastIndexOf('/') + 1))
                    .flatMap(PciAddress::parse)
                    .ifPresent(found::add);
        }
        if (found.size() != count) {
            throw new KernelRefusal(
                    KernelRefusal.Reason.OTHER,
                    folder(),
                    "it counts " + count + " virtual functions, and has " + found);
        }
        return List.copyOf(found);
    }

    /**
     * Makes virtual functions, and nothing when there are as many already.
     *
     * @param count 1 to {@link #totalVirtualFunctions}
     * @throws HalException.Refused when it has another number of them, can not have so many, or its driver makes none
     * @throws HalException.OutcomeUnknown when others are read afterwards, or none can be read
     */
    public void enable(int count) throws HalException {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 virtual function is enabled, not " + count);
        }
        if (virtualFunctions().size() == count) {
            return;
        }
        tell("sriov_drivers_autoprobe", 0, ENABLE);
        tell("sriov_numvfs", count, ENABLE);
        requireCount(count, ENABLE);
    }

    /**
     * Takes them all away, and does nothing when there are none.
     *
     * @throws HalException.Refused when the driver keeps them, because a virtual machine has one
     * @throws HalException.OutcomeUnknown when some are read afterwards, or none can be read
     */
    public void disable() throws HalException {
        if (!virtualFunctions().isEmpty()) {
            tell("sriov_numvfs", 0, DISABLE);
            requireCount(0, DISABLE);
        }
    }

    private void tell(String attribute, long value, String operation) throws HalException {
        try {
            settled.number(folder() + attribute, value);
        } catch (KernelRefusal refused) {
            throw refused.ofOrder(device(), operation, advice(refused.reason()), WHEN_UNKNOWN);
        }
    }

    private String advice(KernelRefusal.Reason reason) {
        return switch (reason) {
            case BUSY -> "it has other virtual functions already: disable them first, once nothing uses them";
            case DENIED -> "run as root; where a virtual machine has one of them, stop that first";
            case ABSENT -> "give it a driver of the kernel's that makes virtual functions";
            case INVALID, NO_ROOM ->
                "it can have at most " + most()
                        + "; with fewer than that, look at the kernel's log for bus"
                        + " numbers and addresses that the firmware did not leave room for";
            case FAULT, STOPPED, OTHER -> "look at the kernel's log";
        };
    }

    /** An advice is not worth losing the refusal that it is about. */
    private String most() {
        try {
            return Integer.toString(count("sriov_totalvfs"));
        } catch (KernelRefusal unread) {
            return "what its sriov_totalvfs says";
        }
    }

    private void requireCount(int count, String operation) throws HalException {
        try {
            int now = virtualOnes().size();
            if (now != count) {
                throw new KernelRefusal(KernelRefusal.Reason.OTHER, folder(), "it has " + now + " instead of " + count);
            }
        } catch (KernelRefusal notSeen) {
            throw notSeen.afterOrder(device(), operation, WHEN_UNKNOWN);
        }
    }

    private int count(String attribute) throws KernelRefusal {
        long count = settled.number(folder() + attribute);
        if (count > 0xFFFF) {
            throw new KernelRefusal(
                    KernelRefusal.Reason.OTHER, folder() + attribute, count + " is more than 16 bits count");
        }
        return (int) count;
    }

    private HalException unavailable(KernelRefusal refused) {
        return new HalException.Unavailable(
                device(),
                "read virtual functions",
                String.valueOf(refused.getMessage()),
                "compare the address with lspci; a function without the attribute has no SR-IOV, or the firmware switched it off");
    }

    private String folder() {
        return DEVICES + address + "/";
    }

    private String device() {
        return "function " + address;
    }

    @Override
    public void close() {
        attributes.close();
    }
}
