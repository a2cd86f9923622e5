package org.rackweave.hal.sysfs;

import java.io.IOException;
import java.util.Objects;
import org.rackweave.hal.HalException;

/** The kernel said no to the reading or writing of an attribute. */
final class KernelRefusal extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String attribute;

    /**
     * @param attribute its whole path
     * @param seen what was to be done and the kernel's own word, such as {@code write offline: EBUSY}
     */
    KernelRefusal(Reason reason, String attribute, String seen) {
        super(attribute + ": " + seen);
        this.reason = Objects.requireNonNull(reason);
        this.attribute = Objects.requireNonNull(attribute);
    }

    Reason reason() {
        return reason;
    }

    String attribute() {
        return attribute;
    }

    /** What it means for one who wanted to change something: after some of the kernel's answers nobody knows what it has done. */
    HalException ofOrder(String device, String operation, String whenRefused) {
        return ofOrder(device, operation, whenRefused, "look at the kernel's log; then read what it did");
    }

    /** The same, with what to do where nobody knows. */
    HalException ofOrder(String device, String operation, String whenRefused, String whenUnknown) {
        return switch (reason) {
            case BUSY, DENIED, ABSENT, INVALID, NO_ROOM ->
                new HalException.Refused(device, operation, String.valueOf(getMessage()), whenRefused);
            case FAULT, STOPPED, OTHER -> afterOrder(device, operation, whenUnknown);
        };
    }

    /** What it means of a reading once the order was given: that it cannot be read does not say that nothing was done. */
    HalException afterOrder(String device, String operation, String whenUnknown) {
        return new HalException.OutcomeUnknown(device, operation, String.valueOf(getMessage()), whenUnknown);
    }

    /** Why, and what may help. */
    enum Reason {
        BUSY(
                "something uses it: of memory that is to go off line, the kernel itself has pages there that cannot be moved"),
        DENIED("run the daemon as root, and not under lockdown or with /sys read-only"),
        ABSENT(
                "load the drivers (modprobe -a cxl_acpi cxl_pci cxl_mem cxl_port dax_cxl kmem device_dax), or use Linux 6.3 or newer"),
        INVALID("compare the size with the device's, the window's and the kernel's memory blocks"),
        NO_ROOM("the window of host addresses or the kernel's memory is full"),
        FAULT("look at the kernel's log; under a hypervisor the kernel refuses to make regions"),
        STOPPED(
                "a program holds pages there that the kernel cannot move, by direct I/O or in a pipe: end it, then try again"),
        OTHER("look at the kernel's log");

        private final String advice;

        Reason(String advice) {
            this.advice = advice;
        }

        String advice() {
            return advice;
        }
    }
}
