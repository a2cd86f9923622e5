package org.rackweave.sim.cxl;

import java.util.function.IntPredicate;
import org.rackweave.hal.cxl.FirmwareInfo;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.Tunnel;

/** A device of several logical devices behind a switch: it answers what a tunnel carries to it. */
interface TunnelledDevice {
    /** What runs in it, and what runs there once somebody changed it. */
    static FirmwareInfo.Response firmware(CxlSwitch.Honesty honesty) {
        return FirmwareInfo.Response.of(honesty == CxlSwitch.Honesty.DIFFERING ? "6.6" : "1.0");
    }

    /** How many logical devices it has, at all of its heads. */
    int logicalDevices();

    /** Whether a logical device can be bound through this port. */
    boolean isAt(int port, int logicalDevice);

    /** Whether a tunnel can end there: a device with several heads has a pool, which all share. */
    boolean has(Tunnel.Target target);

    /** @param isBound whether a logical device is bound to a host */
    Handled handle(FmRequest<?> request, IntPredicate isBound, CxlSwitch.Honesty honesty, long nowMillis);

    /** Lets time pass. */
    void advance(long nowMillis);

    /** A host has a logical device at this place from now on. */
    default void attached(int logicalDevice, CxlSwitch.Place place, long nowMillis) {
        // What is always there has nothing to do when a host comes.
    }

    /** It has it no more. */
    default void detached(int logicalDevice) {
        // See attached.
    }
}
