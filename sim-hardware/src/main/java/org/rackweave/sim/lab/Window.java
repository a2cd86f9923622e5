package org.rackweave.sim.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;

/**
 * The memory behind a window, or behind an owner's slice: mapped and touched as a program on a host does.
 *
 * @param file where it is
 */
public record Window(Path file) {
    /** A mark is at the start, in the middle and at the end. */
    private static final int MARKS = 3;

    private static final int MARK_BYTES = 64;
    private static final int CHUNK_BYTES = 16 << 20;

    public Window {
        Objects.requireNonNull(file);
    }

    /** Writes a mark at three places; it is text of at most {@value #MARK_BYTES} characters. */
    public void write(String mark) throws IOException {
        byte[] bytes = padded(mark);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long position : positions(channel.size())) {
                MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, position, MARK_BYTES);
                mapped.put(bytes);
                mapped.force();
            }
        }
    }

    /** At how many of the three places the mark is. */
    public int marksOf(String mark) throws IOException {
        ByteBuffer wanted = ByteBuffer.wrap(padded(mark));
        int found = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long position : positions(channel.size())) {
                MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, position, MARK_BYTES);
                found += mapped.equals(wanted) ? 1 : 0;
            }
        }
        return found;
    }

    /** How many marks {@link #write} leaves. */
    public static int marks() {
        return MARKS;
    }

    /** Reads every byte; the answer is how many are not zero. */
    public long nonZeroBytes() throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long nonZero = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long position = 0; position < channel.size(); position += CHUNK_BYTES) {
                long length = Math.min(CHUNK_BYTES, channel.size() - position);
                MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, position, length);
                if (mapped.mismatch(zeros.clear().limit((int) length)) >= 0) {
                    nonZero += countNonZero(mapped);
                }
            }
        }
        return nonZero;
    }

    private static long countNonZero(ByteBuffer bytes) {
        long nonZero = 0;
        for (int i = 0; i < bytes.limit(); i++) {
            nonZero += bytes.get(i) == 0 ? 0 : 1;
        }
        return nonZero;
    }

    private static List<Long> positions(long length) {
        return List.of(0L, length / 2, length - MARK_BYTES);
    }

    private static byte[] padded(String mark) {
        byte[] text = mark.getBytes(StandardCharsets.UTF_8);
        if (text.length > MARK_BYTES) {
            throw new IllegalArgumentException("a mark has at most " + MARK_BYTES + " bytes");
        }
        byte[] bytes = new byte[MARK_BYTES];
        System.arraycopy(text, 0, bytes, 0, text.length);
        return bytes;
    }
}
