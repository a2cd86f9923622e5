package org.rackweave.hal.uevent;

import java.util.List;
import java.util.Objects;
import org.rackweave.hal.inventory.Require;

/**
 * What changed in a while, each device once.
 *
 * @param devices in the order of their first event
 * @param events how many there were
 */
public record Changes(List<Change> devices, long events, Completeness completeness) {
    public Changes {
        devices = List.copyOf(devices);
        Require.atLeastZero(events, "events");
        Objects.requireNonNull(completeness);
    }

    /** Whether nothing at all happened. */
    public boolean isNone() {
        return events == 0 && completeness == Completeness.COMPLETE;
    }

    /** Whether these are all. */
    public enum Completeness {
        COMPLETE,
        /** Events were lost, not understood, or of more devices than are remembered: everything has to be looked at. */
        READ_ALL_AGAIN
    }

    /**
     * A device to which something happened.
     *
     * @param device where it is below {@code /sys}
     * @param last what happened last
     * @param events how often something did
     */
    public record Change(String device, String subsystem, Uevent.Action last, long events) {
        public Change {
            Require.notBlank(device, "device");
            Require.notBlank(subsystem, "subsystem");
            Objects.requireNonNull(last);
        }
    }
}
