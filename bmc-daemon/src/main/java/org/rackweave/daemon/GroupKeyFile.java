package org.rackweave.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackId;
import org.rackweave.daemon.conductor.GroupKeyShelf;
import org.tinylog.Logger;

/** The group keys of this node, in its state directory. */
record GroupKeyFile(Path file, RackId rack, NodeId maker, SecureRandom random, InstantSource wall)
        implements GroupKeyShelf {
    @Override
    public MadeKey make(long revocations, long number) {
        return new MadeKey(GroupKey.generate(number, random), revocations, maker, Math.max(0, wall.millis()));
    }

    @Override
    public void keep(List<MadeKey> keys) throws IOException {
        MadeKey.store(file, rack, keys);
    }

    /** What was kept; the key of the identity where nothing was, or nothing that can be read: neighbours have the newest. */
    List<MadeKey> kept(GroupKey entry) {
        List<MadeKey> first = List.of(MadeKey.first(entry, rack));
        try {
            return MadeKey.load(file, rack).orElse(first);
        } catch (IdentityException e) {
            Logger.warn("{}", e.getMessage());
            return first;
        }
    }

    /** How old the newest of these is by the wall clock; 0 when nobody knows. */
    long ageMillis(List<MadeKey> kept) {
        long madeAtMillis = kept.get(kept.size() - 1).madeAtMillis();
        return madeAtMillis == 0 ? 0 : Math.max(0, wall.millis() - madeAtMillis);
    }
}
