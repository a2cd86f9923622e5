package org.rackweave.hal.nativelinux;

import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Arrays;
import org.rackweave.hal.HalException;

/** {@code /dev/daxM.N}: memory that is mapped as it is, with no page cache between. It can be neither read nor written otherwise. */
public final class DaxFile {
    /** A multiple of the alignment of every DAX device that is not of huge pages of a gigabyte. */
    private static final long PIECE_BYTES = 64L << 20;

    /** Small enough to stay in a processor's cache between being read and being compared. */
    private static final int BUFFER_BYTES = 1 << 18;

    private static final String ADVICE = "look at the kernel's log; what was there may be readable still";

    private final LibC libc;
    private final Path device;
    private final int descriptor;

    private DaxFile(LibC libc, Path device, int descriptor) {
        this.libc = libc;
        this.device = device;
        this.descriptor = descriptor;
    }

    /**
     * Writes zeros over all of a device, and then reads all of it back. What is read is what the processor's caches hold where the
     * device is no larger than they are; the kernel writes those back to the device when the region is taken down.
     *
     * @param bytes the device's length, a multiple of its alignment
     * @return how many of them, from the first on, read back as zero; to a whole piece of 64 MiB
     * @throws HalException.OutcomeUnknown when it could not all be mapped
     */
    public static long wipe(Path device, long bytes) throws HalException {
        DaxFile file = open(device);
        try {
            file.overwrite(bytes);
            return file.leadingZeros(bytes);
        } finally {
            file.close();
        }
    }

    /**
     * Reads a device back, and changes nothing.
     *
     * @param bytes the device's length, a multiple of its alignment
     * @return how many of them, from the first on, are zero; to a whole piece of 64 MiB
     * @throws HalException.OutcomeUnknown when it could not all be mapped
     */
    public static long countZeros(Path device, long bytes) throws HalException {
        DaxFile file = open(device);
        try {
            return file.leadingZeros(bytes);
        } finally {
            file.close();
        }
    }

    static DaxFile open(Path device) throws HalException {
        LibC libc = LibC.load();
        LibC.Called opened = libc.attempt("open", device.toString(), NativeLayout.O_RDWR | NativeLayout.O_CLOEXEC);
        int descriptor = (int) opened.answer();
        if (descriptor < 0) {
            throw new HalException.Unavailable(
                    device.toString(), "open", Errno.name(opened.errno()), "let the daemon open it: run it as root");
        }
        return new DaxFile(libc, device, descriptor);
    }

    void close() throws HalException {
        libc.attempt("close", descriptor);
    }

    private void overwrite(long bytes) throws HalException {
        for (long at = 0; at < bytes; at += PIECE_BYTES) {
            Piece piece = map(at, Math.min(PIECE_BYTES, bytes - at));
            piece.memory().setMemory(0, piece.bytes(), (byte) 0);
            unmap(piece);
        }
    }

    long leadingZeros(long bytes) throws HalException {
        byte[] buffer = new byte[BUFFER_BYTES];
        byte[] zeros = new byte[BUFFER_BYTES];
        long found = 0;
        boolean isZero = true;
        while (isZero && found < bytes) {
            Piece piece = map(found, Math.min(PIECE_BYTES, bytes - found));
            isZero = piece.isZero(buffer, zeros);
            unmap(piece);
            found += isZero ? piece.bytes() : 0;
        }
        return found;
    }

    private Piece map(long at, long bytes) throws HalException {
        int access = NativeLayout.PROT_READ | NativeLayout.PROT_WRITE;
        LibC.Called mapped = libc.attempt("mmap", Pointer.NULL, bytes, access, NativeLayout.MAP_SHARED, descriptor, at);
        if (mapped.answer() == -1) {
            throw new HalException.OutcomeUnknown(
                    device.toString(), "map", Errno.name(mapped.errno()) + " at byte " + at, ADVICE);
        }
        return new Piece(new Pointer(mapped.answer()), bytes);
    }

    private void unmap(Piece piece) throws HalException {
        libc.attempt("munmap", piece.memory(), piece.bytes());
    }

    private record Piece(Pointer memory, long bytes) {
        boolean isZero(byte[] buffer, byte[] zeros) {
            for (long at = 0; at < bytes; at += buffer.length) {
                int length = (int) Math.min(buffer.length, bytes - at);
                memory.read(at, buffer, 0, length);
                if (!Arrays.equals(buffer, 0, length, zeros, 0, length)) {
                    return false;
                }
            }
            return true;
        }
    }
}
