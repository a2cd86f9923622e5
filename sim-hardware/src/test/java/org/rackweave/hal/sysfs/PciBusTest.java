package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;

/** The contract on the model of a kernel, and what a real one cannot be made to do. */
class PciBusTest extends PciBusContract {
    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final String OTHER = "0000:00:01.0";
    private static final String BRIDGE = "0000:00:04.0";
    private static final String FUNCTION = "0000:02:00.0";

    @TempDir
    Path root;

    @TempDir
    Path other;

    private ModelTree kernel;

    @Override
    protected PciBus open() throws Exception {
        if (kernel == null) {
            kernel = model(root);
        }
        return new PciBus(kernel);
    }

    @Override
    protected PciAddress function() {
        return address(FUNCTION);
    }

    @Override
    protected PciAddress bridge() {
        return address(BRIDGE);
    }

    private static PciAddress address(String text) {
        return PciAddress.parse(text).orElseThrow();
    }

    private static ModelTree model(Path root) throws Exception {
        ModelTree tree = new ModelTree(root);
        tree.put("/sys/bus/pci/rescan", "");
        find(tree);
        tree.runs((path, value) -> {
            if (path.endsWith("/rescan")) {
                find(tree);
            } else {
                forget(tree, path.substring(DEVICES.length(), path.lastIndexOf('/')));
            }
        });
        return tree;
    }

    private static void find(ModelTree tree) {
        List.of(OTHER, BRIDGE, FUNCTION).forEach(function -> tree.put(DEVICES + function + "/remove", ""));
    }

    private static void forget(ModelTree tree, String function) throws KernelRefusal {
        tree.remove(DEVICES + function);
        if (function.equals(BRIDGE)) {
            tree.remove(DEVICES + FUNCTION);
        }
    }

    @Test
    void whatTheKernelDoesNotKnowIsNotTold() throws Exception {
        ModelTree odd = model(other);
        new PciBus(odd).remove(function());
        new PciBus(odd).remove(function());
        assertThat(odd.written).containsExactly(DEVICES + FUNCTION + "/remove=1");
    }

    @Test
    void aKernelThatSaysDoneAndDidNothingIsNotBelieved() throws Exception {
        ModelTree odd = model(other);
        odd.runs((path, value) -> {});
        assertThatThrownBy(() -> new PciBus(odd).remove(function()))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContainingAll("function " + FUNCTION, "is still there");
    }

    @Test
    void whoeverPullsItOutMeanwhileHasRemovedItToo() throws Exception {
        ModelTree odd = model(other);
        odd.runs((path, value) -> {
            forget(odd, FUNCTION);
            throw new KernelRefusal(KernelRefusal.Reason.ABSENT, path, "write 1: ENODEV");
        });
        new PciBus(odd).remove(function());
        assertThat(new PciBus(odd).functions()).doesNotContain(function());
    }

    @ParameterizedTest
    @EnumSource(KernelRefusal.Reason.class)
    void aRefusalChangesNothingAndAnythingElseIsNotKnown(KernelRefusal.Reason reason) throws Exception {
        ModelTree odd = model(other);
        odd.refuses(reason);
        Class<? extends HalException> expected =
                switch (reason) {
                    case BUSY, DENIED, ABSENT, INVALID, NO_ROOM -> HalException.Refused.class;
                    case FAULT, STOPPED, OTHER -> HalException.OutcomeUnknown.class;
                };
        assertThatThrownBy(() -> new PciBus(odd).remove(function())).isInstanceOf(expected);
        assertThatThrownBy(() -> new PciBus(odd).rescan()).isInstanceOf(expected);
        assertThat(new PciBus(odd).functions()).contains(function());
    }
}
