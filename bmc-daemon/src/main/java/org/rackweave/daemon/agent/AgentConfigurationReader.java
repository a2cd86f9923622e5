package org.rackweave.daemon.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.rackweave.config.ByteSize;
import org.rackweave.config.Parsed;
import org.rackweave.config.TimeSpan;
import org.rackweave.hal.settings.HostPort;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the agent's file, and finds all that is wrong with it at once. */
final class AgentConfigurationReader {
    /** Some hundred times what two dozen VMs take. */
    private static final int MAX_FILE_CHARS = 65_536;

    private static final Set<String> KEYS = Set.of("card", "identityDir", "report", "cpus", "memory", "vms");
    private static final Set<String> VM_KEYS = Set.of("name", "priority", "cores", "memory", "pid", "cgroup");
    private static final long USUAL_REPORT_MILLIS = 5_000;
    private static final long LEAST_REPORT_MILLIS = 100;
    private static final long LEAST_PAGE_BYTES = 4096;

    private final List<String> problems = new ArrayList<>();

    private AgentConfigurationReader() {}

    /** What came of it: problems, or a configuration. */
    record Outcome(Optional<AgentConfiguration> configuration, List<String> problems) {
        Outcome {
            problems = List.copyOf(problems);
        }
    }

    private record Range(long guaranteed, long normal) {
        static final Range NOTHING = new Range(0, 0);
    }

    static Outcome load(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            return new Outcome(Optional.empty(), List.of(file + " cannot be read: " + e.getMessage()));
        }
    }

    static Outcome parse(String text) {
        AgentConfigurationReader reader = new AgentConfigurationReader();
        Optional<AgentConfiguration> read = reader.read(text);
        return new Outcome(reader.problems.isEmpty() ? read : Optional.empty(), reader.problems);
    }

    private Optional<AgentConfiguration> read(String text) {
        Object root;
        try {
            root = new Load(LoadSettings.builder()
                            .setCodePointLimit(MAX_FILE_CHARS)
                            .build())
                    .loadFromString(text);
        } catch (YamlEngineException e) {
            problems.add("this is not YAML: " + e.getMessage());
            return Optional.empty();
        }
        if (!(root instanceof Map<?, ?> map)) {
            problems.add("options are needed: " + KEYS);
            return Optional.empty();
        }
        refuseUnknown("", map, KEYS);
        String card = text(map, "card", "host and port of the card, such as [fd00::1]:5684");
        if (!card.isEmpty() && HostPort.parse(card).isEmpty()) {
            problems.add(
                    "card: '" + card + "' is not a host and a port; write those of the card, such as [fd00::1]:5684");
        }
        String identityDir = text(map, "identityDir", "the directory that 'rackweave ca issue' made for this agent");
        long reportMillis = value(map, "report", TimeSpan::parse).orElse(USUAL_REPORT_MILLIS);
        if (reportMillis < LEAST_REPORT_MILLIS) {
            problems.add("report: below 100ms; the card would do nothing but listen");
        }
        String cpus = map.containsKey("cpus") ? text(map, "cpus", "a list of CPUs, such as 2-15") : "";
        try {
            ProcFile.cpuList(cpus);
        } catch (IllegalArgumentException e) {
            problems.add("cpus: " + e.getMessage());
        }
        long memoryBytes = value(map, "memory", ByteSize::parse).orElse(0);
        return Optional.of(new AgentConfiguration(
                card, Path.of(identityDir), reportMillis, cpus, memoryBytes, vms(Optional.ofNullable(map.get("vms")))));
    }

    private List<AgentConfiguration.Vm> vms(Optional<Object> found) {
        List<AgentConfiguration.Vm> vms = new ArrayList<>();
        if (!(found.orElse(List.of()) instanceof List<?> list) || list.isEmpty()) {
            problems.add("vms: missing; list at least one VM");
            return vms;
        }
        int index = 0;
        for (Object one : list) {
            String path = "vms[" + index++ + "]";
            if (one instanceof Map<?, ?> map) {
                vm(path, map).ifPresent(vms::add);
            } else {
                problems.add(path + ": options are needed: " + VM_KEYS);
            }
        }
        if (vms.stream().map(AgentConfiguration.Vm::name).distinct().count() < vms.size()) {
            problems.add("vms: two have the same name");
        }
        return vms;
    }

    private Optional<AgentConfiguration.Vm> vm(String path, Map<?, ?> map) {
        int before = problems.size();
        refuseUnknown(path + ".", map, VM_KEYS);
        String name = String.valueOf(map.get("name"));
        if (!name.matches("[a-z0-9][a-z0-9._-]{0,31}")) {
            problems.add(path + ".name: write 1 to 32 of a-z, 0-9, '.', '_' and '-'");
        }
        String priority = String.valueOf(map.get("priority"));
        if (!priority.matches("[0-9]")) {
            problems.add(path + ".priority: write a number from 0 (least) to 9");
        }
        Range cores = range(path + ".cores", String.valueOf(map.get("cores")), AgentConfigurationReader::cores);
        Range memory = map.containsKey("memory")
                ? range(path + ".memory", String.valueOf(map.get("memory")), AgentConfigurationReader::bytes)
                : Range.NOTHING;
        if (memory.guaranteed() % LEAST_PAGE_BYTES != 0 || memory.normal() % LEAST_PAGE_BYTES != 0) {
            problems.add(path + ".memory: the kernel gives it out in pages; write multiples of 4KiB");
        }
        Optional<AgentConfiguration.Place> place = place(path, map);
        if (map.containsKey("memory") && map.containsKey("pid")) {
            problems.add(path + ".memory: of a mere process it cannot be limited; give the VM a cgroup");
        }
        return problems.size() > before
                ? Optional.empty()
                : Optional.of(new AgentConfiguration.Vm(
                        name,
                        Integer.parseInt(priority),
                        cores.guaranteed(),
                        cores.normal(),
                        memory.guaranteed(),
                        memory.normal(),
                        place.orElseThrow()));
    }

    private Optional<AgentConfiguration.Place> place(String path, Map<?, ?> map) {
        boolean both = map.containsKey("pid") == map.containsKey("cgroup");
        String pid = String.valueOf(map.get("pid"));
        if (both) {
            problems.add(path + ": write either pid or cgroup");
        } else if (map.containsKey("cgroup")) {
            return Optional.of(new AgentConfiguration.Place.InCgroup(Path.of(String.valueOf(map.get("cgroup")))));
        } else if (pid.matches("[1-9][0-9]{0,8}")) {
            return Optional.of(new AgentConfiguration.Place.InProcess(Long.parseLong(pid)));
        } else {
            problems.add(path + ".pid: write the number of a process");
        }
        return Optional.empty();
    }

    private Range range(String path, String found, Function<String, OptionalLong> parse) {
        String[] ends = found.split("\\.\\.", 2);
        OptionalLong guaranteed = parse.apply(ends[0]);
        OptionalLong normal = ends.length == 2 ? parse.apply(ends[1]) : guaranteed;
        if (guaranteed.isEmpty() || normal.isEmpty() || guaranteed.getAsLong() > normal.getAsLong()) {
            problems.add(path + ": write what is guaranteed and what is normal, such as 1..4");
            return Range.NOTHING;
        }
        return new Range(guaranteed.getAsLong(), normal.getAsLong());
    }

    private static OptionalLong cores(String text) {
        return text.matches("[0-9]{1,4}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private static OptionalLong bytes(String text) {
        return ByteSize.parse(text) instanceof Parsed.Value<Long> value
                ? OptionalLong.of(value.value())
                : OptionalLong.empty();
    }

    private OptionalLong value(Map<?, ?> map, String key, Function<String, Parsed<Long>> parse) {
        if (!map.containsKey(key)) {
            return OptionalLong.empty();
        }
        Parsed<Long> parsed = parse.apply(String.valueOf(map.get(key)));
        if (parsed instanceof Parsed.Value<Long> value) {
            return OptionalLong.of(value.value());
        }
        Parsed.Wrong<Long> wrong = (Parsed.Wrong<Long>) parsed;
        problems.add(key + ": " + wrong.found() + "; " + wrong.advice());
        return OptionalLong.empty();
    }

    private String text(Map<?, ?> map, String key, String what) {
        Object found = map.get(key);
        if (found instanceof String || found instanceof Integer) {
            return found.toString();
        }
        problems.add(key + ": missing; write " + what);
        return "";
    }

    private void refuseUnknown(String path, Map<?, ?> map, Set<String> known) {
        for (Object key : map.keySet()) {
            if (!known.contains(String.valueOf(key))) {
                problems.add(path + key + ": this is not an option; known are "
                        + known.stream().sorted().toList());
            }
        }
    }
}
