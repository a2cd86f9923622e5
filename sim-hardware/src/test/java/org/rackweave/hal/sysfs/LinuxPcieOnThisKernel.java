package org.rackweave.hal.sysfs;

import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;
import org.rackweave.sim.interposer.InterposerContract;

/**
 * The contract of interposers on the machine that runs this, which is a guest: the function that the property {@code function} names, a
 * network device whose link is up, lends two virtual ones; or those that {@code devices} names, drives of {@code driveBytes} each, are lent
 * whole. The interposer is found by its name, as a daemon finds it.
 */
public class LinuxPcieOnThisKernel extends InterposerContract {
    private static final String HOSTS = "a=2001, c=2003";

    @Override
    protected Interposer open() throws HalException {
        return ServiceLoader.load(InterposerProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("linux-pcie"))
                .findFirst()
                .orElseThrow()
                .open("guest", settings());
    }

    private static Map<String, String> settings() {
        String devices = System.getProperty("devices");
        return devices == null
                ? Map.of("hosts", HOSTS, "functions", System.getProperty("function") + " 2 250Mbit/s")
                : Map.of("hosts", HOSTS, "devices", devices);
    }

    @Override
    protected long wipedBytes(HardwareSlice slice) {
        return Long.getLong("driveBytes", 0);
    }

    /** The kernel outlives each test. */
    @AfterEach
    void unbindAll() throws HalException {
        try (Interposer interposer = open()) {
            for (HardwareSlice slice : interposer.slices()) {
                interposer.unbind(slice.key(), 9);
            }
        }
    }
}
