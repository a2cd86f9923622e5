package org.rackweave.hal.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.rackweave.hal.inventory.CpuModel;
import org.rackweave.hal.inventory.IdSet;

/** {@code /proc/cpuinfo}: one paragraph a running CPU, its keys different on every architecture. */
public final class CpuInfo {
    private CpuInfo() {}

    /** The distinct models, in the order of their first CPU. Paragraphs without a CPU's number are passed over. */
    public static List<CpuModel> models(String text) {
        Map<CpuModel, List<Integer>> cpusByModel = new LinkedHashMap<>();
        for (Map.Entry<Integer, Map<String, String>> cpu : paragraphs(text).entrySet()) {
            cpusByModel
                    .computeIfAbsent(model(cpu.getValue()), unseen -> new ArrayList<>())
                    .add(cpu.getKey());
        }
        return cpusByModel.entrySet().stream()
                .map(entry -> withCpus(entry.getKey(), IdSet.of(entry.getValue())))
                .toList();
    }

    private static Map<Integer, Map<String, String>> paragraphs(String text) {
        Map<Integer, Map<String, String>> byCpu = new TreeMap<>();
        for (String paragraph : text.split("\n\\s*\n", -1)) {
            Map<String, String> fields = fields(paragraph);
            OptionalInt cpu = Numerals.ordinal(fields.getOrDefault("processor", ""));
            if (cpu.isPresent()) {
                byCpu.put(cpu.getAsInt(), fields);
            }
        }
        return byCpu;
    }

    /** Lines of {@code key : value}; the first of two equal keys wins. */
    public static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(
                        line.substring(0, colon).trim(),
                        line.substring(colon + 1).trim());
            }
        }
        return fields;
    }

    private static CpuModel model(Map<String, String> fields) {
        return new CpuModel(
                IdSet.EMPTY,
                first(fields, "vendor_id", "CPU implementer"),
                first(fields, "model name"),
                first(fields, "cpu family", "CPU architecture"),
                first(fields, "model", "CPU part"),
                first(fields, "stepping", "CPU revision"));
    }

    private static CpuModel withCpus(CpuModel model, IdSet cpus) {
        return new CpuModel(cpus, model.vendor(), model.name(), model.family(), model.model(), model.stepping());
    }

    private static Optional<String> first(Map<String, String> fields, String... keys) {
        for (String key : keys) {
            String value = fields.getOrDefault(key, "");
            if (!value.isEmpty()) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
