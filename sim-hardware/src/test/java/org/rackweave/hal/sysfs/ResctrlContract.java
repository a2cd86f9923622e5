package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.text.Schemata;

/**
 * What shares of caches and bandwidth are in every kernel. An implementation opens a machine that can share something, has room for two more
 * groups, and whose processor 1 is in no group.
 */
public abstract class ResctrlContract {
    private static final String GROUP = "rackweave-contract";
    private static final String OTHER = "rackweave-contract-2";

    private Resctrl resctrl;

    /** Opens the same machine each time it is called within one test. */
    protected abstract Resctrl open() throws Exception;

    @BeforeEach
    void openItWithoutOurGroups() throws Exception {
        resctrl = open();
        removeAll();
    }

    @AfterEach
    void removeAndClose() throws Exception {
        removeAll();
        resctrl.close();
    }

    private void removeAll() throws HalException {
        resctrl.remove(GROUP);
        resctrl.remove(OTHER);
    }

    /** For each resource and each of its domains the least that a group can have. */
    private Schemata least() throws HalException {
        Map<String, Map<Integer, Long>> least = new TreeMap<>();
        for (ResctrlLimit limit : resctrl.limits()) {
            long value = limit instanceof ResctrlLimit.Cache cache
                    ? (1L << cache.leastBits()) - 1
                    : ((ResctrlLimit.Bandwidth) limit).least();
            Map<Integer, Long> domains = new TreeMap<>();
            resctrl.schemata().values().get(limit.resource()).keySet().forEach(domain -> domains.put(domain, value));
            least.put(limit.resource(), domains);
        }
        return new Schemata(least);
    }

    @Test
    void whatCanBeSharedHasItsLimitsAndIsAllTheFirstGroups() throws Exception {
        List<ResctrlLimit> limits = resctrl.limits();
        assertThat(limits).isNotEmpty().doesNotHaveDuplicates();
        for (ResctrlLimit limit : limits) {
            assertThat(limit.groups()).as(limit.resource()).isPositive();
            assertThat(resctrl.schemata().values()).containsKey(limit.resource());
            resctrl.schemata().values().get(limit.resource()).values().forEach(value -> assertThat(
                            limit.objection(value))
                    .as(limit.resource())
                    .isEmpty());
        }
    }

    @Test
    void aGroupIsThereOnceItIsMadeAndGoneOnceItIsRemoved() throws Exception {
        List<String> before = resctrl.groups();
        resctrl.make(GROUP);
        resctrl.make(GROUP);
        List<String> with = new ArrayList<>(before);
        with.add(GROUP);
        assertThat(resctrl.groups()).containsExactlyInAnyOrderElementsOf(with);
        resctrl.remove(GROUP);
        resctrl.remove(GROUP);
        assertThat(resctrl.groups()).isEqualTo(before);
    }

    @Test
    void whatAGroupIsAllowedIsItsOwnAndReadsBack() throws Exception {
        resctrl.make(GROUP);
        resctrl.make(OTHER);
        Schemata others = resctrl.schemata(OTHER);
        Schemata first = resctrl.schemata();
        Schemata least = least();

        resctrl.allow(GROUP, least);
        resctrl.allow(GROUP, least);

        assertThat(resctrl.schemata(GROUP).values()).containsAllEntriesOf(least.values());
        assertThat(resctrl.schemata(OTHER)).isEqualTo(others);
        assertThat(resctrl.schemata()).isEqualTo(first);
    }

    @Test
    void whatIsNotNamedStaysAsItIs() throws Exception {
        resctrl.make(GROUP);
        Map<String, Map<Integer, Long>> expected =
                new TreeMap<>(resctrl.schemata(GROUP).values());
        String resource = resctrl.limits().get(0).resource();
        Map<Integer, Long> one = least().values().get(resource);
        int domain = one.keySet().iterator().next();
        Schemata wanted = new Schemata(Map.of(resource, Map.of(domain, one.get(domain))));

        resctrl.allow(GROUP, wanted);

        Map<Integer, Long> changed = new TreeMap<>(expected.get(resource));
        changed.put(domain, one.get(domain));
        expected.put(resource, changed);
        assertThat(resctrl.schemata(GROUP).values()).isEqualTo(expected);
    }

    @Test
    void whatTheProcessorCannotDoIsRefusedAndChangesNothing() throws Exception {
        resctrl.make(GROUP);
        Schemata before = resctrl.schemata(GROUP);
        for (ResctrlLimit limit : resctrl.limits()) {
            String resource = limit.resource();
            int domain = before.values().get(resource).keySet().iterator().next();
            long tooLittle = limit instanceof ResctrlLimit.Bandwidth bandwidth ? bandwidth.least() - 1 : 0;
            for (Schemata wanted : List.of(
                    new Schemata(Map.of(resource, Map.of(domain, tooLittle))),
                    new Schemata(Map.of(
                            resource,
                            Map.of(999_999, least().values().get(resource).get(domain)))),
                    new Schemata(Map.of("NONE", Map.of(domain, 1L))))) {
                assertThatThrownBy(() -> resctrl.allow(GROUP, wanted))
                        .as("%s", wanted)
                        .isInstanceOf(HalException.Refused.class);
            }
        }
        assertThat(resctrl.schemata(GROUP)).isEqualTo(before);
    }

    @Test
    void aProcessorIsInTheGroupThatItWasGivenToAndGoesBackToTheFirst() throws Exception {
        resctrl.make(GROUP);
        assertThat(resctrl.cpus(GROUP)).isEqualTo(IdSet.EMPTY);
        resctrl.assign(GROUP, IdSet.of(List.of(1)));
        assertThat(resctrl.cpus(GROUP)).isEqualTo(IdSet.of(List.of(1)));
        resctrl.assign(GROUP, IdSet.EMPTY);
        assertThat(resctrl.cpus(GROUP)).isEqualTo(IdSet.EMPTY);
    }

    @Test
    void aGroupOutlivesWhoeverMadeIt() throws Exception {
        resctrl.make(GROUP);
        resctrl.allow(GROUP, least());
        Schemata told = resctrl.schemata(GROUP);
        resctrl.close();
        resctrl = open();
        assertThat(resctrl.groups()).contains(GROUP);
        assertThat(resctrl.schemata(GROUP)).isEqualTo(told);
    }

    @Test
    void aGroupThatIsNotThereIsMadeByNoOrderButThatToMakeIt() throws Exception {
        List<String> before = resctrl.groups();
        Schemata least = least();
        assertThatThrownBy(() -> resctrl.schemata(GROUP)).isInstanceOf(HalException.Unavailable.class);
        assertThatThrownBy(() -> resctrl.cpus(GROUP)).isInstanceOf(HalException.Unavailable.class);
        assertThatThrownBy(() -> resctrl.allow(GROUP, least)).isInstanceOf(HalException.Unavailable.class);
        assertThatThrownBy(() -> resctrl.assign(GROUP, IdSet.of(List.of(1)))).isInstanceOf(HalException.Refused.class);
        assertThatThrownBy(() -> resctrl.move(GROUP, 1)).isInstanceOf(HalException.Refused.class);
        assertThat(resctrl.groups()).isEqualTo(before);
    }

    @Test
    void aNameThatLeadsElsewhereIsNone() {
        for (String name : List.of("", ".", "..", "../x", "info", "mon_data", "mon_groups", "a/b")) {
            assertThatThrownBy(() -> resctrl.make(name)).as(name).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> resctrl.remove(name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
