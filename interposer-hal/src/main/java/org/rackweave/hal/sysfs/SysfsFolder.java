package org.rackweave.hal.sysfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rackweave.hal.nativelinux.KernelErrors;

/**
 * The attributes below a folder of the file system: {@code /} for the machine itself.
 *
 * <p>A write that brings memory off line tries for ever while a page there cannot be moved, until the writer gets a signal. Closing a
 * channel gives it one, and the kernel then undoes what it had begun; so one thread sleeps here to close what took too long, a reading that
 * does not come back as well. It touches no hardware: the one that drives it is still the one that writes.
 */
final class SysfsFolder implements Attributes, KernelFolders {
    /** An attribute is a page; links and lists of ours are far shorter. */
    private static final int MOST_BYTES = 4096;

    /** An attribute asks its device: one that says nothing for so long hangs. What is asked for here takes no microsecond mostly. */
    private static final Duration READ_LIMIT = Duration.ofSeconds(10);

    private static final Comparator<String> KERNEL_ORDER =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    private final Path root;
    private final KernelErrors errors;
    private final Duration readLimit;
    private final ScheduledThreadPoolExecutor limits = new ScheduledThreadPoolExecutor(1, SysfsFolder::sleeper);

    SysfsFolder(Path root, KernelErrors errors) {
        this(root, errors, READ_LIMIT);
    }

    /** @param readLimit how long an attribute may take to answer */
    SysfsFolder(Path root, KernelErrors errors, Duration readLimit) {
        this.root = root;
        this.errors = errors;
        this.readLimit = readLimit;
        // Nearly all are cancelled, and would be kept until their time otherwise.
        limits.setRemoveOnCancelPolicy(true);
    }

    private static Thread sleeper(Runnable task) {
        Thread thread = new Thread(task, "sysfs limits");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public Optional<String> text(String path) throws KernelRefusal {
        try (FileChannel attribute = FileChannel.open(file(path), StandardOpenOption.READ)) {
            ScheduledFuture<?> stop =
                    limits.schedule(() -> closeNow(attribute), readLimit.toMillis(), TimeUnit.MILLISECONDS);
            try {
                return Optional.of(content(attribute));
            } finally {
                stop.cancel(false);
            }
        } catch (AsynchronousCloseException stopped) {
            throw new KernelRefusal(
                    KernelRefusal.Reason.FAULT,
                    path,
                    "read: not answered within " + readLimit.toMillis() + " ms: its device or driver hangs");
        } catch (IOException failed) {
            if (isAbsence(failed)) {
                return Optional.empty();
            }
            throw refusal(path, "read", failed);
        }
    }

    private static String content(FileChannel attribute) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
        while (bytes.hasRemaining() && attribute.read(bytes) >= 0) {
            // The kernel gives an attribute in one piece, and then its end.
        }
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString().strip();
    }

    @Override
    public List<String> names(String folder, Pattern wanted) throws KernelRefusal {
        try (Stream<Path> entries = Files.list(file(folder))) {
            return entries.map(
                            entry -> Objects.requireNonNull(entry.getFileName()).toString())
                    .filter(name -> wanted.matcher(name).matches())
                    .sorted(KERNEL_ORDER)
                    .toList();
        } catch (IOException failed) {
            if (isAbsence(failed)) {
                return List.of();
            }
            throw refusal(folder, "list", failed);
        }
    }

    @Override
    public Optional<String> place(String path) throws KernelRefusal {
        try {
            Path whole = root.toRealPath();
            return Optional.of("/" + whole.relativize(file(path).toRealPath()));
        } catch (IOException failed) {
            if (isAbsence(failed)) {
                return Optional.empty();
            }
            throw refusal(path, "follow", failed);
        }
    }

    @Override
    public void write(String path, String value, Duration limit) throws KernelRefusal {
        ByteBuffer bytes = ByteBuffer.wrap((value + "\n").getBytes(StandardCharsets.UTF_8));
        // Without truncating, a test's file would keep the end of a longer value; the kernel's do not mind.
        try (FileChannel attribute =
                FileChannel.open(file(path), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ScheduledFuture<?> stop =
                    limits.schedule(() -> closeNow(attribute), limit.toMillis(), TimeUnit.MILLISECONDS);
            try {
                // In one piece, or the kernel takes each piece for a value.
                attribute.write(bytes);
                if (bytes.hasRemaining()) {
                    throw new AsynchronousCloseException();
                }
            } finally {
                stop.cancel(false);
            }
        } catch (AsynchronousCloseException stopped) {
            throw new KernelRefusal(
                    KernelRefusal.Reason.STOPPED,
                    path,
                    "write " + value + ": not done within " + limit.toSeconds() + " s, and told to stop");
        } catch (IOException failed) {
            throw refusal(path, "write " + value, failed);
        }
    }

    @Override
    public void make(String path) throws KernelRefusal {
        try {
            Files.createDirectory(file(path));
        } catch (FileAlreadyExistsException there) {
            // As it is wanted.
        } catch (IOException failed) {
            throw refusal(path, "make", failed);
        }
    }

    @Override
    public void remove(String path) throws KernelRefusal {
        try {
            Files.deleteIfExists(file(path));
        } catch (IOException failed) {
            throw refusal(path, "remove", failed);
        }
    }

    private static void closeNow(FileChannel attribute) {
        try {
            attribute.close();
        } catch (IOException unlikely) {
            // The writer is told by the close itself, whatever it says.
        }
    }

    /** Below what is a file there is nothing either; most calls of the JDK have no exception of their own for that. */
    private boolean isAbsence(IOException failed) {
        if (failed instanceof NoSuchFileException || failed instanceof NotDirectoryException) {
            return true;
        }
        String said = failed instanceof FileSystemException inFileSystem
                ? String.valueOf(inFileSystem.getReason())
                : String.valueOf(failed.getMessage());
        return errors.name(said).filter("ENOTDIR"::equals).isPresent();
    }

    private KernelRefusal refusal(String path, String operation, IOException failed) {
        String said = failed instanceof FileSystemException inFileSystem && inFileSystem.getReason() != null
                ? inFileSystem.getReason()
                : String.valueOf(failed.getMessage());
        String name = failed instanceof NoSuchFileException
                ? "ENOENT"
                : failed instanceof AccessDeniedException
                        ? "EACCES"
                        : errors.name(said).orElse(said);
        return new KernelRefusal(reason(name), path, operation + ": " + name);
    }

    private static KernelRefusal.Reason reason(String name) {
        return switch (name) {
            case "EBUSY" -> KernelRefusal.Reason.BUSY;
            case "EPERM", "EACCES", "EROFS" -> KernelRefusal.Reason.DENIED;
            case "ENOENT", "ENODEV" -> KernelRefusal.Reason.ABSENT;
            case "EINVAL", "ERANGE" -> KernelRefusal.Reason.INVALID;
            case "ENOSPC", "ENOMEM" -> KernelRefusal.Reason.NO_ROOM;
            case "EIO", "ENXIO" -> KernelRefusal.Reason.FAULT;
            case "EINTR" -> KernelRefusal.Reason.STOPPED;
            default -> KernelRefusal.Reason.OTHER;
        };
    }

    private Path file(String path) {
        return root.resolve(path.substring(1));
    }

    @Override
    public void close() {
        limits.shutdownNow();
    }
}
