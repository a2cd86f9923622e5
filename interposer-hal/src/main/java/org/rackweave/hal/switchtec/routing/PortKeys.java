package org.rackweave.hal.switchtec.routing;

import org.rackweave.hal.switchtec.wire.PhysicalPort;

/** What slices behind a Switchtec are called: by the physical port, {@code port16} for a device and {@code lanes12} for lanes alone. */
public final class PortKeys {
    private PortKeys() {}

    public static String device(PhysicalPort port) {
        return "port" + port.id();
    }

    public static String lanes(PhysicalPort port) {
        return "lanes" + port.id();
    }
}
