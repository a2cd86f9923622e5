package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of two group keys is the newer one, and how a node keeps them. */
class MadeKeyTest {
    private static final RackId RACK = new RackId(7, 7);

    private static final NodeId MAKER = new NodeId(1, 2);

    @TempDir
    private Path temp;

    private static MadeKey key(long revocations, long number, int fill) {
        byte[] bytes = new byte[GroupKey.KEY_BYTES];
        java.util.Arrays.fill(bytes, (byte) fill);
        return new MadeKey(GroupKey.of(number, bytes), revocations, MAKER, 1_793_448_000_000L);
    }

    @Test
    void aNewerListOfRevocationsCountsBeforeTheNumberAndTheNumberBeforeTheHash() {
        List<KeyMark> oldestFirst = List.of(
                KeyMark.NONE,
                new KeyMark(0, 1, -1),
                new KeyMark(0, 2, 1),
                new KeyMark(0, 2, Long.MAX_VALUE),
                new KeyMark(0, 2, Long.MIN_VALUE),
                new KeyMark(0, GroupKey.LAST_NUMBER, 0),
                new KeyMark(1, 1, 0),
                new KeyMark(2, 1, 0));
        List<KeyMark> shuffled = new ArrayList<>(oldestFirst);
        Collections.shuffle(shuffled, new Random(7));
        Collections.sort(shuffled);
        assertThat(shuffled).isEqualTo(oldestFirst);
        assertThat(oldestFirst.get(1).isNewerThan(oldestFirst.get(1))).isFalse();
    }

    @Test
    void whatWasStoredIsReadBackAndNobodyElseCanReadIt() throws Exception {
        Path file = temp.resolve(MadeKey.FILE);
        assertThat(MadeKey.load(file, RACK)).isEmpty();
        List<MadeKey> keys = List.of(key(0, 1, 3), key(3, 8, 4));
        MadeKey.store(file, RACK, keys);
        assertThat(MadeKey.load(file, RACK)).contains(keys);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> MadeKey.load(file, RACK))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void noDamagedFileIsTakenForKeys() throws Exception {
        Path file = temp.resolve(MadeKey.FILE);
        MadeKey.store(file, RACK, List.of(key(0, 1, 3), key(3, 8, 4)));
        String good = Files.readString(file);
        List<String> bad = List.of(
                "",
                good.substring(0, good.length() - 1),
                good.replace("keys 1", "keys 2"),
                good.replace("3 8 ", "3 0 "),
                good.replace("3 8 ", "3 4294967296 "),
                good.replace("3 8 ", "3  8 "),
                good.replace("rack ", "rack 0"),
                good.replace("3 8 ", "9999999999999999999 8 "),
                good + good.lines().skip(2).findFirst().orElseThrow(),
                "rackweave-group-keys 1\n",
                good.lines().limit(2).collect(Collectors.joining("\n", "", "\n")));
        for (String each : bad) {
            Files.writeString(file, each);
            assertThatThrownBy(() -> MadeKey.load(file, RACK)).as(each).isInstanceOf(IdentityException.class);
        }
    }

    @Test
    void keysOfARackThatWasGivenUpAreNotTakenAlong() throws Exception {
        Path file = temp.resolve(MadeKey.FILE);
        MadeKey.store(file, RACK, List.of(key(0, 57, 3)));
        assertThat(MadeKey.load(file, new RackId(7, 8))).isEmpty();
    }

    @Test
    void whateverMayBeAKeyCanBeKept() throws Exception {
        Path file = temp.resolve(MadeKey.FILE);
        MadeKey last = new MadeKey(
                GroupKey.of(GroupKey.LAST_NUMBER, new byte[GroupKey.KEY_BYTES]),
                Long.MAX_VALUE,
                new NodeId(-1, -1),
                Long.MAX_VALUE);
        MadeKey.store(file, RACK, List.of(last));
        assertThat(MadeKey.load(file, RACK)).contains(List.of(last));
    }

    @Test
    void noTextOfAKeyShowsIt() {
        assertThat(key(3, 8, 4).toString()).doesNotContain("04040404").contains("8:");
    }
}
