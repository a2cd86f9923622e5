package org.rackweave.hal.inventory;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a PCI function sits: {@code domain:bus:device.function}. Bus numbers are given by firmware and by the kernel,
 * and move when bridges are added; an address alone is no lasting identity.
 *
 * @param domain the segment; 16 bits by the specification, more on machines whose kernel invents segments
 * @param bus 0..255
 * @param device 0..31
 * @param function 0..7
 */
public record PciAddress(int domain, int bus, int device, int function) implements Comparable<PciAddress> {
    // Domains of more than four digits are real: the kernel numbers VMD and Hyper-V domains from 0x10000.
    private static final Pattern TEXT =
            Pattern.compile("([0-9a-f]{4,8}):([0-9a-f]{2}):([0-1][0-9a-f])\\.([0-7])", Pattern.CASE_INSENSITIVE);
    private static final Comparator<PciAddress> ORDER = Comparator.comparingInt(PciAddress::domain)
            .thenComparingInt(PciAddress::bus)
            .thenComparingInt(PciAddress::device)
            .thenComparingInt(PciAddress::function);

    public PciAddress {
        Require.atLeastZero(domain, "domain");
        Require.within(bus, 255, "bus");
        Require.within(device, 31, "device");
        Require.within(function, 7, "function");
    }

    /** Reads {@code 0000:00:1f.3}; anything else is empty. */
    public static Optional<PciAddress> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long domain = Long.parseLong(parts.group(1), 16);
        if (domain > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        return Optional.of(new PciAddress(
                (int) domain,
                Integer.parseInt(parts.group(2), 16),
                Integer.parseInt(parts.group(3), 16),
                Integer.parseInt(parts.group(4), 16)));
    }

    /** The device part, as the slots of hot-plug controllers name it: {@code 0000:00:1f}. */
    public String deviceText() {
        return String.format(Locale.ROOT, "%04x:%02x:%02x", domain, bus, device);
    }

    @Override
    public int compareTo(PciAddress other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return deviceText() + "." + function;
    }
}
