package org.rackweave.hal.health;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.rackweave.hal.inventory.Fields;
import org.rackweave.hal.inventory.PciAddress;

/**
 * A look at a machine's health as plain maps and lists, for whoever prints it. The rules are those of {@link
 * org.rackweave.hal.inventory.InventoryDocument}: names with the unit last, never renamed, only added.
 *
 * <p>At the top: {@code pcieErrors, links, sensors, energy, memoryErrors, problems}.
 */
public final class HealthDocument {
    private HealthDocument() {}

    public static Map<String, Object> of(MachineHealth health) {
        Fields document = new Fields();
        document.put("pcieErrors", list(health.pcieErrors(), HealthDocument::errors));
        document.put("links", list(health.links(), HealthDocument::link));
        document.put("sensors", list(health.sensors(), HealthDocument::sensor));
        document.put("energy", list(health.energy(), HealthDocument::zone));
        document.put("memoryErrors", list(health.memoryErrors(), HealthDocument::memory));
        document.put("problems", list(health.problems(), problem -> {
            Fields fields = new Fields();
            fields.put("kind", Fields.word(problem.kind()));
            fields.put("path", problem.path());
            fields.put("meaning", problem.meaning());
            return fields.map();
        }));
        return document.map();
    }

    private static Map<String, Object> errors(PcieErrors errors) {
        Fields fields = new Fields();
        fields.put("address", errors.address().toString());
        fields.putIfKnown("correctable", errors.correctable().map(HealthDocument::count));
        fields.putIfKnown("nonfatal", errors.nonfatal().map(HealthDocument::count));
        fields.putIfKnown("fatal", errors.fatal().map(HealthDocument::count));
        fields.putIfKnown("received", errors.received().map(received -> {
            Fields counts = new Fields();
            counts.put("correctable", received.correctable());
            counts.put("nonfatal", received.nonfatal());
            counts.put("fatal", received.fatal());
            return counts.map();
        }));
        return fields.map();
    }

    private static Map<String, Object> count(ErrorCount count) {
        Fields fields = new Fields();
        fields.put("total", count.total());
        fields.put("byName", new LinkedHashMap<>(count.byName()));
        return fields.map();
    }

    private static Map<String, Object> link(LinkHealth link) {
        Fields fields = new Fields();
        fields.put("address", link.address().toString());
        fields.put("state", Fields.word(link.state()));
        fields.putIfKnown("widthLanes", link.link().widthLanes());
        fields.putIfKnown("possibleWidthLanes", link.possibleWidthLanes());
        fields.putIfKnown("speedMegatransfers", link.link().speedMegatransfers());
        fields.putIfKnown("possibleSpeedMegatransfers", link.possibleSpeedMegatransfers());
        return fields.map();
    }

    private static Map<String, Object> sensor(Sensor sensor) {
        Fields fields = new Fields();
        fields.put("chip", sensor.chip());
        fields.put("channel", sensor.channel());
        fields.putIfKnown("label", sensor.label());
        fields.putIfKnown("function", sensor.function().map(PciAddress::toString));
        fields.put("condition", Fields.word(sensor.condition()));
        String unit = unit(sensor.quantity());
        fields.put(unit, sensor.reading());
        sensor.critical()
                .ifPresent(critical -> fields.put(
                        "limit" + unit.substring(0, 1).toUpperCase(Locale.ROOT) + unit.substring(1), critical));
        return fields.map();
    }

    private static String unit(Sensor.Quantity quantity) {
        return switch (quantity) {
            case MILLICELSIUS -> "millicelsius";
            case MICROWATTS -> "microwatts";
            case REVOLUTIONS_PER_MINUTE -> "revolutionsPerMinute";
        };
    }

    private static Map<String, Object> zone(EnergyZone zone) {
        Fields fields = new Fields();
        fields.put("zone", zone.zone());
        fields.put("name", zone.name());
        fields.put("microjoules", zone.microjoules());
        fields.putIfKnown("rangeMicrojoules", zone.rangeMicrojoules());
        return fields.map();
    }

    private static Map<String, Object> memory(MemoryErrors errors) {
        Fields fields = new Fields();
        fields.put("place", errors.place());
        fields.putIfKnown("label", errors.label());
        fields.put("corrected", errors.corrected());
        fields.put("uncorrected", errors.uncorrected());
        return fields.map();
    }

    private static <T> List<Object> list(Collection<T> values, Function<T, Map<String, Object>> form) {
        List<Object> list = new ArrayList<>();
        values.forEach(value -> list.add(form.apply(value)));
        return list;
    }
}
