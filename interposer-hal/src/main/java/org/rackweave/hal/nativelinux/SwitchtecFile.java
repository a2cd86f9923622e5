package org.rackweave.hal.nativelinux;

import com.sun.jna.Memory;
import java.nio.file.Path;
import java.time.Duration;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.MrpcFile;
import org.rackweave.hal.switchtec.SwitchtecIoctl;

/** {@code /dev/switchtecN}, by calls of the C library. For one thread. */
public final class SwitchtecFile implements MrpcFile {
    private final LibC libc;
    private final String path;
    private final int descriptor;

    private SwitchtecFile(LibC libc, String path, int descriptor) {
        this.libc = libc;
        this.path = path;
        this.descriptor = descriptor;
    }

    /**
     * Opens the device.
     *
     * @throws HalException.Unavailable when it, its driver or the C library is not there
     * @throws HalException.Refused when it may not be opened
     */
    public static SwitchtecFile open(Path device) throws HalException {
        return open(LibC.load(), device);
    }

    static SwitchtecFile open(LibC libc, Path device) throws HalException {
        String path = device.toString();
        LibC.Called called = libc.attempt("open", path, NativeLayout.O_RDWR | NativeLayout.O_CLOEXEC);
        int descriptor = (int) called.answer();
        if (descriptor >= 0) {
            return new SwitchtecFile(libc, path, descriptor);
        }
        String seen = Errno.name(called.errno());
        throw switch (called.errno()) {
            case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
                new HalException.Unavailable(
                        path, "open", seen, "load the kernel's switchtec driver, and check the name");
            default -> new HalException.Refused(path, "open", seen, advice(called.errno()));
        };
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public void write(byte[] command) throws HalException {
        LibC.Called called = libc.attempt("write", descriptor, command, (long) command.length);
        if (called.answer() == command.length) {
            return;
        }
        if (called.answer() >= 0) {
            throw unknown("write", called.answer() + " of " + command.length + " bytes were taken");
        }
        switch (called.errno()) {
            case Errno.EBADE, Errno.EINVAL, Errno.EPERM, Errno.EACCES, Errno.EBADF, Errno.ENODEV ->
                throw new HalException.Refused(path, "write", Errno.name(called.errno()), advice(called.errno()));
            default -> throw unknown("write", Errno.name(called.errno()));
        }
    }

    @Override
    public Ready await(Duration timeout) throws HalException {
        try (Memory poll = LibC.zeroed(NativeLayout.POLLFD_BYTES)) {
            poll.setInt(NativeLayout.POLLFD_FD_AT, descriptor);
            poll.setShort(NativeLayout.POLLFD_EVENTS_AT, NativeLayout.POLLIN);
            LibC.Called called = libc.attempt("poll", poll, 1L, Math.toIntExact(timeout.toMillis()));
            // An int: what stands above its 32 bits means nothing.
            int ready = (int) called.answer();
            if (ready == 0) {
                return Ready.NOT_YET;
            }
            short seen = poll.getShort(NativeLayout.POLLFD_REVENTS_AT);
            if (ready < 0) {
                throw unknown("poll", Errno.name(called.errno()));
            }
            if ((seen & NativeLayout.POLLIN) == 0) {
                throw unknown("poll", "the driver says 0x" + Integer.toHexString(seen) + ": the switch is gone");
            }
            return Ready.YES;
        }
    }

    @Override
    public byte[] read(int bytes) throws HalException {
        try (Memory answer = LibC.zeroed(bytes)) {
            LibC.Called called = libc.attempt("read", descriptor, answer, (long) bytes);
            if (called.answer() < 0) {
                throw unknown("read", Errno.name(called.errno()));
            }
            if (called.answer() != bytes) {
                throw unknown("read", called.answer() + " of " + bytes + " bytes came");
            }
            return answer.getByteArray(0, bytes);
        }
    }

    @Override
    public byte[] ask(SwitchtecIoctl request, byte[] argument) throws HalException {
        if (argument.length != request.bytes()) {
            throw new IllegalArgumentException(
                    request + " takes " + request.bytes() + " bytes, not " + argument.length);
        }
        try (Memory structure = LibC.zeroed(argument.length)) {
            structure.write(0, argument, 0, argument.length);
            LibC.Called called = libc.attempt("ioctl", descriptor, Integer.toUnsignedLong(request.number()), structure);
            if ((int) called.answer() != 0) {
                String seen = Errno.name(called.errno());
                throw new HalException.Refused(path, "ask " + request, seen, advice(called.errno()));
            }
            return structure.getByteArray(0, argument.length);
        }
    }

    @Override
    public void close() {
        try {
            libc.attempt("close", descriptor);
        } catch (HalException absent) {
            // A C library that opened it and cannot close it: the kernel does when the process ends.
        }
    }

    private HalException unknown(String operation, String seen) {
        return new HalException.OutcomeUnknown(
                path, operation, seen, "read what the switch did; if it does not answer, quarantine it");
    }

    private static String advice(int errno) {
        return switch (errno) {
            case Errno.EBADE -> "another command is under way on this file; drain the link first";
            case Errno.ENOTTY -> "this is no switchtec device, or a driver older than the question";
            default -> "give the process the right to use the device, and load its driver";
        };
    }
}
