package org.rackweave.daemon.conductor;

import java.io.IOException;
import java.util.List;
import org.rackweave.crypto.MadeKey;

/** Where group keys are drawn and kept. */
public interface GroupKeyShelf {
    /**
     * A fresh key of this node.
     *
     * @param revocations the number of the list of revocations that it is made under
     */
    MadeKey make(long revocations, long number);

    /**
     * These are found again after a restart: returns when they are on the disk.
     *
     * @param keys the one in use first
     * @throws IOException when they cannot be put there; then they hold until the daemon ends, and neighbours give them again
     */
    void keep(List<MadeKey> keys) throws IOException;
}
