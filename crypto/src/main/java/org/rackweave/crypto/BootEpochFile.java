package org.rackweave.crypto;

import static org.rackweave.crypto.IdentityException.Reason.COUNTER_LOST;
import static org.rackweave.crypto.IdentityException.Reason.INPUT_OUTPUT;
import static org.rackweave.crypto.IdentityException.Reason.MALFORMED;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A number that grows with each start of the daemon and never goes back, in a synced file.
 *
 * <p>The file is text: {@code rackweave-boot-epoch 1}, {@code epoch <decimal>}, {@code check <CRC-32 of the two lines before,
 * 8 hexadecimal digits>}. Beside it stands an empty file with {@code .exists} at the end of its name: where that one is and
 * this one is not, the number was lost, and starting again at 1 would make neighbours drop everything that the node says.
 * The caller holds the lock of the state directory: two daemons never count at once.
 */
public final class BootEpochFile {
    private static final Pattern FORM =
            Pattern.compile("(rackweave-boot-epoch 1\nepoch (0|[1-9][0-9]{0,9})\n)check ([0-9a-f]{8})\n");

    private BootEpochFile() {}

    /** Counts one start: reads the number, adds one, and returns when the new one is on the disk. */
    public static long next(Path file) throws IdentityException {
        Path marker = file.resolveSibling(file.getFileName() + ".exists");
        long next = previous(file, marker) + 1;
        if (next > BootKey.MAX_EPOCH) {
            throw new IdentityException(
                    COUNTER_LOST, file, "is at its end", "issue this node a new identity and remove the file");
        }
        try {
            SecretDirectory.replace(file, text(next).getBytes(StandardCharsets.US_ASCII));
            if (!Files.exists(marker, LinkOption.NOFOLLOW_LINKS)) {
                SecretDirectory.replace(marker, new byte[0]);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new IdentityException(
                    INPUT_OUTPUT,
                    file,
                    "cannot be written: " + e.getMessage(),
                    "check that the state directory is writable and has space",
                    e);
        }
        return next;
    }

    private static long previous(Path file, Path marker) throws IdentityException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return parse(file, SecretDirectory.readBounded(file));
        }
        if (Files.exists(marker, LinkOption.NOFOLLOW_LINKS)) {
            throw new IdentityException(
                    COUNTER_LOST,
                    file,
                    "was here before and is gone",
                    "restore it with a number that is not lower than before, or issue this node a new identity and"
                            + " remove " + marker);
        }
        return 0;
    }

    private static long parse(Path file, byte[] content) throws IdentityException {
        Matcher matcher = FORM.matcher(new String(content, StandardCharsets.US_ASCII));
        if (!matcher.matches() || !matcher.group(3).equals(check(matcher.group(1)))) {
            throw new IdentityException(
                    MALFORMED,
                    file,
                    "is damaged, so the number of the last start is not known",
                    "restore it, or issue this node a new identity and remove the file and its .exists");
        }
        return Long.parseLong(matcher.group(2));
    }

    private static String text(long epoch) {
        String lines = "rackweave-boot-epoch 1\nepoch " + epoch + "\n";
        return lines + "check " + check(lines) + "\n";
    }

    private static String check(String lines) {
        CRC32 crc = new CRC32();
        crc.update(lines.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
