package org.rackweave.daemon.conductor;

import java.io.IOException;
import java.util.Optional;
import org.rackweave.crypto.RevocationList;

/** Where the rack's list of revoked members is judged and kept. */
public interface RevocationShelf {
    /** Of a rack without an authority: nobody can be revoked. */
    RevocationShelf NONE = new RevocationShelf() {
        @Override
        public Optional<RevocationList> read(byte[] signed) {
            return Optional.empty();
        }

        @Override
        public void keep(RevocationList list, byte[] signed) {
            throw new IllegalStateException("nobody signs lists here");
        }
    };

    /** The list in these bytes, if this rack's authority signed it. */
    Optional<RevocationList> read(byte[] signed);

    /**
     * Nobody on it is believed from now on, and after a restart: returns when it is on the disk.
     *
     * @throws IOException when it cannot be put there; then it holds until the daemon ends, as a full disk must let no thief in
     */
    void keep(RevocationList list, byte[] signed) throws IOException;
}
