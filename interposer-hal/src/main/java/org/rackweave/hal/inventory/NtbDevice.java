package org.rackweave.hal.inventory;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A PCIe non-transparent bridge: through it this machine and another see a window into each other's memory. How many windows its driver has,
 * and where they lead, the kernel shows to debuggers only.
 *
 * @param name the kernel's name for it
 * @param function the PCI function that it is
 * @param driver what uses it, such as {@code ntb_transport}; empty when nothing does
 * @param bars its memory BARs; a window is one of them or a part, so none is larger
 */
public record NtbDevice(String name, Optional<PciAddress> function, Optional<String> driver, List<Bar> bars) {
    public NtbDevice {
        Require.notBlank(name, "name");
        Objects.requireNonNull(function);
        Objects.requireNonNull(driver);
        bars = List.copyOf(bars);
    }

    /**
     * A range of addresses of a PCI function.
     *
     * @param number 0 to 5
     * @param bytes at least 1
     */
    public record Bar(int number, long bytes) {
        public Bar {
            Require.within(number, 5, "number");
            Require.that(bytes > 0, "a BAR has a byte or more, not " + bytes);
        }
    }
}
