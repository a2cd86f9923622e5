package org.rackweave.sim.cxl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.rackweave.hal.wash.MemoryFile;
import org.rackweave.sim.memory.DeviceMemory;

/**
 * The memory of a dynamic capacity device: one sparse file, and a file for each piece of capacity that hosts have, with the bytes of its
 * extents one after the other. A host sees that file beside its window, with the capacity's name behind it:
 *
 * <pre>
 * DIR/port8.mem                 all of the device
 * DIR/port8.mem.NAME            capacity that is given out
 * WINDOW-NAME                   the same, as the host sees it
 * </pre>
 *
 * <p>While a host has capacity, the bytes in the device's own file are those from before. They are put back when the last host
 * gave it up. A switch that is started again has taken everything back, and what hosts wrote since is lost: so it is with a device
 * that loses its power.
 */
final class CapacityFiles {
    private final Optional<DeviceMemory> device;
    private final SwitchMemory windows;

    /** A part of the device's memory, in bytes. */
    record Piece(long offset, long length) {}

    CapacityFiles(Optional<DeviceMemory> device, SwitchMemory windows) throws IOException {
        this.device = device;
        this.windows = windows;
        if (device.isPresent()) {
            deleteAll(device.get().file().resolveSibling(device.get().file().getFileName() + "."));
        }
    }

    /** A host sees it. */
    void show(String name, List<Piece> pieces, CxlSwitch.Place place) throws IOException {
        Optional<Path> window = windowOf(name, place);
        if (device.isPresent() && !Files.exists(live(name))) {
            gather(pieces, live(name));
        }
        if (device.isPresent() && window.isPresent()) {
            Path directory = window.get().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Files.deleteIfExists(window.get());
            Files.createLink(window.get(), live(name));
        }
    }

    /** A host sees it no more; what it mapped it keeps until {@link #putBack}, as another host may have the same. */
    void hide(String name, CxlSwitch.Place place) throws IOException {
        Optional<Path> window = windowOf(name, place);
        if (window.isPresent()) {
            Files.deleteIfExists(window.get());
        }
    }

    /** Takes it from whoever mapped it; the bytes stay. */
    void cut(String name, List<Piece> pieces) throws IOException {
        if (device.isPresent() && Files.exists(live(name))) {
            new DeviceMemory(live(name), lengthOf(pieces)).takeFromHost();
        }
    }

    /** No host has it any more: its bytes go back into the device. */
    void putBack(String name, List<Piece> pieces) throws IOException {
        if (device.isPresent() && Files.exists(live(name))) {
            cut(name, pieces);
            scatter(live(name), pieces);
            Files.delete(live(name));
        }
    }

    /** Makes zeros of what no host has. */
    void wipe(List<Piece> pieces) throws IOException {
        if (device.isEmpty()) {
            return;
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect(MemoryFile.CHUNK_BYTES);
        try (FileChannel target =
                FileChannel.open(device.get().file(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (Piece piece : pieces) {
                for (long at = 0; at < piece.length(); at += MemoryFile.CHUNK_BYTES) {
                    int length = (int) Math.min(MemoryFile.CHUNK_BYTES, piece.length() - at);
                    put(target, zeros.clear().limit(length), piece.offset() + at);
                }
            }
        }
    }

    private void gather(List<Piece> pieces, Path to) throws IOException {
        new DeviceMemory(to, lengthOf(pieces)).open();
        try (FileChannel source = FileChannel.open(device.orElseThrow().file(), StandardOpenOption.READ);
                FileChannel target = FileChannel.open(to, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long at = 0;
            for (Piece piece : pieces) {
                copy(source, piece.offset(), target, at, piece.length());
                at += piece.length();
            }
        }
    }

    private void scatter(Path from, List<Piece> pieces) throws IOException {
        try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel target = FileChannel.open(
                        device.orElseThrow().file(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long at = 0;
            for (Piece piece : pieces) {
                copy(source, at, target, piece.offset(), piece.length());
                at += piece.length();
            }
        }
    }

    private static void copy(FileChannel source, long from, FileChannel target, long to, long length)
            throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(MemoryFile.CHUNK_BYTES);
        for (long at = 0; at < length; at += MemoryFile.CHUNK_BYTES) {
            chunk.clear().limit((int) Math.min(MemoryFile.CHUNK_BYTES, length - at));
            fill(source, chunk, from + at);
            put(target, chunk.flip(), to + at);
        }
    }

    /** Writes only what is another than before, so that a sparse file stays sparse. */
    private static void put(FileChannel target, ByteBuffer bytes, long at) throws IOException {
        ByteBuffer before = ByteBuffer.allocateDirect(bytes.remaining());
        fill(target, before, at);
        if (before.flip().equals(bytes)) {
            return;
        }
        long to = at;
        while (bytes.hasRemaining()) {
            to += target.write(bytes, to);
        }
    }

    private static void fill(FileChannel source, ByteBuffer bytes, long from) throws IOException {
        long at = from;
        while (bytes.hasRemaining()) {
            int count = source.read(bytes, at);
            if (count < 0) {
                throw new IOException("the memory of a device ends at " + at);
            }
            at += count;
        }
    }

    private static long lengthOf(List<Piece> pieces) {
        return pieces.stream().mapToLong(Piece::length).sum();
    }

    private Path live(String name) {
        Path file = device.orElseThrow().file();
        return file.resolveSibling(file.getFileName() + "." + name);
    }

    private Optional<Path> windowOf(String name, CxlSwitch.Place place) {
        return windows.window(place).map(window -> window.resolveSibling(window.getFileName() + "-" + name));
    }

    /** Deletes every file whose name starts as this one's. */
    static void deleteAll(Path start) throws IOException {
        Path directory = start.getParent();
        Path name = start.getFileName();
        if (directory == null || name == null || !Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                directory, file -> file.getFileName().toString().startsWith(name.toString()))) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }
}
