package org.rackweave.daemon.agent;

import java.util.BitSet;
import java.util.StringJoiner;

/** The few text forms of {@code /proc} and of cgroup files that the agent reads and writes. */
final class ProcFile {
    /** USER_HZ: what the kernel shows to programs, whatever its own tick is. */
    private static final long TICKS_PER_SECOND = 100;

    private static final long MICROS_PER_SECOND = 1_000_000;

    private static final int STATE_FIELD = 0;
    private static final int UTIME_FIELD = 11;
    private static final int STIME_FIELD = 12;

    private ProcFile() {}

    /** Reads {@code 0-2,5}; an {@link IllegalArgumentException} says what is no such list. */
    static BitSet cpuList(String text) {
        BitSet cpus = new BitSet();
        if (text.isBlank()) {
            return cpus;
        }
        for (String part : text.strip().split(",", -1)) {
            String[] ends = part.split("-", 2);
            int first = number(ends[0], text);
            int last = ends.length == 2 ? number(ends[1], text) : first;
            if (first > last || last >= 8192) {
                throw new IllegalArgumentException("'" + text.strip() + "' is no list of CPUs, such as 0-2,5");
            }
            cpus.set(first, last + 1);
        }
        return cpus;
    }

    private static int number(String digits, String whole) {
        if (!digits.matches("[0-9]{1,4}")) {
            throw new IllegalArgumentException("'" + whole.strip() + "' is no list of CPUs, such as 0-2,5");
        }
        return Integer.parseInt(digits);
    }

    /** Writes {@code 0-2,5}. */
    static String cpuList(BitSet cpus) {
        StringJoiner text = new StringJoiner(",");
        for (int first = cpus.nextSetBit(0); first >= 0; ) {
            int end = cpus.nextClearBit(first);
            text.add(end - first == 1 ? Integer.toString(first) : first + "-" + (end - 1));
            first = cpus.nextSetBit(end);
        }
        return text.toString();
    }

    /** What stands behind a word and a colon in {@code /proc/PID/status}, or behind a word and a space in {@code cpu.stat}. */
    static String valueOf(String text, String word) {
        return text.lines()
                .filter(line -> line.startsWith(word + ":") || line.startsWith(word + " "))
                .map(line -> line.substring(word.length() + 1).strip())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no " + word));
    }

    /** The state letter of {@code /proc/PID/stat}. */
    static char state(String stat) {
        return afterName(stat)[STATE_FIELD].charAt(0);
    }

    /** User and system time of {@code /proc/PID/stat}, in microseconds. */
    static long cpuMicros(String stat) {
        String[] fields = afterName(stat);
        return (Long.parseLong(fields[UTIME_FIELD]) + Long.parseLong(fields[STIME_FIELD]))
                * (MICROS_PER_SECOND / TICKS_PER_SECOND);
    }

    /** A program may have any name, with blanks and brackets in it: what counts begins behind the last one. */
    private static String[] afterName(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    }
}
