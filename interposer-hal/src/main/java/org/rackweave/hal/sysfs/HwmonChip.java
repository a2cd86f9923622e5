package org.rackweave.hal.sysfs;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A chip that watches a power supply, fans, a module or an optical link, behind the kernel's hwmon interface
 * ({@code /sys/bus/i2c/devices/7-0058/hwmon/hwmonN}). It is known by its place on its bus; {@code hwmonN} is no identity. For one thread.
 *
 * <p>What counts as trouble is what the chip itself calls critical, and a fan that stands still. Warnings ({@code _alarm},
 * {@code _max_alarm}) are passed over: a chip may give them in normal use.
 */
public final class HwmonChip {
    private static final Pattern PLACE = Pattern.compile("[0-9]{1,3}-[0-9a-f]{4}");
    private static final Pattern HWMON = Pattern.compile("hwmon[0-9]{1,6}");
    private static final Pattern ALARM =
            Pattern.compile("((?:in|curr|power|temp|fan)[0-9]{1,3})_(?:lcrit_alarm|crit_alarm|emergency_alarm|fault)");
    private static final Pattern FAN = Pattern.compile("(fan[0-9]{1,3})_input");
    private static final Pattern RATED = Pattern.compile("(power[0-9]{1,3})_rated_max");
    private static final String OUTPUT = "pout";
    private static final long MICROWATTS = 1_000_000;

    private final String place;
    private final Attributes attributes;
    private final Settled numbers;

    HwmonChip(String place, Attributes attributes) {
        if (!PLACE.matcher(place).matches()) {
            throw new IllegalArgumentException(
                    "a chip is named as in /sys/bus/i2c/devices, such as 7-0058, and not: " + place);
        }
        this.place = place;
        this.attributes = attributes;
        this.numbers = new Settled(attributes);
    }

    /** Its place on its bus. */
    public String place() {
        return place;
    }

    /** The first thing that is wrong, in words for people; empty when all is well. A chip that cannot be read is in trouble. */
    public Optional<String> trouble() {
        try {
            String folder = folder();
            for (String alarm : attributes.names(folder, ALARM)) {
                if (numbers.number(folder + "/" + alarm) != 0) {
                    return Optional.of("its " + alarm + label(folder, alarm, ALARM) + " is set");
                }
            }
            for (String fan : attributes.names(folder, FAN)) {
                if (numbers.number(folder + "/" + fan) == 0) {
                    return Optional.of("its " + fan + label(folder, fan, FAN) + " is 0: it stands still");
                }
            }
            return Optional.empty();
        } catch (KernelRefusal refused) {
            return Optional.of("it cannot be read: " + refused.getMessage());
        }
    }

    /** What it can give at most, in watts, as a power supply says of itself; empty where it does not. */
    public OptionalLong ratedWatts() {
        try {
            String folder = folder();
            for (String rated : attributes.names(folder, RATED)) {
                if (label(folder, rated, RATED).contains(OUTPUT)) {
                    return OptionalLong.of(numbers.number(folder + "/" + rated) / MICROWATTS);
                }
            }
            return OptionalLong.empty();
        } catch (KernelRefusal unreadable) {
            // Its trouble says so; what it could give is then what the operator wrote down, or unknown.
            return OptionalLong.empty();
        }
    }

    private String folder() throws KernelRefusal {
        String parent = "/sys/bus/i2c/devices/" + place + "/hwmon";
        List<String> names = attributes.names(parent, HWMON);
        if (names.isEmpty()) {
            throw new KernelRefusal(KernelRefusal.Reason.ABSENT, parent, "no driver shows it there");
        }
        return parent + "/" + names.get(0);
    }

    private String label(String folder, String attribute, Pattern form) throws KernelRefusal {
        Matcher matcher = form.matcher(attribute);
        if (!matcher.matches()) {
            return "";
        }
        return attributes
                .text(folder + "/" + matcher.group(1) + "_label")
                .map(label -> " (" + label + ")")
                .orElse("");
    }
}
