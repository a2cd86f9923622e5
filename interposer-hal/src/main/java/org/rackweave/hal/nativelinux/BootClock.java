package org.rackweave.hal.nativelinux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;

/**
 * The clock that counts from boot and goes on while the machine sleeps ({@code CLOCK_BOOTTIME}), with the name of the
 * boot that it counts from. A deadline is the pair of both: under another boot id it means nothing. {@code
 * System.nanoTime} stands still while the machine sleeps, and the time of day jumps.
 *
 * <p>Safe for use by several threads.
 */
public final class BootClock {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final long MILLIS_A_SECOND = 1_000;
    private static final long NANOS_A_MILLI = 1_000_000;

    private final LibC libc;
    private final String bootId;

    private BootClock(LibC libc, String bootId) {
        this.libc = libc;
        this.bootId = bootId;
    }

    /**
     * Opens the clock, and reads it once, so that later readings do not fail.
     *
     * @throws HalException.Unavailable when the kernel or the native library does not provide it
     */
    public static BootClock open() throws HalException {
        return open(BOOT_ID);
    }

    static BootClock open(Path bootIdFile) throws HalException {
        BootClock clock = new BootClock(LibC.load(), readBootId(bootIdFile));
        clock.read();
        return clock;
    }

    /** Milliseconds since the boot that {@link #bootId()} names. Never goes back. */
    public long bootMillis() {
        try {
            return read();
        } catch (HalException impossible) {
            // It worked when the clock was opened, and the kernel knows no way for it to stop working.
            throw new IllegalStateException("the boot clock stopped answering", impossible);
        }
    }

    /** The name that the kernel drew for this boot. */
    public String bootId() {
        return bootId;
    }

    private long read() throws HalException {
        try (Memory time = LibC.zeroed(NativeLayout.TIMESPEC_BYTES)) {
            libc.callInt("clock_gettime", answer -> answer != 0, NativeLayout.CLOCK_BOOTTIME, time);
            return time.getLong(NativeLayout.TIMESPEC_SECONDS_AT) * MILLIS_A_SECOND
                    + time.getLong(NativeLayout.TIMESPEC_NANOSECONDS_AT) / NANOS_A_MILLI;
        }
    }

    private static String readBootId(Path file) throws HalException {
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (ID.matcher(text).matches()) {
                return text;
            }
            throw unavailable(file, "it does not hold a boot id");
        } catch (IOException failed) {
            throw unavailable(file, String.valueOf(failed.getMessage()));
        }
    }

    private static HalException unavailable(Path file, String seen) {
        return new HalException.Unavailable(file.toString(), "read the boot id", seen, "mount /proc for this process");
    }
}
