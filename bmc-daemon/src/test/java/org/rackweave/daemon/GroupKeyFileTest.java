package org.rackweave.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackId;

/** Which group keys a daemon starts with. */
class GroupKeyFileTest {
    private static final RackId RACK = new RackId(7, 7);
    private static final GroupKey ENTRY = GroupKey.of(1, new byte[GroupKey.KEY_BYTES]);

    @TempDir
    private Path temp;

    @Test
    void aNodeStartsWithWhatItKeptAndElseWithTheKeyOfItsIdentity() throws Exception {
        GroupKeyFile file = at(Instant.ofEpochMilli(1_000));
        List<MadeKey> first = file.kept(ENTRY);
        assertThat(first).containsExactly(MadeKey.first(ENTRY, RACK));
        assertThat(file.ageMillis(first)).as("nobody knows").isZero();
        MadeKey made = file.make(3, 2);
        file.keep(List.of(first.get(0), made));
        assertThat(at(Instant.ofEpochMilli(61_000)).kept(ENTRY)).containsExactly(first.get(0), made);
        assertThat(at(Instant.ofEpochMilli(61_000)).ageMillis(List.of(first.get(0), made)))
                .isEqualTo(60_000);
        assertThat(at(Instant.EPOCH).ageMillis(List.of(made)))
                .as("a clock that went back")
                .isZero();
    }

    @Test
    void aDamagedFileStopsNoDaemon() throws Exception {
        Files.writeString(temp.resolve(MadeKey.FILE), "rackweave-group-keys 1\nhello\n");
        assertThat(at(Instant.EPOCH).kept(ENTRY)).containsExactly(MadeKey.first(ENTRY, RACK));
    }

    private GroupKeyFile at(Instant now) {
        return new GroupKeyFile(temp.resolve(MadeKey.FILE), RACK, new NodeId(0, 1), new SecureRandom(), () -> now);
    }
}
