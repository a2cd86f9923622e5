package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VersionedTest {
    private static final int SEEDS = Integer.getInteger("rackweave.tries", 50);
    private static final Comparator<Integer> ORDER = Comparator.naturalOrder();

    /** One version and what is to be in it. */
    private record Version(Versioned<Integer, String> map, TreeMap<Integer, String> wanted) {}

    @Test
    void everyVersionKeepsWhatItHadWhateverBecomesOfTheOthers() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Version> versions = new ArrayList<>();
            versions.add(new Version(Versioned.empty(ORDER), new TreeMap<>()));
            for (int i = 0; i < 400; i++) {
                // Mostly onward from the newest, at times from any that there was.
                int from = random.nextInt(10) == 0 ? random.nextInt(versions.size()) : versions.size() - 1;
                versions.add(changed(versions.get(from), random));
            }
            versions.forEach(VersionedTest::requireAsWanted);
        }
    }

    @Test
    void keysThatComeInOrderDoNotMakeItDeep() {
        Versioned<Integer, String> map = Versioned.empty(ORDER);
        for (int i = 0; i < 4_096; i++) {
            map = map.with(i, "");
        }
        // An AVL tree is at most 1.44 times as deep as a full one.
        assertThat(map.depth()).isBetween(12, 18);
        for (int i = 0; i < 4_000; i++) {
            map = map.without(i);
        }
        assertThat(map.depth()).isBetween(6, 10);
    }

    @Test
    void whatIsNotThereIsTakenOutWithoutAnotherVersion() {
        Versioned<Integer, String> map = Versioned.<Integer, String>empty(ORDER).with(1, "a");
        assertThat(map.without(2)).isSameAs(map);
    }

    private static Version changed(Version before, Random random) {
        int key = random.nextInt(64);
        TreeMap<Integer, String> wanted = new TreeMap<>(before.wanted());
        if (random.nextInt(3) == 0) {
            wanted.remove(key);
            return new Version(before.map().without(key), wanted);
        }
        String value = Integer.toString(random.nextInt());
        wanted.put(key, value);
        return new Version(before.map().with(key, value), wanted);
    }

    private static void requireAsWanted(Version version) {
        // An AVL tree of so many is no deeper than this.
        assertThat((double) version.map().depth())
                .isLessThanOrEqualTo(1.4405 * Math.log(version.wanted().size() + 2) / Math.log(2));
        assertThat(version.map().values())
                .containsExactlyElementsOf(version.wanted().values());
        for (int key = -1; key <= 64; key++) {
            assertThat(version.map().get(key)).isEqualTo(version.wanted().get(key));
            int bound = key;
            List<String> below = new ArrayList<>();
            version.map().until(each -> each >= bound, below::add);
            assertThat(version.map().from(key)).isEqualTo(version.wanted().ceilingKey(key));
            assertThat(below)
                    .containsExactlyElementsOf(version.wanted().headMap(bound).values());
        }
        Map.Entry<Integer, String> first = version.wanted().firstEntry();
        assertThat(version.map().first()).isEqualTo(first == null ? null : first.getKey());
    }
}
