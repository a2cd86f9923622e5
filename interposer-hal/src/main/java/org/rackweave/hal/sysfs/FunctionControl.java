package org.rackweave.hal.sysfs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciClass;
import org.rackweave.hal.policy.Isolation;
import org.rackweave.hal.text.ConfigurationSpace;
import org.rackweave.hal.text.Numerals;

/**
 * One PCI function, by the kernel's attributes: which driver has it, whether {@code vfio-pci} is to, its reset, and what keeps it apart from
 * others. A driver of this machine's own is never taken from it: what uses the function would be cut off.
 */
final class FunctionControl {
    static final String VFIO = "vfio-pci";
    private static final String DRIVERS = "/sys/bus/pci/drivers/";
    private static final Pattern ANY_FUNCTION = Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
    private static final String NVME = "nvme";
    private static final int CLASS_BITS = 24;

    /** The kernel gives a drive half of what it says of itself to start, 127 s at most, and resets it once. */
    static final Duration DRIVE_START = Duration.ofMinutes(5);

    private final PciAddress address;
    private final Attributes attributes;
    private final ConfigurationSpaces spaces;
    private final Settled settled;

    /** Where configuration spaces are read, which are bytes and no text. */
    interface ConfigurationSpaces {
        byte[] of(PciAddress function) throws KernelRefusal;
    }

    FunctionControl(PciAddress address, Attributes attributes, ConfigurationSpaces spaces) {
        this.address = address;
        this.attributes = attributes;
        this.spaces = spaces;
        this.settled = new Settled(attributes);
    }

    boolean isThere() throws HalException {
        try {
            return attributes.place(folder(address)).isPresent();
        } catch (KernelRefusal refused) {
            throw unavailable("find", refused);
        }
    }

    Optional<String> driver() throws HalException {
        try {
            return driverNow();
        } catch (KernelRefusal refused) {
            throw unavailable("read driver", refused);
        }
    }

    private Optional<String> driverNow() throws KernelRefusal {
        return last(attributes.place(folder(address) + "/driver"));
    }

    /** What it is, by the numbers of the PCI Code and ID Assignment Specification: class, subclass and interface. */
    PciClass classCode() throws HalException {
        try {
            return classCode(address);
        } catch (KernelRefusal refused) {
            throw unavailable("read class", refused);
        }
    }

    /**
     * Gives it to {@code vfio-pci}, and does nothing when that has it.
     *
     * @throws HalException.Refused when another driver has it
     */
    void giveToVfio() throws HalException {
        giveTo(VFIO, Settled.SHORT);
    }

    /**
     * Gives a drive to the kernel's own driver, and leaves word that it was given to be wiped. When that fails nobody has it.
     *
     * @throws HalException.Refused when a driver has it, that one too: it is the server's own then
     * @throws HalException.Unavailable when the kernel has no such driver, or the word cannot be left
     */
    void giveToNvme(WipeMarks marks) throws HalException {
        String driver = DRIVERS + NVME;
        try {
            if (attributes.place(driver).isEmpty()) {
                throw new HalException.Unavailable(
                        address.toString(), "bind driver", "there is no " + driver, "modprobe nvme");
            }
        } catch (KernelRefusal refused) {
            throw unavailable("bind driver", refused);
        }
        Optional<String> having = driver();
        if (having.isPresent()) {
            throw taken(having.get());
        }
        marks.mark(address);
        try {
            giveTo(NVME, DRIVE_START);
        } catch (HalException | RuntimeException failed) {
            giveBack(marks, failed);
            throw failed;
        }
    }

    /** Takes a drive from the kernel's own driver after something else went wrong with it: that is what is told. */
    void giveBack(WipeMarks marks, Exception why) {
        try {
            takeFromNvme(marks);
        } catch (HalException kept) {
            why.addSuppressed(kept);
        }
    }

    private void giveTo(String wanted, Duration limit) throws HalException {
        Optional<String> driver = driver();
        if (driver.isPresent() && !driver.get().equals(wanted)) {
            throw taken(driver.get());
        }
        if (driver.isEmpty()) {
            tell(folder(address) + "/driver_override", wanted, "bind driver", Settled.SHORT);
            tell("/sys/bus/pci/drivers_probe", address.toString(), "bind driver", limit);
            requireDriver(Optional.of(wanted), "bind driver");
        }
    }

    private HalException taken(String driver) {
        return new HalException.Refused(
                address.toString(),
                "bind driver",
                "its driver is " + driver,
                "end what uses it, and take it from that driver: echo " + address + " > " + DRIVERS + driver
                        + "/unbind");
    }

    /** Whether the drive was given to the kernel's own driver by {@link #giveToNvme} and not taken back. */
    boolean isLeftInWipe(WipeMarks marks) throws HalException {
        try {
            return marks.isMarked(address)
                    && driver().equals(Optional.of(NVME))
                    && attributes.text(folder(address) + "/driver_override").equals(Optional.of(NVME));
        } catch (KernelRefusal refused) {
            throw unavailable("read driver", refused);
        }
    }

    /** Takes it from {@code vfio-pci}, so that no driver has it; nothing else is done when that has it not. */
    void takeFromVfio() throws HalException {
        takeFrom(VFIO);
    }

    /** Takes a drive from the kernel's own driver, after which nothing says any more that it is being wiped. */
    void takeFromNvme(WipeMarks marks) throws HalException {
        takeFrom(NVME);
        marks.unmark(address);
    }

    private void takeFrom(String driver) throws HalException {
        if (driver().equals(Optional.of(driver))) {
            tell(DRIVERS + driver + "/unbind", address.toString(), "unbind driver", Settled.SHORT);
            requireDriver(Optional.empty(), "unbind driver");
        }
        tell(folder(address) + "/driver_override", "", "unbind driver", Settled.SHORT);
    }

    private void requireDriver(Optional<String> wanted, String operation) throws HalException {
        try {
            Optional<String> now = driverNow();
            if (!now.equals(wanted)) {
                throw new KernelRefusal(
                        KernelRefusal.Reason.OTHER,
                        folder(address) + "/driver",
                        "its driver is " + now.orElse("none") + " instead of " + wanted.orElse("none"));
            }
        } catch (KernelRefusal notSeen) {
            throw notSeen.afterOrder(address.toString(), operation, "look at the kernel's log; then read its driver");
        }
    }

    /** How the kernel can reset it, what it tries first in front: {@code flr}, {@code pm}, {@code bus}; none when it cannot. */
    List<String> resetMethods() throws HalException {
        try {
            Optional<String> methods = attributes.text(folder(address) + "/reset_method");
            return methods.filter(text -> !text.isEmpty())
                    .map(text -> List.of(text.split(" ", -1)))
                    .orElse(List.of());
        } catch (KernelRefusal refused) {
            throw unavailable("read reset methods", refused);
        }
    }

    /**
     * Resets it alone, by its own register; what it held is gone, what it stores is not. For some makers' drives the kernel has a reset of
     * its own in front, which is the same with a wait before or after it.
     *
     * @throws HalException.Refused when it has no such reset: the others reset what is beside it too, or keep what it held
     */
    void reset() throws HalException {
        List<String> methods = resetMethods();
        String first = methods.isEmpty() ? "" : methods.get(0);
        boolean isDrivesQuirk = first.equals("device_specific")
                && (methods.contains("flr") || methods.contains("bus"))
                && classCode().isNvme();
        if (!first.equals("flr") && !isDrivesQuirk) {
            throw new HalException.Refused(
                    address.toString(),
                    "reset",
                    "the kernel resets it by " + methods + " and not by flr first",
                    "do not lend it: a device without function-level reset is not lent");
        }
        tell(folder(address) + "/reset", "1", "reset", Settled.SHORT);
    }

    OptionalInt iommuGroup() throws HalException {
        try {
            Optional<String> group = last(attributes.place(folder(address) + "/iommu_group"));
            // The kernel makes groups without an IOMMU too, for those who want them.
            boolean isReal = attributes
                    .text(folder(address) + "/iommu_group/name")
                    .filter("vfio-noiommu"::equals)
                    .isEmpty();
            return group.isPresent() && isReal ? Numerals.ordinal(group.get()) : OptionalInt.empty();
        } catch (KernelRefusal refused) {
            throw unavailable("read IOMMU group", refused);
        }
    }

    Isolation isolation() throws HalException {
        try {
            List<PciAddress> neighbours = new ArrayList<>();
            for (String name : attributes.names(folder(address) + "/iommu_group/devices", ANY_FUNCTION)) {
                PciAddress other = PciAddress.parse(name).orElseThrow();
                if (!other.equals(address) && classCode(other).base() != PciClass.BASE_BRIDGE) {
                    neighbours.add(other);
                }
            }
            List<Isolation.Port> ports = new ArrayList<>();
            for (PciAddress port : above()) {
                ConfigurationSpace space = new ConfigurationSpace(spaces.of(port));
                ports.add(new Isolation.Port(port, setting(space, space.redirectsPeers())));
            }
            ConfigurationSpace own = new ConfigurationSpace(spaces.of(address));
            return new Isolation(address, iommuGroup(), neighbours, setting(own, own.translatesAddresses()), ports);
        } catch (KernelRefusal refused) {
            throw unavailable("read isolation", refused);
        }
    }

    private static Isolation.Setting setting(ConfigurationSpace space, boolean isOn) {
        return !space.isWhole() ? Isolation.Setting.UNKNOWN : isOn ? Isolation.Setting.ON : Isolation.Setting.OFF;
    }

    private List<PciAddress> above() throws KernelRefusal {
        List<PciAddress> ports = new ArrayList<>();
        for (String part : attributes.place(folder(address)).orElse("").split("/", -1)) {
            PciAddress.parse(part).filter(port -> !port.equals(address)).ifPresent(ports::add);
        }
        return ports;
    }

    private PciClass classCode(PciAddress function) throws KernelRefusal {
        String path = folder(function) + "/class";
        OptionalInt code = Numerals.hexadecimal(settled.demand(path), CLASS_BITS);
        if (code.isEmpty()) {
            throw new KernelRefusal(KernelRefusal.Reason.OTHER, path, "no class");
        }
        return new PciClass(code.getAsInt());
    }

    private static Optional<String> last(Optional<String> place) {
        return place.map(path -> path.substring(path.lastIndexOf('/') + 1));
    }

    private void tell(String attribute, String value, String operation, Duration limit) throws HalException {
        try {
            attributes.write(attribute, value, limit);
        } catch (KernelRefusal refused) {
            throw refused.ofOrder(
                    address.toString(),
                    operation,
                    "run as root with vfio-pci loaded and the IOMMU on; look at the kernel's log",
                    "look at the kernel's log; a function that is not given back may still be open in a virtual machine");
        }
    }

    private HalException unavailable(String operation, KernelRefusal refused) {
        return new HalException.Unavailable(
                address.toString(),
                operation,
                String.valueOf(refused.getMessage()),
                "compare the address with lspci, and run as root");
    }

    private static String folder(PciAddress function) {
        return "/sys/bus/pci/devices/" + function;
    }
}
