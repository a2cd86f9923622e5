package org.rackweave.daemon.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;

/** A cgroup of version 2 with the controllers cpuset and memory: what a container or a VM of libvirt has. */
final class CgroupControl implements HostControl {
    private static final String MAX = "max";

    private final Path group;

    CgroupControl(Path group) {
        this.group = group;
    }

    @Override
    public BitSet cpus() throws ControlException {
        if (read("cgroup.freeze").equals("1")) {
            return new BitSet();
        }
        try {
            return ProcFile.cpuList(read("cpuset.cpus.effective"));
        } catch (IllegalArgumentException e) {
            throw new ControlException(group + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void runOn(BitSet cpus) throws ControlException {
        if (cpus.isEmpty()) {
            write("cgroup.freeze", "1");
            return;
        }
        write("cpuset.cpus", ProcFile.cpuList(cpus));
        write("cgroup.freeze", "0");
        BitSet found = cpus();
        if (!found.equals(cpus)) {
            throw new ControlException(group + " runs on " + ProcFile.cpuList(found) + " instead of "
                    + ProcFile.cpuList(cpus) + "; its parent does not have them all");
        }
    }

    @Override
    public OptionalLong memoryBytes() throws ControlException {
        String limit = read("memory.max");
        return limit.equals(MAX) ? OptionalLong.empty() : OptionalLong.of(number(limit, "memory.max"));
    }

    @Override
    public void limitMemory(long bytes) throws ControlException {
        long used = usedMemoryBytes().orElse(0);
        // The kernel would reclaim first and then kill. A VM that cannot do without is left alone, and the ask refused.
        write("memory.high", Long.toString(bytes));
        if (used > bytes && usedMemoryBytes().orElse(0) > bytes) {
            write("memory.high", MAX);
            throw new ControlException(group + " uses " + used + " bytes and cannot do with " + bytes);
        }
        write("memory.max", Long.toString(bytes));
        write("memory.high", MAX);
        if (memoryBytes().orElse(-1) != bytes) {
            throw new ControlException(group + " has a limit of " + read("memory.max") + " instead of " + bytes);
        }
    }

    @Override
    public OptionalLong usedMemoryBytes() throws ControlException {
        return OptionalLong.of(number(read("memory.current"), "memory.current"));
    }

    /** Of this group itself: what has groups below it has no processes of its own. */
    @Override
    public List<Long> processes() throws ControlException {
        List<Long> processes = new ArrayList<>();
        for (String line : read("cgroup.procs").lines().toList()) {
            processes.add(number(line, "cgroup.procs"));
        }
        return processes;
    }

    @Override
    public long cpuMicros() throws ControlException {
        try {
            return number(ProcFile.valueOf(read("cpu.stat"), "usage_usec"), "cpu.stat");
        } catch (IllegalArgumentException e) {
            throw new ControlException(group + "/cpu.stat: " + e.getMessage(), e);
        }
    }

    private long number(String text, String file) throws ControlException {
        if (!text.matches("[0-9]{1,18}")) {
            throw new ControlException(group + "/" + file + " holds '" + text + "', which is no number");
        }
        return Long.parseLong(text);
    }

    private String read(String file) throws ControlException {
        try {
            return Files.readString(group.resolve(file)).strip();
        } catch (IOException e) {
            throw problem(file, "read", e);
        }
    }

    private void write(String file, String text) throws ControlException {
        try {
            Files.writeString(group.resolve(file), text + "\n");
        } catch (IOException e) {
            throw problem(file, "written", e);
        }
    }

    private ControlException problem(String file, String what, IOException e) {
        return new ControlException(
                group.resolve(file) + " cannot be " + what + ": " + e.getMessage()
                        + "; delegate the controllers cpuset and memory to this group",
                e);
    }
}
