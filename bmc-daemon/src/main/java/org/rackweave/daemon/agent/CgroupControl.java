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
    /** A process in the middle of a system call stops at its end; one that takes longer has a sick disk or file server. */
    private static final long USUAL_SETTLE_MILLIS = 2_000;

    private static final long LOOK_AGAIN_MILLIS = 5;

    /** The kernel counts memory in pages, and rounds down what is written; 4 KiB is the least page of any processor. */
    private static final long LEAST_PAGE_BYTES = 4096;

    private static final String MAX = "max";

    private final Path group;
    private final long settleMillis;

    CgroupControl(Path group) {
        this(group, USUAL_SETTLE_MILLIS);
    }

    /** @param settleMillis how long the kernel may take to stop the group's processes */
    CgroupControl(Path group, long settleMillis) {
        this.group = group;
        this.settleMillis = settleMillis;
    }

    @Override
    public BitSet cpus() throws ControlException {
        if (isFrozen()) {
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
            freeze();
            return;
        }
        write("cpuset.cpus", ProcFile.cpuList(cpus));
        thaw();
        BitSet found = cpus();
        if (!found.equals(cpus)) {
            throw new ControlException(group + " runs on " + ProcFile.cpuList(found) + " instead of "
                    + ProcFile.cpuList(cpus) + "; its parent does not have them all");
        }
    }

    /** Written is what shall be; whether all its processes have stopped is told elsewhere, and later. */
    private boolean isFrozen() throws ControlException {
        try {
            return ProcFile.valueOf(read("cgroup.events"), "frozen").equals("1");
        } catch (IllegalArgumentException e) {
            throw new ControlException(group + "/cgroup.events: " + e.getMessage(), e);
        }
    }

    private void freeze() throws ControlException {
        write("cgroup.freeze", "1");
        for (long waited = 0; !isFrozen(); waited += LOOK_AGAIN_MILLIS) {
            pauseOr(waited, "its processes do not stop");
        }
    }

    private void thaw() throws ControlException {
        write("cgroup.freeze", "0");
        for (long waited = 0; isFrozen(); waited += LOOK_AGAIN_MILLIS) {
            pauseOr(waited, "it stays frozen; thaw the group above it");
        }
    }

    private void pauseOr(long waitedMillis, String problem) throws ControlException {
        if (waitedMillis >= settleMillis) {
            throw new ControlException(group + ": " + problem);
        }
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControlException(group + ": the agent stops", e);
        }
    }

    @Override
    public OptionalLong memoryBytes() throws ControlException {
        String limit = read("memory.max");
        return limit.equals(MAX) ? OptionalLong.empty() : OptionalLong.of(number(limit, "memory.max"));
    }

    @Override
    public void limitMemory(long bytes) throws ControlException {
        if (bytes % LEAST_PAGE_BYTES != 0) {
            throw new ControlException(
                    bytes + " bytes are no whole number of pages; give memory out in multiples of 4KiB");
        }
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
