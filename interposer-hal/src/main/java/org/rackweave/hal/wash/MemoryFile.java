package org.rackweave.hal.wash;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.DaxFile;

/**
 * Memory that this machine reaches as a file or block device: zeroed by writing, and read back. A character device such as {@code
 * /dev/dax0.0} is only read back, by mapping it: what is written through a mapping stays in the processor's caches until something flushes
 * them, and memory that is taken from this machine before is not zero.
 */
public final class MemoryFile {
    /** Small enough for a daemon with a 32 MB heap, whose direct memory is bounded by the same number. */
    public static final int CHUNK_BYTES = 256 * 1024;

    /** What a read past the page cache must be aligned to on every file system that is known here. */
    private static final int ALIGNMENT_BYTES = 4096;

    /** {@code S_IFMT} and {@code S_IFCHR} of a file's mode. */
    private static final int FILE_TYPE = 0xF000;

    private static final int CHARACTER_DEVICE = 0x2000;

    private MemoryFile() {}

    /** Writes zeros over the first bytes, and waits until they have left this machine's cache. */
    public static void zero(Path file, long bytes) throws IOException {
        if (isCharacterDevice(file)) {
            throw new IOException(
                    file + " can only be mapped, and zeros written so may not have reached the memory when it is"
                            + " taken from here; let the device wipe itself, or show this machine the memory as a block device");
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long at = 0;
            while (at < bytes) {
                zeros.clear().limit((int) Math.min(CHUNK_BYTES, bytes - at));
                at += channel.write(zeros, at);
            }
            channel.force(false);
        }
    }

    /** Reads the first bytes back; the answer is how many of them are there and zero. */
    public static long countZeros(Path file, long bytes) throws IOException {
        return isCharacterDevice(file) ? countMapped(file, bytes) : countRead(file, bytes);
    }

    private static boolean isCharacterDevice(Path file) throws IOException {
        return ((int) Files.getAttribute(file, "unix:mode") & FILE_TYPE) == CHARACTER_DEVICE;
    }

    private static long countMapped(Path file, long bytes) throws IOException {
        try {
            return DaxFile.countZeros(file, bytes);
        } catch (HalException failed) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    private static long countRead(Path file, long bytes) throws IOException {
        ByteBuffer chunk = alignedChunk();
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long counted = 0;
        try (FileChannel channel = openUncached(file)) {
            long at = 0;
            while (at < bytes && channel.read(chunk.clear()) >= 0) {
                chunk.flip();
                chunk.limit((int) Math.min(chunk.limit(), bytes - at));
                at += chunk.remaining();
                counted += isZero(chunk, zeros) ? chunk.remaining() : zerosIn(chunk);
            }
        }
        return counted;
    }

    /**
     * Opens a file to be read past the page cache where the file system allows it. Reading a hole of 1 GiB takes 40 ms like
     * that; through the cache it takes 140 ms and fills the machine's memory with zeros. Pages that a host has changed are
     * written before they are read, so that nothing is missed.
     */
    public static FileChannel openUncached(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
        } catch (UnsupportedOperationException | FileSystemException notHere) {
            return FileChannel.open(path, StandardOpenOption.READ);
        }
    }

    /** A buffer that {@link #openUncached} can be read into. */
    public static ByteBuffer alignedChunk() {
        return ByteBuffer.allocateDirect(CHUNK_BYTES + ALIGNMENT_BYTES)
                .alignedSlice(ALIGNMENT_BYTES)
                .slice(0, CHUNK_BYTES);
    }

    /** @param zeros a buffer of {@link #CHUNK_BYTES} zeros */
    public static boolean isZero(ByteBuffer chunk, ByteBuffer zeros) {
        return chunk.mismatch(zeros.clear().limit(chunk.remaining())) < 0;
    }

    private static long zerosIn(ByteBuffer chunk) {
        long zeros = 0;
        for (int i = chunk.position(); i < chunk.limit(); i++) {
            zeros += chunk.get(i) == 0 ? 1 : 0;
        }
        return zeros;
    }
}
