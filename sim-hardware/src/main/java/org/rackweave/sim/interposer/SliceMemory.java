package org.rackweave.sim.interposer;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The bytes of one slice: a sparse file of fixed length. */
final class SliceMemory {
    /** Small enough for a daemon with a 32 MB heap, whose direct memory is bounded by the same number. */
    private static final int CHUNK_BYTES = 256 * 1024;

    /** What a read past the page cache must be aligned to on every file system that is known here. */
    private static final int ALIGNMENT_BYTES = 4096;

    private final Path file;
    private final long lengthBytes;

    SliceMemory(Path file, long lengthBytes) {
        this.file = file;
        this.lengthBytes = lengthBytes;
    }

    Path file() {
        return file;
    }

    /** Makes the file when it is not there, and finishes a creation, a wipe or a fence that a crash cut short. */
    void open() throws IOException {
        if (!Files.exists(file)) {
            create(file);
        } else if (Files.size(file) == 0) {
            // Killed after the blocks were freed and before the length was set: all of it is zero, as it was to be.
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                extend(channel);
            }
        }
        long found = Files.size(file);
        if (found != lengthBytes) {
            throw new IOException(file + " has " + found + " bytes, not the configured " + lengthBytes);
        }
        Files.deleteIfExists(besideForCopy());
        if (Files.exists(besideForOld()) && !Files.isSameFile(file, besideForOld())) {
            cutToNothing(besideForOld());
        }
    }

    /**
     * Gives the slice a new file with the same bytes, then cuts the old one to nothing, so that whoever mapped it gets a
     * bus error from now on. The old file keeps a second name until it is cut: a crash in between leaves it to be found.
     */
    void takeFromHost() throws IOException {
        Path old = besideForOld();
        if (Files.exists(old) && !Files.isSameFile(file, old)) {
            cutToNothing(old);
            return;
        }
        if (!Files.exists(old)) {
            Files.createLink(old, file);
        }
        copyBytes(file, besideForCopy());
        Files.move(besideForCopy(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        cutToNothing(old);
    }

    /** Frees every block of the file, so that all of it reads as zero. */
    void wipe() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
            extend(channel);
        }
    }

    /** Writes as a device does into its own registers. */
    void writeAtStart(byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            writeAll(channel, ByteBuffer.wrap(bytes), 0);
        }
    }

    /** Leaves one byte behind in the middle, as a cell does that cannot be cleared. */
    void leaveOneByte() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) 0xA5}), lengthBytes / 2);
        }
    }

    /** Reads every byte back; the answer is how many of them are zero. */
    long zeroBytes() throws IOException {
        ByteBuffer chunk = alignedChunk();
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long zeroBytes = 0;
        try (FileChannel channel = openUncached(file)) {
            while (channel.read(chunk.clear()) >= 0) {
                chunk.flip();
                zeroBytes += isZero(chunk, zeros) ? chunk.remaining() : countZeros(chunk);
            }
        }
        return zeroBytes;
    }

    /**
     * Opens a file to be read past the page cache where the file system allows it. Reading a hole of 1 GiB takes 40 ms like
     * that; through the cache it takes 140 ms and fills the machine's memory with zeros. Pages that a host has changed are
     * written before they are read, so that nothing is missed.
     */
    private static FileChannel openUncached(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
        } catch (UnsupportedOperationException | FileSystemException notHere) {
            return FileChannel.open(path, StandardOpenOption.READ);
        }
    }

    private static ByteBuffer alignedChunk() {
        return ByteBuffer.allocateDirect(CHUNK_BYTES + ALIGNMENT_BYTES)
                .alignedSlice(ALIGNMENT_BYTES)
                .slice(0, CHUNK_BYTES);
    }

    private void create(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            extend(channel);
        }
    }

    private void extend(FileChannel channel) throws IOException {
        // The channel's truncate() never lengthens a file; one written byte at the end does, and leaves the rest a
        // hole.
        channel.write(ByteBuffer.wrap(new byte[1]), lengthBytes - 1);
    }

    private void copyBytes(Path from, Path to) throws IOException {
        Files.deleteIfExists(to);
        create(to);
        ByteBuffer chunk = alignedChunk();
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try (FileChannel source = openUncached(from);
                FileChannel target = FileChannel.open(to, StandardOpenOption.WRITE)) {
            long position = 0;
            while (source.read(chunk.clear()) >= 0) {
                chunk.flip();
                int length = chunk.remaining();
                if (!isZero(chunk, zeros)) {
                    writeAll(target, chunk, position);
                }
                position += length;
            }
        }
    }

    private static void writeAll(FileChannel target, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += target.write(bytes, at);
        }
    }

    private static boolean isZero(ByteBuffer chunk, ByteBuffer zeros) {
        return chunk.mismatch(zeros.clear().limit(chunk.remaining())) < 0;
    }

    private static long countZeros(ByteBuffer chunk) {
        long zeros = 0;
        for (int i = chunk.position(); i < chunk.limit(); i++) {
            zeros += chunk.get(i) == 0 ? 1 : 0;
        }
        return zeros;
    }

    private static void cutToNothing(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        Files.delete(path);
    }

    private Path besideForOld() {
        return file.resolveSibling(file.getFileName() + ".fenced");
    }

    private Path besideForCopy() {
        return file.resolveSibling(file.getFileName() + ".copy");
    }
}
