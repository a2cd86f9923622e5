package org.rackweave.hal.nativelinux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import org.rackweave.hal.HalException;
import org.rackweave.hal.cxl.CciMailbox;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/**
 * {@code /dev/cxl/memN}: the mailbox of a memory device through the kernel's driver, by raw commands. They need a kernel with {@code
 * CONFIG_CXL_MEM_RAW_COMMANDS}, which no distribution at hand has, root, and no lockdown; the first one marks the kernel as tainted. The driver
 * bounds the time of a command itself, to two seconds.
 */
public final class CxlMemFile implements CciMailbox {
    /** The most that a mailbox can hold by the specification is a megabyte; no device at hand has more than this. */
    private static final int MOST_BYTES = 4096;

    private final LibC libc;
    private final Path device;
    private final int descriptor;

    private CxlMemFile(LibC libc, Path device, int descriptor) {
        this.libc = libc;
        this.device = device;
        this.descriptor = descriptor;
    }

    /** @throws IOException when it is not there, or may not be opened */
    public static CxlMemFile open(Path device) throws IOException {
        try {
            return open(LibC.load(), device);
        } catch (HalException absent) {
            throw new IOException(absent.getMessage(), absent);
        }
    }

    static CxlMemFile open(LibC libc, Path device) throws IOException, HalException {
        LibC.Called called = libc.attempt("open", device.toString(), NativeLayout.O_RDWR | NativeLayout.O_CLOEXEC);
        int descriptor = (int) called.answer();
        if (descriptor < 0) {
            throw new IOException(device + ": " + Errno.name(called.errno())
                    + "; load cxl_pci and cxl_mem, run as root, and check the name");
        }
        return new CxlMemFile(libc, device, descriptor);
    }

    @Override
    public Answer run(int opcode, Octets payload, Deadline deadline) throws IOException {
        try (Memory command = LibC.zeroed(NativeLayout.CXL_SEND_COMMAND_BYTES);
                Memory in = LibC.zeroed(Math.max(1, payload.length()));
                Memory out = LibC.zeroed(MOST_BYTES)) {
            in.write(0, payload.toArray(), 0, payload.length());
            command.setInt(NativeLayout.CXL_SEND_ID_AT, NativeLayout.CXL_MEM_COMMAND_ID_RAW);
            command.setShort(NativeLayout.CXL_SEND_OPCODE_AT, (short) opcode);
            command.setInt(NativeLayout.CXL_SEND_IN_SIZE_AT, payload.length());
            command.setPointer(NativeLayout.CXL_SEND_IN_PAYLOAD_AT, payload.length() == 0 ? Pointer.NULL : in);
            command.setInt(NativeLayout.CXL_SEND_OUT_SIZE_AT, MOST_BYTES);
            command.setPointer(NativeLayout.CXL_SEND_OUT_PAYLOAD_AT, out);
            LibC.Called called = libc.attempt("ioctl", descriptor, NativeLayout.CXL_MEM_SEND_COMMAND, command);
            if ((int) called.answer() != 0) {
                throw failed(called.errno(), payload.length());
            }
            int bytes = command.getInt(NativeLayout.CXL_SEND_OUT_SIZE_AT);
            if (bytes < 0 || bytes > MOST_BYTES) {
                throw new IOException(device + ": the driver says that an answer has " + bytes + " bytes");
            }
            return new Answer(
                    command.getInt(NativeLayout.CXL_SEND_RETVAL_AT) & 0xFFFF,
                    0,
                    Octets.adopt(out.getByteArray(0, bytes)));
        } catch (HalException absent) {
            throw new IOException(absent.getMessage(), absent);
        }
    }

    private IOException failed(int errno, int payloadBytes) {
        String seen = device + ": " + Errno.name(errno);
        return switch (errno) {
            case Errno.ETIMEDOUT, Errno.EBUSY -> new SocketTimeoutException(seen + ": the device is not done");
            case Errno.EPERM ->
                new IOException(seen + "; use a kernel with CONFIG_CXL_MEM_RAW_COMMANDS, as root and without lockdown");
            // What the kernel allows and finds wrong: before all, more than the mailbox holds.
            case Errno.EINVAL ->
                new IOException(seen + " for a command of " + payloadBytes
                        + " bytes; the device's mailbox may be smaller: ask for less at a time");
            default -> new IOException(seen + "; look at the kernel's log");
        };
    }

    @Override
    public void close() {
        try {
            libc.attempt("close", descriptor);
        } catch (HalException absent) {
            // A C library that opened it and cannot close it: the kernel does when the process ends.
        }
    }
}
