package org.rackweave.hal.nativelinux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.inventory.RunningHost;
import org.rackweave.hal.text.MemInfo;

/** Asks the running kernel what only it can say, to this process. */
public final class KernelView {
    /** The longest set of CPUs that is asked for: 65,536 CPUs, eight times what Linux can be built for. */
    private static final int MOST_CPU_SET_BYTES = 8_192;

    private final LibC libc;

    private KernelView(LibC libc) {
        this.libc = libc;
    }

    public static KernelView open() throws HalException {
        return new KernelView(LibC.load());
    }

    public RunningHost runningHost() throws HalException {
        try (Memory names = LibC.zeroed(NativeLayout.UTSNAME_BYTES)) {
            libc.callInt("uname", answer -> answer != 0, names);
            return new RunningHost(
                    names.getString(NativeLayout.UTSNAME_SYSNAME_AT),
                    names.getString(NativeLayout.UTSNAME_RELEASE_AT),
                    names.getString(NativeLayout.UTSNAME_MACHINE_AT),
                    pageSizeBytes(),
                    hugePageSizeBytes(),
                    usableCpus());
        }
    }

    private long pageSizeBytes() throws HalException {
        return libc.callLong("sysconf", answer -> answer <= 0, NativeLayout.SC_PAGESIZE);
    }

    /** The C library has no word for it, so this one comes from {@code /proc}; kernels without huge pages leave it out. */
    private static OptionalLong hugePageSizeBytes() {
        try {
            return MemInfo.bytes(Files.readString(Path.of("/proc/meminfo")), "Hugepagesize");
        } catch (IOException notMounted) {
            return OptionalLong.empty();
        }
    }

    /** Asks with a longer set each time, since a kernel built for more CPUs than the set has refuses with EINVAL. */
    private IdSet usableCpus() throws HalException {
        int bytes = NativeLayout.CPU_SET_BYTES;
        while (true) {
            try (Memory set = LibC.zeroed(bytes)) {
                libc.callInt("sched_getaffinity", answer -> answer < 0, 0, (long) bytes, set);
                return cpusIn(set.getByteArray(0, bytes));
            } catch (HalException.Refused tooShort) {
                if (bytes >= MOST_CPU_SET_BYTES) {
                    throw tooShort;
                }
                bytes *= 2;
            }
        }
    }

    /** On little-endian machines the longs of a set are its bytes in order; big-endian ones are not supported. */
    static IdSet cpusIn(byte[] set) {
        List<Integer> cpus = new ArrayList<>();
        for (int cpu = 0; cpu < set.length * Byte.SIZE; cpu++) {
            if ((set[cpu / Byte.SIZE] >> (cpu % Byte.SIZE) & 1) != 0) {
                cpus.add(cpu);
            }
        }
        return new IdSet(cpus);
    }
}
