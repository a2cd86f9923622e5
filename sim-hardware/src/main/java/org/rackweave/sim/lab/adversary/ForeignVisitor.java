package org.rackweave.sim.lab.adversary;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ScratchDirectory;

/**
 * Knocks at a daemon with a certificate that a rack of its own issued. It believes whatever the daemon shows, because the
 * daemon's judgement is what is to be seen.
 */
final class ForeignVisitor {
    private ForeignVisitor() {}

    static DtlsVisitor.Reception knockAt(int port) throws LabFailure {
        Path scratch = ScratchDirectory.create("rackweave-foreign-");
        try {
            InetSocketAddress daemon = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            return DtlsVisitor.knock(Optional.of(foreignIdentity(scratch)), daemon);
        } catch (IdentityException | IOException failed) {
            throw new LabFailure("cannot knock: " + failed.getMessage(), failed);
        } finally {
            ScratchDirectory.remove(scratch);
        }
    }

    /** Another rack's node, in form and in every check but one like a node of this one. */
    private static Identity foreignIdentity(Path scratch) throws IdentityException {
        Instant now = Instant.now();
        RackAuthority authority = RackAuthority.create(scratch.resolve("ca"), "elsewhere", now, new SecureRandom());
        authority.issue("b", Role.NODE, scratch.resolve("b"), now);
        return Identity.load(scratch.resolve("b"), now);
    }
}
