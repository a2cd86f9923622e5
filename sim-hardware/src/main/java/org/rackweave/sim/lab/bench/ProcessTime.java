package org.rackweave.sim.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rackweave.sim.lab.LabFailure;

/**
 * How long a process has had a processor, by the kernel's count.
 *
 * @param seconds in its own code and in the kernel for it
 */
record ProcessTime(double seconds) {
    /** Linux counts these in hundredths of a second on every architecture. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int USER_FIELD = 11;

    static ProcessTime of(long pid) throws LabFailure {
        Path path = Path.of("/proc", Long.toString(pid), "stat");
        try {
            String text = Files.readString(path);
            // The name, in parentheses, may hold spaces; what follows does not.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[USER_FIELD + 1]);
            return new ProcessTime(ticks / TICKS_PER_SECOND);
        } catch (IOException failed) {
            throw new LabFailure("cannot read " + path + ": " + failed.getMessage(), failed);
        }
    }

    static ProcessTime ofThisProcess() throws LabFailure {
        return of(ProcessHandle.current().pid());
    }
}
