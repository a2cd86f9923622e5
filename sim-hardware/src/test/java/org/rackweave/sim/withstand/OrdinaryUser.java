package org.rackweave.sim.withstand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who the daemons run as. A superuser may write what is read-only and read what is secret, so that a test that runs as one
 * starts its daemons as {@code nobody}.
 *
 * @param id of the user and of its group
 * @param prefix what a command line has to begin with to run as this user
 */
record OrdinaryUser(int id, List<String> prefix) {
    private static final int NOBODY = 65534;

    OrdinaryUser {
        prefix = List.copyOf(prefix);
    }

    static OrdinaryUser here() {
        int own = ownId();
        return own != 0
                ? new OrdinaryUser(own, List.of())
                : new OrdinaryUser(
                        NOBODY, List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
    }

    /** Gives a tree to this user, modes as they are. */
    void give(Path tree) {
        if (prefix.isEmpty()) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.toList()) {
                Files.setAttribute(path, "unix:uid", id, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", id, LinkOption.NOFOLLOW_LINKS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int ownId() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
