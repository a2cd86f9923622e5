package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.text.Schemata;

/** The contract on the model of a kernel, and what a real one cannot be made to do. */
class ResctrlTest extends ResctrlContract {
    private static final String ROOT = "/sys/fs/resctrl";
    private static final String WHOLE = "    MB:0=100;1=100\n    L3:0=fff;1=fff";

    @TempDir
    Path root;

    private ModelTree kernel;
    private Resctrl resctrl;

    @Override
    protected Resctrl open() throws Exception {
        if (kernel == null) {
            twoSocketsWithCachesOfTwelveParts();
        }
        return new Resctrl(kernel, kernel);
    }

    @BeforeEach
    void openItToo() throws Exception {
        resctrl = open();
    }

    private void twoSocketsWithCachesOfTwelveParts() throws Exception {
        kernel = new ModelTree(root);
        kernel.put(ROOT + "/schemata", WHOLE);
        kernel.put(ROOT + "/info/L3/cbm_mask", "fff");
        kernel.put(ROOT + "/info/L3/min_cbm_bits", "2");
        kernel.put(ROOT + "/info/L3/num_closids", "16");
        kernel.put(ROOT + "/info/MB/min_bandwidth", "10");
        kernel.put(ROOT + "/info/MB/bandwidth_gran", "10");
        kernel.put(ROOT + "/info/MB/num_closids", "8");
        kernel.put(ROOT + "/info/L3_MON/num_rmids", "144");
        kernel.put(ROOT + "/info/last_cmd_status", "ok");
        kernel.put(ROOT + "/mon_groups/x", "");
        kernel.runs(new Kernel());
    }

    /** Changes the lines that are written and keeps the others; rounds bandwidths up; a new group comes with its attributes. */
    private final class Kernel implements ModelTree.Kernel {
        @Override
        public void ordered(String path, String value) throws KernelRefusal {
            if (kernel.place(path).isEmpty()) {
                throw new KernelRefusal(KernelRefusal.Reason.ABSENT, path, "write " + value + ": ENOENT");
            }
            if (!path.endsWith("/schemata")) {
                kernel.put(path, value);
                return;
            }
            Map<String, Map<Integer, Long>> values = new TreeMap<>(
                    Schemata.parse(kernel.says(path)).orElseThrow().values());
            Schemata.parse(value).orElseThrow().values().forEach((resource, domains) -> {
                Map<Integer, Long> merged = new TreeMap<>(values.get(resource));
                domains.forEach((domain, number) ->
                        merged.put(domain, resource.equals("MB") ? (number + 9) / 10 * 10 : number));
                values.put(resource, merged);
            });
            kernel.put(path, new Schemata(values).toString());
        }

        @Override
        public void made(String path) {
            kernel.put(path + "/schemata", WHOLE);
            kernel.put(path + "/cpus_list", "");
            kernel.put(path + "/tasks", "");
        }
    }

    private static Schemata schemata(String text) {
        return Schemata.parse(text).orElseThrow();
    }

    @Test
    void theLimitsAreThoseThatTheProcessorHas() throws Exception {
        assertThat(resctrl.limits())
                .containsExactly(
                        new ResctrlLimit.Cache("L3", 16, 0xFFF, 2, ResctrlLimit.Holes.REFUSED),
                        new ResctrlLimit.Bandwidth("MB", 8, 10, 10));
        assertThat(resctrl.schemata()).isEqualTo(schemata(WHOLE));
    }

    @Test
    void aGroupIsMadeGetsItsShareItsProgramsAndGoes() throws Exception {
        resctrl.make("borrower");
        resctrl.make("borrower");
        assertThat(resctrl.groups()).containsExactly("borrower");
        resctrl.allow("borrower", schemata("L3:1=3c\nMB:0=15"));
        assertThat(resctrl.schemata("borrower")).isEqualTo(schemata("L3:0=fff;1=3c\nMB:0=20;1=100"));
        resctrl.assign("borrower", IdSet.of(List.of(2, 3, 7)));
        assertThat(resctrl.cpus("borrower")).hasToString("2-3,7");
        resctrl.move("borrower", 4711);
        assertThat(kernel.written)
                .containsExactly(
                        ROOT + "/borrower/schemata=L3:1=3c\nMB:0=15",
                        ROOT + "/borrower/cpus_list=2-3,7",
                        ROOT + "/borrower/tasks=4711");
        resctrl.remove("borrower");
        resctrl.remove("borrower");
        assertThat(resctrl.groups()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"L3:0=1", "L3:0=f0f", "L3:0=1fff", "L3:0=0", "L3:7=ff", "L2:0=ff", "MB:0=5"})
    void whatTheProcessorCannotDoIsRefusedBeforeItIsTold(String wanted) throws Exception {
        resctrl.make("borrower");
        assertThatThrownBy(() -> resctrl.allow("borrower", schemata(wanted))).isInstanceOf(HalException.Refused.class);
        assertThat(kernel.written).isEmpty();
    }

    @Test
    void bitsWithOthersBetweenThemAreForProcessorsThatCanDoIt() throws Exception {
        kernel.put(ROOT + "/info/L3/sparse_masks", "1");
        resctrl.make("borrower");
        resctrl.allow("borrower", schemata("L3:0=f0f"));
        assertThat(resctrl.schemata("borrower")).isEqualTo(schemata("L3:0=f0f;1=fff\nMB:0=100;1=100"));
    }

    @Test
    void aRefusalHasTheKernelsOwnWords() throws Exception {
        resctrl.make("borrower");
        kernel.put(ROOT + "/info/last_cmd_status", "overlaps with exclusive group");
        kernel.refuses(KernelRefusal.Reason.INVALID);
        assertThatThrownBy(() -> resctrl.allow("borrower", schemata("L3:0=ff")))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("overlaps with exclusive group");
    }

    @Test
    void aKernelThatSaysDoneAndDidSomethingElseIsNotBelieved() throws Exception {
        resctrl.make("borrower");
        kernel.runs((path, value) -> {});
        assertThatThrownBy(() -> resctrl.allow("borrower", schemata("L3:0=ff")))
                .isInstanceOf(HalException.OutcomeUnknown.class);
    }

    /** By then it was told: that it cannot be read is no reason to call it untouched. */
    @Test
    void whatCannotBeReadBackIsNotCalledUnchanged() throws Exception {
        resctrl.make("borrower");
        kernel.runs((path, value) -> kernel.put(path, "nonsense"));
        assertThatThrownBy(() -> resctrl.allow("borrower", schemata("L3:0=ff")))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContainingAll("allow borrower", "nonsense", "then read what the group may use");
    }

    @Test
    void thisMachinesOwnIsReadOrMissedByName() throws Exception {
        try (Resctrl here = Resctrl.ofThisMachine()) {
            if (Files.exists(Path.of(ROOT, "schemata"))) {
                assertThat(here.limits()).isNotEmpty();
                assertThat(here.schemata().values()).isNotEmpty();
            } else {
                assertThatThrownBy(here::limits)
                        .isInstanceOf(HalException.Unavailable.class)
                        .hasMessageContaining("mount -t resctrl");
            }
        }
    }
}
