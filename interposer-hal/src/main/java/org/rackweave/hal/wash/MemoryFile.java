package org.rackweave.hal.wash;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory that this machine reaches as a file or block device: zeroed by writing, and read back. Character devices such as
 * {@code /dev/dax0.0} can only be mapped, which this does not do.
 */
public final class MemoryFile {
    /** Small enough for a daemon with a 32 MB heap, whose direct memory is bounded by the same number. */
    public static final int CHUNK_BYTES = 256 * 1024;

    /** What a read past the page cache must be aligned to on every file system that is known here. */
    private static final int ALIGNMENT_BYTES = 4096;

    private MemoryFile() {}

    /** Writes zeros over the first bytes, and waits until they have left this machine's cache. */
    public static void zero(Path file, long bytes) throws IOException {
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
