package org.rackweave.hal.inventory;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A PCIe non-transparent bridge: through it this machine and another see a window into each other's memory. Its windows the kernel tells only
 * root, and only where {@code ntb_tool} is its driver.
 *
 * @param name the kernel's name for it
 * @param function the PCI function that it is
 * @param driver what uses it, such as {@code ntb_transport}; empty when nothing does
 * @param bars its memory BARs; a window is one of them or a part, so none is larger
 * @param windows those through which others reach this machine's memory, by peer and number; none where they are not told
 */
public record NtbDevice(
        String name, Optional<PciAddress> function, Optional<String> driver, List<Bar> bars, List<Window> windows) {
    public NtbDevice {
        Require.notBlank(name, "name");
        Objects.requireNonNull(function);
        Objects.requireNonNull(driver);
        bars = List.copyOf(bars);
        windows = List.copyOf(windows);
    }

    /**
     * A window into this machine's memory.
     *
     * @param peer the number of the machine that looks through it, from 0
     * @param number from 0
     * @param bytes of memory behind it now; 0 while there is none
     * @param mostBytes that there can be behind it
     * @param alignmentBytes what the memory's address is a multiple of, at least 1
     */
    public record Window(int peer, int number, long bytes, long mostBytes, long alignmentBytes) {
        public Window {
            Require.atLeastZero(peer, "peer");
            Require.atLeastZero(number, "number");
            Require.that(
                    bytes >= 0 && bytes <= mostBytes,
                    "a window has 0 bytes to its most, " + mostBytes + ", not " + bytes);
            Require.that(alignmentBytes > 0, "an address is a multiple of 1 or more, not " + alignmentBytes);
        }
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
