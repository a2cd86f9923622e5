package org.rackweave.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.rackweave.hal.health.EnergyZone;
import org.rackweave.hal.health.ErrorCount;
import org.rackweave.hal.health.Growth;
import org.rackweave.hal.health.HealthDocument;
import org.rackweave.hal.health.LinkHealth;
import org.rackweave.hal.health.MachineHealth;
import org.rackweave.hal.health.MemoryErrors;
import org.rackweave.hal.health.PcieErrors;
import org.rackweave.hal.health.Sensor;

/**
 * How a machine is, in every form. The text leaves out what is well and many: devices without errors, and links that are full.
 *
 * @param health the last look
 * @param earlier the look before, for what was used and what grew since
 */
record HealthText(MachineHealth health, Optional<Earlier> earlier, Table.Style style) {
    /** A look that was taken so long before the last one. */
    record Earlier(MachineHealth health, long agoMillis) {}

    /**
     * Nothing reports an alarm or a fault, no link is narrow, and no error was fatal or lost data. A link that is slow may idle, and one
     * that is down may be an empty slot.
     */
    boolean isWell() {
        return health.sensors().stream().allMatch(sensor -> sensor.condition() == Sensor.Condition.WELL)
                && health.links().stream().noneMatch(link -> link.state() == LinkHealth.State.NARROW)
                && health.pcieErrors().stream().allMatch(errors -> total(errors.fatal()) == 0)
                && health.memoryErrors().stream().allMatch(errors -> errors.uncorrected() == 0);
    }

    Shown shown() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("well", isWell());
        tree.putAll(HealthDocument.of(health));
        earlier.ifPresent(before -> {
            tree.put("overMillis", before.agoMillis());
            tree.put("used", used(before));
            tree.put("grown", grown(before));
        });
        String text = Stream.of(
                        heading(),
                        errors(),
                        links(),
                        sensors(),
                        energy(),
                        memory(),
                        DiscoveryText.problems(health.problems(), style))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("\n"));
        return new Shown(tree, namesWithErrors(), text);
    }

    private List<String> namesWithErrors() {
        return health.pcieErrors().stream()
                .filter(HealthText::hasErrors)
                .map(errors -> errors.address().toString())
                .toList();
    }

    private String heading() {
        return (isWell() ? "Well" : "Not well") + ": "
                + namesWithErrors().size() + " of " + health.pcieErrors().size()
                + " functions that count errors had some; " + health.links().size() + " links, "
                + health.sensors().size() + " sensors, " + health.memoryErrors().size() + " memory counters.\n";
    }

    private String errors() {
        Table table = new Table(style, "PCI", ">CORRECTED", ">NONFATAL", ">FATAL", ">GROWN", "WHICH");
        for (PcieErrors errors : health.pcieErrors()) {
            if (hasErrors(errors)) {
                String which = Stream.of(errors.correctable(), errors.nonfatal(), errors.fatal())
                        .flatMap(Optional::stream)
                        .flatMap(count -> count.byName().entrySet().stream())
                        .filter(each -> each.getValue() > 0)
                        .map(each -> each.getKey() + " " + each.getValue())
                        .collect(Collectors.joining(", "));
                table.row(
                        errors.address().toString(),
                        count(errors.correctable()),
                        count(errors.nonfatal()),
                        count(errors.fatal()),
                        earlier.map(before -> String.valueOf(grown(before, errors)))
                                .orElse("-"),
                        Phrases.orDash(which));
            }
        }
        return namesWithErrors().isEmpty() ? "" : table.toString();
    }

    private String links() {
        Table table = new Table(style, "LINK OF", "STATE", ">LANES", ">POSSIBLE", ">GT/S", ">POSSIBLE");
        List<LinkHealth> below = health.links().stream()
                .filter(link -> link.state() != LinkHealth.State.FULL)
                .toList();
        for (LinkHealth link : below) {
            table.row(
                    link.address().toString(),
                    word(link.state()),
                    number(link.link().widthLanes()),
                    number(link.possibleWidthLanes()),
                    speed(link.link().speedMegatransfers()),
                    speed(link.possibleSpeedMegatransfers()));
        }
        return below.isEmpty() ? "" : table.toString();
    }

    private String sensors() {
        Table table = new Table(style, "SENSOR", "ON", "CONDITION", ">READING", ">LIMIT", "WHAT");
        for (Sensor sensor : health.sensors()) {
            table.row(
                    sensor.chip() + "/" + sensor.channel(),
                    sensor.function().map(Object::toString).orElse("-"),
                    word(sensor.condition()),
                    reading(sensor.quantity(), sensor.reading()),
                    sensor.critical().isPresent()
                            ? reading(sensor.quantity(), sensor.critical().getAsLong())
                            : "-",
                    sensor.label().orElse("-"));
        }
        return health.sensors().isEmpty() ? "" : table.toString();
    }

    private String energy() {
        Table table = new Table(style, "ENERGY", "NAME", ">COUNTER", ">POWER");
        for (EnergyZone zone : health.energy()) {
            OptionalLong milliwatts =
                    earlier.map(before -> milliwatts(before, zone)).orElse(OptionalLong.empty());
            table.row(
                    zone.zone(),
                    zone.name(),
                    tenths(zone.microjoules(), 1_000_000) + " J",
                    milliwatts.isPresent() ? tenths(milliwatts.getAsLong(), 1_000) + " W" : "-");
        }
        return health.energy().isEmpty() ? "" : table.toString();
    }

    private String memory() {
        Table table = new Table(style, "MEMORY", ">CORRECTED", ">LOST", "LABEL");
        for (MemoryErrors errors : health.memoryErrors()) {
            table.row(
                    errors.place(),
                    String.valueOf(errors.corrected()),
                    String.valueOf(errors.uncorrected()),
                    errors.label().orElse("-"));
        }
        return health.memoryErrors().isEmpty() ? "" : table.toString();
    }

    private List<Object> used(Earlier before) {
        List<Object> used = new ArrayList<>();
        for (EnergyZone zone : health.energy()) {
            milliwatts(before, zone).ifPresent(milliwatts -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("zone", zone.zone());
                one.put("milliwatts", milliwatts);
                used.add(one);
            });
        }
        return used;
    }

    private List<Object> grown(Earlier before) {
        List<Object> grown = new ArrayList<>();
        for (PcieErrors errors : health.pcieErrors()) {
            long count = grown(before, errors);
            if (count > 0) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("address", errors.address().toString());
                one.put("errors", count);
                grown.add(one);
            }
        }
        return grown;
    }

    private static long grown(Earlier before, PcieErrors now) {
        Optional<PcieErrors> then = before.health().pcieErrors(now.address());
        return Growth.of(total(then.flatMap(PcieErrors::correctable)), total(now.correctable()))
                + Growth.of(total(then.flatMap(PcieErrors::nonfatal)), total(now.nonfatal()))
                + Growth.of(total(then.flatMap(PcieErrors::fatal)), total(now.fatal()));
    }

    /** The mean power since the look before; empty for a counter that went back and whose range is not known. */
    private static OptionalLong milliwatts(Earlier before, EnergyZone now) {
        Optional<EnergyZone> then = before.health().energy().stream()
                .filter(zone -> zone.zone().equals(now.zone()))
                .findFirst();
        if (then.isEmpty()) {
            return OptionalLong.empty();
        }
        boolean wentBack = now.microjoules() < then.get().microjoules();
        if (wentBack && now.rangeMicrojoules().isEmpty()) {
            return OptionalLong.empty();
        }
        long microjoules = Growth.ofWrapping(
                then.get().microjoules(),
                now.microjoules(),
                now.rangeMicrojoules().orElse(Long.MAX_VALUE));
        return OptionalLong.of(microjoules / before.agoMillis());
    }

    private static boolean hasErrors(PcieErrors errors) {
        return total(errors.correctable()) + total(errors.nonfatal()) + total(errors.fatal()) > 0;
    }

    private static long total(Optional<ErrorCount> count) {
        return count.map(ErrorCount::total).orElse(0L);
    }

    private static String count(Optional<ErrorCount> count) {
        return count.map(each -> String.valueOf(each.total())).orElse("-");
    }

    private static String reading(Sensor.Quantity quantity, long value) {
        return switch (quantity) {
            case MILLICELSIUS -> tenths(value, 1_000) + " °C";
            case MICROWATTS -> tenths(value, 1_000_000) + " W";
            case REVOLUTIONS_PER_MINUTE -> value + " rpm";
        };
    }

    private static String tenths(long value, long unit) {
        return String.format(Locale.ROOT, "%.1f", (double) value / unit);
    }

    private static String number(OptionalInt number) {
        return number.isPresent() ? Integer.toString(number.getAsInt()) : "-";
    }

    private static String speed(OptionalInt megatransfers) {
        return megatransfers.isPresent() ? tenths(megatransfers.getAsInt(), 1_000) : "-";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
