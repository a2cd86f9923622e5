package org.rackweave.hal.nativelinux;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.rackweave.hal.HalException;
import org.rackweave.hal.cxl.CciMailbox;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/**
 * The mailbox in the registers of a PCI function that no driver has, such as a switch's (class 0C0Bh), mapped from its first BAR (CXL 3.x,
 * 8.2.8). The BAR begins with the capability array; capability 0002h is the primary mailbox:
 *
 * <pre>
 * 0  8 bytes: 4:0 size of the payload as a power of two      4  4 bytes: 0 doorbell
 * 8  8 bytes: 15:0 opcode, 36:16 length of the payload       16 8 bytes: 0 background, 47:32 return code, 63:48 vendor status
 * 32 the payload
 * </pre>
 *
 * Whoever else writes to the same registers breaks this: the function must have no driver, and one user.
 */
public final class MailboxFunction implements CciMailbox {
    private static final int MAILBOX_CAPABILITY = 2;
    private static final int HEADER_BYTES = 16;
    private static final int MOST_CAPABILITIES = 64;
    private static final int CONTROL_AT = 4;
    private static final int COMMAND_AT = 8;
    private static final int STATUS_AT = 16;
    private static final int PAYLOAD_AT = 32;
    private static final int LENGTH_MASK = 0x1FFFFF;
    private static final int SMALLEST_POWER = 8;
    private static final int LARGEST_POWER = 20;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final LibC libc;
    private final String place;
    private final Pointer registers;
    private final long mappedBytes;
    private final long mailboxAt;
    private final int mostBytes;

    private MailboxFunction(
            LibC libc, String place, Pointer registers, long mappedBytes, long mailboxAt, int mostBytes) {
        this.libc = libc;
        this.place = place;
        this.registers = registers;
        this.mappedBytes = mappedBytes;
        this.mailboxAt = mailboxAt;
        this.mostBytes = mostBytes;
    }

    /**
     * Maps the function and finds its mailbox.
     *
     * @param function its directory, such as {@code /sys/bus/pci/devices/0000:0d:00.1}
     * @throws IOException when it is not there, has a driver, may not be mapped or has no mailbox
     */
    public static MailboxFunction open(Path function) throws IOException {
        if (Files.exists(function.resolve("driver"))) {
            throw new IOException(function + " has a driver of the kernel's; use that");
        }
        if (!Files.isRegularFile(function.resolve("resource0"))) {
            throw new IOException(
                    function + " is no PCI function with registers; check the name, and run on its machine");
        }
        // Without it the function answers all ones.
        Files.writeString(function.resolve("enable"), "1");
        try {
            return map(LibC.load(), function.resolve("resource0"));
        } catch (HalException absent) {
            throw new IOException(absent.getMessage(), absent);
        }
    }

    static MailboxFunction map(LibC libc, Path resource) throws IOException, HalException {
        long bytes = Files.size(resource);
        LibC.Called opened = libc.attempt("open", resource.toString(), NativeLayout.O_RDWR | NativeLayout.O_CLOEXEC);
        int descriptor = (int) opened.answer();
        if (descriptor < 0) {
            throw new IOException(resource + ": " + Errno.name(opened.errno()) + "; run as root");
        }
        int access = NativeLayout.PROT_READ | NativeLayout.PROT_WRITE;
        LibC.Called mapped = libc.attempt("mmap", Pointer.NULL, bytes, access, NativeLayout.MAP_SHARED, descriptor, 0L);
        libc.attempt("close", descriptor);
        if (mapped.answer() == -1) {
            throw new IOException(resource + " cannot be mapped: " + Errno.name(mapped.errno())
                    + "; run as root, without lockdown of the kernel");
        }
        Pointer registers = new Pointer(mapped.answer());
        try {
            long mailboxAt = mailboxAt(resource, registers, bytes);
            int power = registers.getInt(mailboxAt) & 0x1F;
            if (power < SMALLEST_POWER || power > LARGEST_POWER || mailboxAt + PAYLOAD_AT + (1L << power) > bytes) {
                throw new IOException(resource + ": a mailbox of 2^" + power + " bytes does not fit");
            }
            return new MailboxFunction(libc, resource.toString(), registers, bytes, mailboxAt, 1 << power);
        } catch (IOException noMailbox) {
            libc.attempt("munmap", registers, bytes);
            throw noMailbox;
        }
    }

    private static long mailboxAt(Path resource, Pointer registers, long bytes) throws IOException {
        int count = registers.getInt(4) & 0xFFFF;
        for (int i = 1; i <= Math.min(count, MOST_CAPABILITIES) && (i + 1L) * HEADER_BYTES <= bytes; i++) {
            long header = (long) i * HEADER_BYTES;
            if ((registers.getInt(header) & 0xFFFF) == MAILBOX_CAPABILITY) {
                long at = Integer.toUnsignedLong(registers.getInt(header + 4));
                if (at % Long.BYTES == 0 && at + PAYLOAD_AT <= bytes) {
                    return at;
                }
            }
        }
        throw new IOException(resource + " has no CXL mailbox; is it a function of class 0c0b?");
    }

    @Override
    public Answer run(int opcode, Octets payload, Deadline deadline) throws IOException {
        if (payload.length() > mostBytes) {
            throw new IOException(place + " takes " + mostBytes + " bytes at a time, not " + payload.length()
                    + ": nothing was asked");
        }
        untilDone(deadline, "with the command before");
        registers.write(mailboxAt + PAYLOAD_AT, payload.toArray(), 0, payload.length());
        // One store each, as wide as the register: halves of it are taken for nothing.
        registers.setLong(mailboxAt + COMMAND_AT, opcode | (long) payload.length() << 16);
        registers.setInt(mailboxAt + CONTROL_AT, 1);
        untilDone(deadline, String.format(java.util.Locale.ROOT, "with 0x%04x", opcode));
        long status = registers.getLong(mailboxAt + STATUS_AT);
        int length = (int) (registers.getLong(mailboxAt + COMMAND_AT) >> 16 & LENGTH_MASK);
        if (length > mostBytes) {
            throw new IOException(
                    place + " says that an answer has " + length + " bytes; is the function still there?");
        }
        return new Answer(
                (int) (status >> 32 & 0xFFFF),
                (int) (status >> 48 & 0xFFFF),
                Octets.adopt(registers.getByteArray(mailboxAt + PAYLOAD_AT, length)));
    }

    private void untilDone(Deadline deadline, String with) throws SocketTimeoutException {
        long pauseNanos = FIRST_PAUSE_NANOS;
        while ((registers.getInt(mailboxAt + CONTROL_AT) & 1) != 0) {
            if (deadline.leftMillis() == 0) {
                throw new SocketTimeoutException(place + " is not done " + with);
            }
            LockSupport.parkNanos(pauseNanos);
            pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
        }
    }

    @Override
    public void close() {
        try {
            libc.attempt("munmap", registers, mappedBytes);
        } catch (HalException absent) {
            // A C library that mapped it and cannot take it back: the kernel does when the process ends.
        }
    }
}
