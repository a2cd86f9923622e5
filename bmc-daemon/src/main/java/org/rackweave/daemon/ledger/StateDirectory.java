package org.rackweave.daemon.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The directory that one daemon keeps its state in, locked for as long as this is open. */
public final class StateDirectory implements AutoCloseable {
    private static final String LOCK_FILE = "lock";

    private final Path directory;
    private final FileChannel channel;
    private final FileLock lock;

    private StateDirectory(Path directory, FileChannel channel, FileLock lock) {
        this.directory = directory;
        this.channel = channel;
        this.lock = lock;
    }

    /** Makes it where it is not there, and takes it. */
    public static StateDirectory take(Path directory) throws LedgerException {
        Optional<StateDirectory> taken = takeIfFree(directory);
        if (taken.isEmpty()) {
            throw new LedgerException(
                    directory,
                    "in use by another rackweaved",
                    "stop that one, or give this one a state directory of its own (node.stateDir)");
        }
        return taken.get();
    }

    /** The same, but empty when another process has it. */
    public static Optional<StateDirectory> takeIfFree(Path directory) throws LedgerException {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            FileChannel channel =
                    FileChannel.open(directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            return Optional.of(new StateDirectory(directory, channel, lock));
        } catch (IOException e) {
            throw new LedgerException(
                    directory,
                    "cannot be written (" + e.getClass().getSimpleName() + ": " + e.getMessage() + ")",
                    "point node.stateDir at a writable directory that belongs to the daemon's user",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }

    public Path path() {
        return directory;
    }

    public Path file(String name) {
        return directory.resolve(name);
    }

    /** Writes a small file that other programs read; replaced as a whole, readable by its owner only. */
    public void publish(String name, String content) throws LedgerException {
        Path target = file(name);
        Path fresh = file(name + ".new");
        try {
            Files.writeString(fresh, content);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LedgerException(target, "cannot be written: " + e.getMessage(), "free some space there", e);
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException alreadyClosed) {
            // The kernel lets go of the lock with the process in any case.
        }
    }
}
