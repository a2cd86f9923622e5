package org.rackweave.hal.uevent;

import java.util.Map;
import java.util.Objects;
import org.rackweave.hal.inventory.Require;

/**
 * One event of the kernel's.
 *
 * @param action what happened
 * @param device where the device is below {@code /sys}, such as {@code /devices/virtual/mem/null}
 * @param subsystem what kind it is, such as {@code pci}
 * @param sequence the kernel's number of it, as 64 unsigned bits
 * @param properties what else was said, by its names
 */
public record Uevent(Action action, String device, String subsystem, long sequence, Map<String, String> properties) {
    public Uevent {
        Objects.requireNonNull(action);
        Require.notBlank(device, "device");
        Require.notBlank(subsystem, "subsystem");
        properties = Map.copyOf(properties);
    }

    /** What can happen to a device, by the kernel's words. */
    public enum Action {
        ADD,
        REMOVE,
        CHANGE,
        MOVE,
        ONLINE,
        OFFLINE,
        BIND,
        UNBIND
    }
}
