package org.rackweave.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.rackweave.crypto.RackTrust;
import org.rackweave.crypto.RevocationList;
import org.rackweave.daemon.conductor.RevocationShelf;

/** The newest list of revoked members, in the state directory, and at the one place where certificates are judged. */
record RevocationFile(Path file, RackTrust trust) implements RevocationShelf {
    @Override
    public Optional<RevocationList> read(byte[] signed) {
        return RevocationList.read(signed, trust);
    }

    @Override
    public void keep(RevocationList list, byte[] signed) throws IOException {
        trust.revoke(list);
        RevocationList.store(file, signed);
    }
}
