package org.rackweave.hal.discovery;

import java.time.Duration;

/** Every limit of discovery, with its reason. Past a limit there is a named problem, never a longer wait. */
public final class DiscoveryLimits {
    /**
     * The longest file, in bytes. {@code /proc/cpuinfo} takes 1.5 KiB a CPU, so 4 MiB serves 2,700 CPUs; the PCI ID list
     * has 1.5 MiB.
     */
    public static final int MOST_FILE_BYTES = 4 << 20;

    /** The most entries of one folder. A 16 TiB machine with 128 MiB blocks has 131,072 memory blocks. */
    public static final int MOST_NAMES = 262_144;

    /** The most symbolic links on the way to one file: Linux stops at 40 too. */
    public static final int MOST_LINKS = 40;

    /** The most problems in one inventory. A broken tree has the same problem everywhere; the first thousand tell. */
    public static final int MOST_PROBLEMS = 1_000;

    /** The longest manifest, in bytes: ten times that of a machine with 4,000 memory blocks. */
    public static final long MOST_MANIFEST_BYTES = 64L << 20;

    /** How long an attribute may take: a sensor behind a slow bus takes some 100 ms, a drive that sleeps a few seconds. */
    static final Duration ATTRIBUTE_LIMIT = Duration.ofSeconds(2);

    /** How long any other file may take: {@code /proc/cpuinfo} of thousands of CPUs takes some seconds. */
    static final Duration FILE_LIMIT = Duration.ofSeconds(10);

    /** How many files may hang, each with a thread of its own: one bad device has a few attributes, and no more is asked of it. */
    static final int MOST_HANGING = 4;

    private DiscoveryLimits() {}
}
