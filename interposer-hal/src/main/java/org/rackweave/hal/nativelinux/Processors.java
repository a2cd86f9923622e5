package org.rackweave.hal.nativelinux;

import com.sun.jna.Memory;
import java.util.BitSet;
import org.rackweave.hal.HalException;

/**
 * On which CPUs of this machine a thread may run, and whether a process runs at all. CPUs are bits, by the kernel's numbers.
 *
 * <p>Safe for use by several threads.
 */
public final class Processors {
    /** A {@code cpu_set_t} holds so many CPUs. */
    public static final int MAX_CPUS = NativeLayout.CPU_SET_BYTES * Byte.SIZE;

    private final LibC libc;

    private Processors(LibC libc) {
        this.libc = libc;
    }

    /** @throws HalException.Unavailable when the native library is not there */
    public static Processors open() throws HalException {
        return new Processors(LibC.load());
    }

    /**
     * Where a thread may run.
     *
     * @param thread its id; 0 is the caller's
     * @throws HalException.Refused when there is no such thread, or it is not ours to look at
     */
    public BitSet allowed(int thread) throws HalException {
        try (Memory set = LibC.zeroed(NativeLayout.CPU_SET_BYTES)) {
            libc.callInt("sched_getaffinity", answer -> answer < 0, thread, (long) NativeLayout.CPU_SET_BYTES, set);
            return BitSet.valueOf(set.getByteArray(0, NativeLayout.CPU_SET_BYTES));
        }
    }

    /**
     * Says where a thread may run from now on. It holds when this returns.
     *
     * @param cpus at least one that the machine has, below {@link #MAX_CPUS}
     * @throws HalException.Refused when there is no such thread, it is not ours, or none of the CPUs is there
     */
    public void allow(int thread, BitSet cpus) throws HalException {
        if (cpus.isEmpty() || cpus.length() > MAX_CPUS) {
            throw new IllegalArgumentException("1 to " + MAX_CPUS + " CPUs: " + cpus);
        }
        try (Memory set = LibC.zeroed(NativeLayout.CPU_SET_BYTES)) {
            byte[] bytes = cpus.toByteArray();
            set.write(0, bytes, 0, bytes.length);
            libc.callInt("sched_setaffinity", answer -> answer != 0, thread, (long) NativeLayout.CPU_SET_BYTES, set);
        }
    }

    /** Stops a process until {@link #resume}; one that is stopped already stays so. */
    public void stop(int process) throws HalException {
        libc.callInt("kill", answer -> answer != 0, process, NativeLayout.SIGSTOP);
    }

    /** Lets a stopped process run on; one that runs does. */
    public void resume(int process) throws HalException {
        libc.callInt("kill", answer -> answer != 0, process, NativeLayout.SIGCONT);
    }
}
