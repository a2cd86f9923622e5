package org.rackweave.hal.sysfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;

/**
 * Which drives were given to the kernel's own driver to be wiped: a file each, by its address, that holds the name of the boot. An operator
 * may give a drive of the server's own the same {@code driver_override}, so that alone says nothing; and what a file of an earlier boot
 * speaks of, that boot's end has undone.
 */
final class WipeMarks {
    private static final String OPERATION = "mark as being wiped";

    private final Path folder;
    private final String bootId;

    /** @param folder where nobody but root writes; made when the first mark is */
    WipeMarks(Path folder, String bootId) {
        this.folder = folder;
        this.bootId = bootId;
    }

    boolean isMarked(PciAddress drive) throws HalException {
        try {
            return Files.readString(file(drive), StandardCharsets.US_ASCII).equals(bootId);
        } catch (NoSuchFileException absent) {
            return false;
        } catch (IOException failed) {
            throw failed(drive, failed);
        }
    }

    /** A mark that was half written when its process died is none: nothing was given to anybody by then. */
    void mark(PciAddress drive) throws HalException {
        try {
            Files.createDirectories(folder);
            Files.writeString(file(drive), bootId, StandardCharsets.US_ASCII);
        } catch (IOException failed) {
            throw failed(drive, failed);
        }
    }

    void unmark(PciAddress drive) throws HalException {
        try {
            Files.deleteIfExists(file(drive));
        } catch (IOException failed) {
            throw failed(drive, failed);
        }
    }

    private Path file(PciAddress drive) {
        return folder.resolve(drive.toString());
    }

    private HalException failed(PciAddress drive, IOException failed) {
        return new HalException.Unavailable(
                drive.toString(),
                OPERATION,
                file(drive) + ": " + failed.getMessage(),
                "run as root, with a " + folder + " that can be written (RuntimeDirectory= of the unit)");
    }
}
