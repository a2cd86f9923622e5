package org.rackweave.hal.sysfs;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a region's memory is given to: to the kernel as its own memory ({@code kmem}), or to who maps a file ({@code device_dax}). Which of
 * them is said here for each device by itself; while this bus chooses by itself, memory that is to be wiped would be in use already.
 */
final class DaxDevices {
    static final String BUS = "/sys/bus/dax/";

    private static final Pattern DAX_REGION = Pattern.compile("dax_region[0-9]{1,9}");
    private static final Pattern DAX = Pattern.compile("dax[0-9]{1,9}\\.[0-9]{1,9}");

    private final Attributes attributes;

    DaxDevices(Attributes attributes) {
        this.attributes = attributes;
    }

    /** Who has the memory. */
    enum Driver {
        KMEM("kmem"),
        DEVICE_DAX("device_dax");

        private final String word;

        Driver(String word) {
            this.word = word;
        }

        String folder() {
            return BUS + "drivers/" + word + "/";
        }
    }

    /** From now on, this machine's DAX devices are given to a driver by hand. */
    void chooseByHand() throws KernelRefusal {
        new Settled(attributes).number(BUS + "drivers_autoprobe", 0);
    }

    /** The devices of a region, such as {@code dax0.0}. */
    List<String> of(String region) throws KernelRefusal {
        for (String folder : attributes.names(region, DAX_REGION)) {
            return attributes.names(region + "/" + folder, DAX);
        }
        return List.of();
    }

    boolean has(Driver driver, String device) throws KernelRefusal {
        Optional<String> place = attributes.place(BUS + "devices/" + device + "/driver");
        return place.isPresent() && place.equals(attributes.place(BUS + "drivers/" + driver.word));
    }

    void give(String device, Driver driver) throws KernelRefusal {
        if (has(driver, device)) {
            return;
        }
        for (Driver other : Driver.values()) {
            take(device, other);
        }
        if (driver == Driver.DEVICE_DAX) {
            // By its name: by its kind it is kmem's. The kernel binds it with that.
            attributes.write(driver.folder() + "new_id", device, Settled.SHORT);
        }
        if (!has(driver, device)) {
            attributes.write(driver.folder() + "bind", device, Settled.SHORT);
        }
        if (!has(driver, device)) {
            throw new KernelRefusal(KernelRefusal.Reason.OTHER, driver.folder() + "bind", device + " was not taken");
        }
    }

    /** Nothing happens where the driver does not have it. */
    void take(String device, Driver driver) throws KernelRefusal {
        if (!has(driver, device)) {
            return;
        }
        attributes.write(driver.folder() + "unbind", device, Settled.SHORT);
        if (driver == Driver.DEVICE_DAX) {
            attributes.write(driver.folder() + "remove_id", device, Settled.SHORT);
        }
        if (has(driver, device)) {
            throw new KernelRefusal(KernelRefusal.Reason.OTHER, driver.folder() + "unbind", device + " is still there");
        }
    }
}
