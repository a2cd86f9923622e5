package org.rackweave.sim.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.rackweave.hal.wash.MemoryFile;

/** The bytes of one device or part of one: a sparse file of fixed length, that hosts see under names of their own. */
public final class DeviceMemory {
    private final Path file;
    private final long lengthBytes;

    public DeviceMemory(Path file, long lengthBytes) {
        this.file = file;
        this.lengthBytes = lengthBytes;
    }

    public Path file() {
        return file;
    }

    /** Makes the file when it is not there, and finishes a creation, a wipe or a fence that a crash cut short. */
    public void open() throws IOException {
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
    public void takeFromHost() throws IOException {
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
    public void wipe() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
            extend(channel);
        }
    }

    /** Writes as a device does into its own registers. */
    public void writeAtStart(byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            writeAll(channel, ByteBuffer.wrap(bytes), 0);
        }
    }

    /** Leaves one byte behind in the middle, as a cell does that cannot be cleared. */
    public void leaveOneByte() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) 0xA5}), lengthBytes / 2);
        }
    }

    /** Reads every byte back; the answer is how many of them are zero. */
    public long zeroBytes() throws IOException {
        return MemoryFile.countZeros(file, lengthBytes);
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
        ByteBuffer chunk = MemoryFile.alignedChunk();
        ByteBuffer zeros = ByteBuffer.allocateDirect(MemoryFile.CHUNK_BYTES);
        try (FileChannel source = MemoryFile.openUncached(from);
                FileChannel target = FileChannel.open(to, StandardOpenOption.WRITE)) {
            long position = 0;
            while (source.read(chunk.clear()) >= 0) {
                chunk.flip();
                int length = chunk.remaining();
                if (!MemoryFile.isZero(chunk, zeros)) {
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
