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

    private DaxFile() {}

    /**
     * Writes zeros over all of a device, and then reads all of it back. What is read is what the processor's caches hold where the
     * device is no larger than they are; the kernel writes those back to the device when the region is taken down.
     *
     * @param bytes the device's length, a multiple of its alignment
     * @return how many of them, from the first on, read back as zero
     * @throws HalException.OutcomeUnknown when it could not all be mapped
     */
    public static long wipe(Path device, long bytes) throws HalException {
        LibC libc = LibC.load();
        LibC.Called opened = libc.attempt("open", device.toString(), NativeLayout.O_RDWR | NativeLayout.O_CLOEXEC);
        int descriptor = (int) opened.answer();
        if (descriptor < 0) {
            throw new HalException.Unavailable(
                    device.toString(), "open", Errno.name(opened.errno()), "let the daemon open it: run it as root");
        }
        try {
            for (long at = 0; at < bytes; at += PIECE_BYTES) {
                Piece piece = Piece.map(libc, device, descriptor, at, Math.min(PIECE_BYTES, bytes - at));
                piece.memory().setMemory(0, piece.bytes(), (byte) 0);
                piece.unmap(libc);
            }
            return zeroBytes(libc, device, descriptor, bytes);
        } finally {
            libc.attempt("close", descriptor);
        }
    }

    private static long zeroBytes(LibC libc, Path device, int descriptor, long bytes) throws HalException {
        byte[] buffer = new byte[BUFFER_BYTES];
        byte[] zeros = new byte[BUFFER_BYTES];
        long found = 0;
        boolean isZero = true;
        while (isZero && found < bytes) {
            Piece piece = Piece.map(libc, device, descriptor, found, Math.min(PIECE_BYTES, bytes - found));
            isZero = piece.isZero(buffer, zeros);
            piece.unmap(libc);
            found += isZero ? piece.bytes() : 0;
        }
        return found;
    }

    private record Piece(Pointer memory, long bytes) {
        static Piece map(LibC libc, Path device, int descriptor, long at, long bytes) throws HalException {
            int access = NativeLayout.PROT_READ | NativeLayout.PROT_WRITE;
            LibC.Called mapped =
                    libc.attempt("mmap", Pointer.NULL, bytes, access, NativeLayout.MAP_SHARED, descriptor, at);
            if (mapped.answer() == -1) {
                throw new HalException.OutcomeUnknown(
                        device.toString(), "map", Errno.name(mapped.errno()) + " at byte " + at, ADVICE);
            }
            return new Piece(new Pointer(mapped.answer()), bytes);
        }

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

        void unmap(LibC libc) throws HalException {
            libc.attempt("munmap", memory, bytes);
        }
    }
}
