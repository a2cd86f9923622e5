package org.rackweave.sim.lab.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.rackweave.sim.lab.LabFailure;

/** The least that something durable can cost: bytes appended to a file and synced. */
final class Fsync {
    private Fsync() {}

    static long nanos(Path file, byte[] content) throws LabFailure {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(content));
            long startNanos = System.nanoTime();
            channel.force(true);
            return System.nanoTime() - startNanos;
        } catch (IOException failed) {
            throw new LabFailure("cannot measure an fsync: " + failed.getMessage(), failed);
        }
    }
}
