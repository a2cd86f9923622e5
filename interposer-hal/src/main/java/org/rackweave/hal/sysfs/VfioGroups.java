package org.rackweave.hal.sysfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalInt;
import org.rackweave.hal.nativelinux.KernelErrors;

/** {@code /dev/vfio/N}: whoever may open it has the functions of IOMMU group N. The kernel lets one program have it open at a time. */
interface VfioGroups {
    /** The user that may open it, beside root; empty while no function of the group has {@code vfio-pci}. */
    OptionalInt owner(int group) throws KernelRefusal;

    /** Lets this user open it, and nobody else but root. */
    void give(int group, int user) throws KernelRefusal;

    /** Whether a program has it open. */
    boolean isOpen(int group) throws KernelRefusal;

    /** Those of the machine itself; its files are to be this process's to change. */
    static VfioGroups ofThisMachine(Path folder, KernelErrors errors) {
        return new VfioGroups() {
            @Override
            public OptionalInt owner(int group) throws KernelRefusal {
                try {
                    return OptionalInt.of((Integer) Files.getAttribute(file(group), "unix:uid"));
                } catch (NoSuchFileException absent) {
                    return OptionalInt.empty();
                } catch (IOException failed) {
                    throw refusal(group, "read owner", failed);
                }
            }

            @Override
            public void give(int group, int user) throws KernelRefusal {
                try {
                    Files.setAttribute(file(group), "unix:mode", 0600);
                    Files.setAttribute(file(group), "unix:uid", user);
                } catch (IOException failed) {
                    throw refusal(group, "give to user " + user, failed);
                }
            }

            @Override
            public boolean isOpen(int group) throws KernelRefusal {
                try (FileChannel mine =
                        FileChannel.open(file(group), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    return !mine.isOpen();
                } catch (FileSystemException refused) {
                    if (errors.name(String.valueOf(refused.getReason()))
                            .filter("EBUSY"::equals)
                            .isPresent()) {
                        return true;
                    }
                    throw refusal(group, "open", refused);
                } catch (IOException failed) {
                    throw refusal(group, "open", failed);
                }
            }

            private Path file(int group) {
                return folder.resolve(Integer.toString(group));
            }

            private KernelRefusal refusal(int group, String operation, IOException failed) {
                return new KernelRefusal(
                        KernelRefusal.Reason.OTHER, file(group).toString(), operation + ": " + failed.getMessage());
            }
        };
    }
}
