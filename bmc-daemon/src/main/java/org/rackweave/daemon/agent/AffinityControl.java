package org.rackweave.daemon.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.Processors;

/** A process with all that it started, moved by the affinity of each thread. It works on every Linux, with no rights of root. */
final class AffinityControl implements HostControl {
    /** While threads are set, others may begin, with the old affinity; a tree that grows faster than this is not ours to tame. */
    private static final int MAX_PASSES = 8;

    private final Path proc;
    private final Processors processors;
    private final long root;

    /**
     * @param proc where the kernel shows processes
     * @param root the process at the top
     */
    AffinityControl(Path proc, Processors processors, long root) {
        this.proc = proc;
        this.processors = processors;
        this.root = root;
    }

    @Override
    public BitSet cpus() throws ControlException {
        if (ProcFile.state(read(proc.resolve(root + "/stat"))) == 'T') {
            return new BitSet();
        }
        BitSet all = new BitSet();
        for (long thread : threads()) {
            all.or(cpusOf(thread));
        }
        return all;
    }

    private BitSet cpusOf(long thread) throws ControlException {
        try {
            Path status = proc.resolve(thread + "/status");
            return Files.exists(status)
                    ? ProcFile.cpuList(ProcFile.valueOf(read(status), "Cpus_allowed_list"))
                    : new BitSet();
        } catch (IllegalArgumentException e) {
            throw new ControlException("/proc of thread " + thread + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void runOn(BitSet cpus) throws ControlException {
        try {
            if (cpus.isEmpty()) {
                for (long process : processes()) {
                    processors.stop((int) process);
                }
                return;
            }
            setAll(cpus);
            for (long process : processes()) {
                processors.resume((int) process);
            }
        } catch (HalException e) {
            throw new ControlException("process " + root + ": " + e.getMessage(), e);
        }
    }

    private void setAll(BitSet cpus) throws ControlException, HalException {
        for (int pass = 0; pass < MAX_PASSES; pass++) {
            boolean settled = true;
            for (long thread : threads()) {
                if (!cpusOf(thread).equals(cpus) && Files.exists(proc.resolve(thread + "/status"))) {
                    processors.allow((int) thread, cpus);
                    settled = false;
                }
            }
            if (settled) {
                return;
            }
        }
        throw new ControlException(
                "process " + root + " starts threads faster than they can be moved; use a cgroup for it");
    }

    @Override
    public OptionalLong memoryBytes() {
        return OptionalLong.empty();
    }

    @Override
    public void limitMemory(long bytes) throws ControlException {
        throw new ControlException("memory of a mere process cannot be limited; give the VM a cgroup");
    }

    @Override
    public OptionalLong usedMemoryBytes() {
        return OptionalLong.empty();
    }

    @Override
    public long cpuMicros() throws ControlException {
        long all = 0;
        for (long process : processes()) {
            Path stat = proc.resolve(process + "/stat");
            if (Files.exists(stat)) {
                all += ProcFile.cpuMicros(read(stat));
            }
        }
        return all;
    }

    @Override
    public List<Long> processes() throws ControlException {
        ProcessHandle top = ProcessHandle.of(root)
                .orElseThrow(() ->
                        new ControlException("there is no process " + root + "; correct the agent's configuration"));
        return Stream.concat(Stream.of(top), top.descendants())
                .map(ProcessHandle::pid)
                .toList();
    }

    private List<Long> threads() throws ControlException {
        List<Long> threads = new ArrayList<>();
        for (long process : processes()) {
            try (DirectoryStream<Path> tasks = Files.newDirectoryStream(proc.resolve(process + "/task"))) {
                tasks.forEach(
                        task -> threads.add(Long.valueOf(task.getFileName().toString())));
            } catch (NoSuchFileException e) {
                // It ended meanwhile.
            } catch (IOException e) {
                throw new ControlException("process " + process + " cannot be looked at: " + e.getMessage(), e);
            }
        }
        return threads;
    }

    private static String read(Path file) throws ControlException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ControlException(
                    file + " cannot be read: " + e.getMessage() + "; does the process still run?", e);
        }
    }
}
