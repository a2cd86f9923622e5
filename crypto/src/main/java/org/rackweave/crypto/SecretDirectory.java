package org.rackweave.crypto;

import static org.rackweave.crypto.IdentityException.Reason.ALREADY_EXISTS;
import static org.rackweave.crypto.IdentityException.Reason.INPUT_OUTPUT;
import static org.rackweave.crypto.IdentityException.Reason.MALFORMED;
import static org.rackweave.crypto.IdentityException.Reason.MISSING;
import static org.rackweave.crypto.IdentityException.Reason.PERMISSIONS;
import static org.rackweave.crypto.IdentityException.Reason.WRONG_OWNER;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A directory that holds secrets: made whole or not at all, and read only while nobody else can touch it.
 *
 * <p>It is built under a temporary name beside its place and renamed: a crash leaves either the finished directory or
 * none, and a rename onto a directory with anything in it fails, so no key is ever overwritten. Every file is created
 * with its final permissions, so there is no moment at which others could open it.
 */
final class SecretDirectory {
    /** No file of an identity comes near this; a larger one is a mistake that must not fill a card's memory. */
    static final int MAX_FILE_BYTES = 64 * 1024;

    private static final int OTHERS_ANY = 0077;
    private static final int OTHERS_WRITE = 0022;
    private static final int PERMISSION_BITS = 07777;

    /** A file to be: its name, whether it is secret, the ASCII text in it. */
    record NewFile(String name, Secrecy secrecy, String content) {}

    /** Who may look at a file. */
    enum Secrecy {
        SECRET("rw-------", OTHERS_ANY, "600"),
        PUBLIC("rw-r--r--", OTHERS_WRITE, "644");

        private final String creationMode;
        private final int forbiddenBits;
        private final String advisedMode;

        Secrecy(String creationMode, int forbiddenBits, String advisedMode) {
            this.creationMode = creationMode;
            this.forbiddenBits = forbiddenBits;
            this.advisedMode = advisedMode;
        }
    }

    private final Path path;
    private final long userId;

    private SecretDirectory(Path path, long userId) {
        this.path = path;
        this.userId = userId;
    }

    /** Opens a directory that belongs to this process's user and that nobody else may enter. */
    static SecretDirectory open(Path path) throws IdentityException {
        return open(path, ownUserId(path));
    }

    static SecretDirectory open(Path path, long userId) throws IdentityException {
        if (!Files.exists(path)) {
            throw new IdentityException(MISSING, path, "there is no such directory", "check the path, or issue one");
        }
        if (!Files.isDirectory(path)) {
            throw new IdentityException(
                    MALFORMED, path, "this is not a directory", "name the directory, not a file in it");
        }
        requireTight(path, userId, OTHERS_ANY, "700");
        return new SecretDirectory(path, userId);
    }

    /** Builds {@code path} with these files, all synced, or fails and leaves nothing. */
    static void create(Path path, List<NewFile> files, SecureRandom random) throws IdentityException {
        Path target = path.toAbsolutePath().normalize();
        Path parent = target.resolveSibling("").normalize();
        if (isOccupied(target)) {
            throw new IdentityException(
                    ALREADY_EXISTS, path, "something is here already", "name another directory, or move this one away");
        }
        Path building = target.resolveSibling("." + target.getFileName() + ".new-" + suffix(random));
        try {
            Files.createDirectories(parent);
            Files.createDirectory(
                    building, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            for (NewFile file : files) {
                write(building.resolve(file.name()), file);
            }
            sync(building);
            Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
            sync(parent);
        } catch (IOException | UnsupportedOperationException e) {
            discard(building);
            throw notWritten(path, parent, e);
        }
    }

    /** Where {@code name} is in this directory. */
    Path file(String name) {
        return path.resolve(name);
    }

    /** Reads a file after its owner and permissions were found good. */
    byte[] read(String name, Secrecy secrecy) throws IdentityException {
        Path file = path.resolve(name);
        if (!Files.exists(file)) {
            throw new IdentityException(
                    MISSING, file, "there is no such file", "issue the identity again, or restore it");
        }
        requireTight(file, userId, secrecy.forbiddenBits, secrecy.advisedMode);
        return readBounded(file);
    }

    /** Whether there is such a file. */
    boolean holds(String name) {
        return Files.exists(path.resolve(name));
    }

    /** Puts a file in the place of the one of its name: a crash leaves the one or the other. */
    void replace(NewFile file) throws IdentityException {
        Path place = path.resolve(file.name());
        try {
            replace(place, file.content().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw notWritten(place, e);
        }
    }

    /** Removes a file, if it is there, and returns when that is on the disk. */
    void remove(String name) throws IdentityException {
        Path place = path.resolve(name);
        try {
            Files.deleteIfExists(place);
            sync(path);
        } catch (IOException e) {
            throw notWritten(place, e);
        }
    }

    /** Reads a secret file, wherever it is, after its owner and permissions were found good. */
    static byte[] readSecret(Path file) throws IdentityException {
        requireTight(file, ownUserId(file), Secrecy.SECRET.forbiddenBits, Secrecy.SECRET.advisedMode);
        return readBounded(file);
    }

    /** Adds a line to a log file of this directory and returns when it is on the disk. */
    void append(String name, byte[] line) throws IdentityException {
        Path file = path.resolve(name);
        try (FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), mode(Secrecy.SECRET))) {
            writeFully(channel, line);
            channel.force(true);
        } catch (IOException e) {
            throw notWritten(file, e);
        }
    }

    private static IdentityException notWritten(Path file, IOException cause) {
        return new IdentityException(
                INPUT_OUTPUT, file, "cannot be written: " + cause.getMessage(), "check space and permissions", cause);
    }

    static byte[] readBounded(Path file) throws IdentityException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(MAX_FILE_BYTES + 1);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // A read may stop short; the loop ends at the end of the file or of the buffer.
            }
            if (!buffer.hasRemaining()) {
                throw new IdentityException(
                        MALFORMED, file, "is larger than " + MAX_FILE_BYTES + " bytes", "restore the right file");
            }
            byte[] content = new byte[buffer.flip().remaining()];
            buffer.get(content);
            return content;
        } catch (IOException e) {
            throw new IdentityException(
                    INPUT_OUTPUT, file, "cannot be read: " + e.getMessage(), "run as the user that owns it", e);
        }
    }

    /** Writes beside, syncs and renames: a crash leaves the old content or the new one, never a part. */
    static void replace(Path file, byte[] content) throws IOException {
        Path building = file.resolveSibling(file.getFileName() + ".new");
        Set<StandardOpenOption> fresh =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(building, fresh, mode(Secrecy.SECRET))) {
            writeFully(channel, content);
            channel.force(true);
        }
        Files.move(building, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(file.resolveSibling("").normalize());
    }

    /** Makes a rename or a creation in {@code directory} survive a power cut. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static void writeFully(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static void write(Path file, NewFile content) throws IOException {
        Set<StandardOpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, fresh, mode(content.secrecy()))) {
            writeFully(channel, content.content().getBytes(StandardCharsets.US_ASCII));
            channel.force(true);
        }
    }

    private static FileAttribute<?> mode(Secrecy secrecy) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(secrecy.creationMode));
    }

    private static void requireTight(Path path, long userId, int forbiddenBits, String advisedMode)
            throws IdentityException {
        try {
            int mode = (Integer) Files.getAttribute(path, "unix:mode") & PERMISSION_BITS;
            if ((mode & forbiddenBits) != 0) {
                throw new IdentityException(
                        PERMISSIONS,
                        path,
                        String.format(Locale.ROOT, "has mode %04o, which lets other users at it", mode),
                        "run: chmod " + advisedMode + " " + quoted(path)
                                + (forbiddenBits == OTHERS_ANY ? " (and consider the key inside as seen)" : ""));
            }
            long owner = ((Number) Files.getAttribute(path, "unix:uid")).longValue();
            if (owner != userId) {
                throw new IdentityException(
                        WRONG_OWNER,
                        path,
                        "belongs to user " + owner + ", but this process runs as user " + userId,
                        "run: chown " + userId + " " + quoted(path));
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new IdentityException(
                    INPUT_OUTPUT,
                    path,
                    "its permissions cannot be read: " + e.getMessage(),
                    "use a POSIX file system",
                    e);
        }
    }

    /** The kernel shows each process's own directory under /proc as its user's; Java has no call that says it. */
    private static long ownUserId(Path path) throws IdentityException {
        try {
            return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
        } catch (IOException | UnsupportedOperationException e) {
            throw new IdentityException(
                    INPUT_OUTPUT, path, "cannot tell who owns it: /proc is not readable", "mount /proc", e);
        }
    }

    private static boolean isOccupied(Path target) throws IdentityException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(target)) {
            return entries.iterator().hasNext();
        } catch (IOException e) {
            throw new IdentityException(
                    INPUT_OUTPUT, target, "cannot be read: " + e.getMessage(), "name another directory", e);
        }
    }

    private static IdentityException notWritten(Path path, Path parent, Exception cause) {
        boolean lostRace = cause instanceof FileSystemException && Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        return lostRace
                ? new IdentityException(
                        ALREADY_EXISTS,
                        path,
                        "something came to be here meanwhile, or this is a mount point",
                        "name another directory",
                        cause)
                : new IdentityException(
                        INPUT_OUTPUT,
                        path,
                        "cannot be made: " + cause.getMessage(),
                        "check space and permissions in " + parent,
                        cause);
    }

    private static void discard(Path building) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(building)) {
            for (Path entry : entries) {
                Files.deleteIfExists(entry);
            }
            Files.deleteIfExists(building);
        } catch (IOException e) {
            // Left behind, it is a directory that only its owner can enter; the failure that matters is on its way up.
            return;
        }
    }

    private static String suffix(SecureRandom random) {
        byte[] bytes = new byte[6];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }
}
