package org.rackweave.hal.health;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.Require;

/**
 * One reading of one channel of a hardware monitor ({@code /sys/class/hwmon}).
 *
 * @param chip the driver's name for its chip, such as {@code nvme} or {@code coretemp}
 * @param channel the kernel's name of the channel, such as {@code temp1}
 * @param label what the driver says the channel is, such as {@code Composite}
 * @param function the PCI function that the chip is part of
 * @param reading in the unit of {@code quantity}
 * @param critical the reading at which the device protects itself or is damaged, in the same unit
 */
public record Sensor(
        String chip,
        String channel,
        Optional<String> label,
        Optional<PciAddress> function,
        Quantity quantity,
        long reading,
        OptionalLong critical,
        Condition condition) {
    public Sensor {
        Require.notBlank(chip, "chip");
        Require.notBlank(channel, "channel");
        Objects.requireNonNull(label);
        Objects.requireNonNull(function);
        Objects.requireNonNull(quantity);
        Objects.requireNonNull(critical);
        Objects.requireNonNull(condition);
    }

    /** What is measured, by its unit. */
    public enum Quantity {
        MILLICELSIUS("temp", "crit"),
        /** Of some chips the momentary power, of others only its average is known. */
        MICROWATTS("power", "crit"),
        REVOLUTIONS_PER_MINUTE("fan", "min");

        private final String prefix;
        private final String limit;

        Quantity(String prefix, String limit) {
            this.prefix = prefix;
            this.limit = limit;
        }

        /** How the kernel's names of its channels begin. */
        public String prefix() {
            return prefix;
        }

        /** The ends of the names of the attributes that can have the reading, the best first: {@code temp1_input}. */
        public List<String> readings() {
            return switch (this) {
                case MILLICELSIUS, REVOLUTIONS_PER_MINUTE -> List.of("input");
                case MICROWATTS -> List.of("input", "average");
            };
        }

        /** The end of the name of the attribute that has the limit; of a fan it is the least that it should turn. */
        public String limit() {
            return limit;
        }
    }

    /** Whether it is well. */
    public enum Condition {
        /** No alarm, and not at its limit. */
        WELL,
        /** Its chip raises an alarm, or it is at or beyond its critical limit. */
        ALARM,
        /** Its chip says that the sensor itself has failed, so that the reading means nothing. */
        FAULT
    }
}
