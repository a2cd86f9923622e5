package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.KernelErrors;

/**
 * A PCIe slot of this machine whose power the kernel's hot-plug controller switches ({@code /sys/bus/pci/slots/NAME/power}). Before it goes
 * off the kernel takes its driver from what is in it, and once it is on the kernel finds that again. Nobody is asked: that no program
 * uses the device has to be known before. Needs root; one thread uses it.
 */
public final class PcieSlot implements AutoCloseable {
    private static final String SLOTS = "/sys/bus/pci/slots/";
    private static final String DEVICES = "/sys/bus/pci/devices";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String OFF = "switch off";
    private static final String ON = "switch on";

    /** What the kernel says of a link that nobody has measured. */
    private static final String NO_SPEED = "Unknown";

    private final String name;
    private final Attributes attributes;
    private final Settled settled;

    /** What the kernel says of a slot's link. */
    public enum Link {
        UP,
        DOWN,
        /** This kernel says nothing of it. */
        UNTOLD
    }

    PcieSlot(String name, Attributes attributes) {
        Objects.requireNonNull(attributes);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a slot is named as in /sys/bus/pci/slots, such as 4-1, and not: " + name);
        }
        this.name = name;
        this.attributes = attributes;
        this.settled = new Settled(attributes);
    }

    /**
     * Looks at nothing yet.
     *
     * @param name as in {@code /sys/bus/pci/slots}, such as {@code 4} or {@code 4-1}
     */
    public static PcieSlot ofThisMachine(String name) throws HalException {
        return new PcieSlot(name, new SysfsFolder(Path.of("/"), KernelErrors.ofThisProcess()));
    }

    /** @throws HalException.Unavailable when there is no such slot, or nothing switches its power */
    public boolean isOn() throws HalException {
        try {
            return settled.number(power()) == 1;
        } catch (KernelRefusal refused) {
            throw unavailable("read power", refused);
        }
    }

    /** Whether a card is in it; true also where the kernel cannot tell. */
    public boolean isOccupied() throws HalException {
        try {
            Optional<String> adapter = attributes.text(SLOTS + name + "/adapter");
            return adapter.isEmpty() || adapter.get().equals("1");
        } catch (KernelRefusal refused) {
            throw unavailable("read adapter", refused);
        }
    }

    /**
     * The link of what is in it, which comes some time after its power. Without power it means nothing: Linux 6.12 was seen to go on showing
     * the one that a card had which is gone.
     */
    public Link link() throws HalException {
        try {
            Optional<String> speed = attributes.text(SLOTS + name + "/cur_bus_speed");
            if (speed.isEmpty()) {
                return Link.UNTOLD;
            }
            return speed.get().startsWith(NO_SPEED) ? Link.DOWN : Link.UP;
        } catch (KernelRefusal refused) {
            throw unavailable("read cur_bus_speed", refused);
        }
    }

    /** As in {@code /sys/bus/pci/slots}. */
    public String name() {
        return name;
    }

    /** The functions that the kernel knows in it, such as {@code 0000:02:00.0}; also virtual ones. */
    public List<String> functions() throws HalException {
        try {
            return known();
        } catch (KernelRefusal refused) {
            throw unavailable("read functions", refused);
        }
    }

    private List<String> known() throws KernelRefusal {
        String address = settled.demand(SLOTS + name + "/address");
        return attributes.names(DEVICES, Pattern.compile(Pattern.quote(address) + "\\.[0-7]"));
    }

    /**
     * Returns when what was in it is gone; nothing happens when it has no power already.
     *
     * @throws HalException.OutcomeUnknown when the kernel says that it has none and still knows a function in it, or cannot say what it knows
     */
    public void switchOff() throws HalException {
        switchTo(0, OFF);
        try {
            List<String> left = known();
            if (!left.isEmpty()) {
                throw new KernelRefusal(
                        KernelRefusal.Reason.OTHER, power(), "it has no power, and the kernel still has " + left);
            }
        } catch (KernelRefusal notSeenGone) {
            throw notSeenGone.afterOrder(device(), OFF, "look at the kernel's log; then read its functions");
        }
    }

    /**
     * Returns when the kernel has found what is in it, which may not have its driver yet; nothing happens when it has power already.
     *
     * @throws HalException.Refused when nothing is in it
     */
    public void switchOn() throws HalException {
        switchTo(1, ON);
    }

    private void switchTo(long wanted, String operation) throws HalException {
        // Of a slot that is as it is wanted the kernel refuses the same order.
        if (isOn() == (wanted == 1)) {
            return;
        }
        try {
            settled.number(power(), wanted);
        } catch (KernelRefusal refused) {
            throw refused.ofOrder(
                    device(),
                    operation,
                    "run as root; look whether something is in the slot, and at the kernel's log",
                    "look at the kernel's log; then read its power and its functions");
        }
    }

    private HalException unavailable(String operation, KernelRefusal refused) {
        return new HalException.Unavailable(
                device(),
                operation,
                String.valueOf(refused.getMessage()),
                "look at /sys/bus/pci/slots; a slot without the attribute has no hot-plug controller of this kernel's");
    }

    private String power() {
        return SLOTS + name + "/power";
    }

    private String device() {
        return "slot " + name;
    }

    @Override
    public void close() {
        attributes.close();
    }
}
