package org.rackweave.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.rackweave.crypto.RackTrust;
import org.rackweave.crypto.RevocationList;
import org.rackweave.daemon.conductor.RevocationShelf;
import org.rackweave.protocol.message.Carried;
import org.tinylog.Logger;

/**
 * The newest list of revoked members, in the state directory, and at the one place where certificates are judged.
 *
 * @param found what was on the disk when this node started, in the state directory or with the identity
 */
record RevocationFile(Path file, RackTrust trust, Optional<Carried> found) implements RevocationShelf {
    @Override
    public Optional<RevocationList> read(byte[] signed) {
        return RevocationList.read(signed, trust);
    }

    @Override
    public void keep(RevocationList list, byte[] signed) throws IOException {
        try {
            RevocationList.store(file, signed);
        } catch (IOException e) {
            // A list that a full disk would make forgotten could be replaced by an older one, which anybody may bring.
            if (!found.equals(Optional.of(Carried.of(signed)))) {
                throw e;
            }
            Logger.warn(
                    "{} cannot be written, and list {} holds as it was found: {}",
                    file,
                    list.number(),
                    String.valueOf(e.getMessage()));
        }
        trust.revoke(list);
    }
}
