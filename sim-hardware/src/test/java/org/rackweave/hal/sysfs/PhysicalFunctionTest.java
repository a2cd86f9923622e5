package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;

/** The contract on the model of a kernel, and what a real one cannot be made to do. It is here because the contracts are. */
class PhysicalFunctionTest extends SriovContract {
    private static final String FOLDER = "/sys/bus/pci/devices/" + ModelPci.NETWORK;

    @TempDir
    Path root;

    /** Of the same machine, opened by somebody else: whoever closes one closes what it reads through. */
    @TempDir
    Path other;

    private ModelPci kernel;

    @Override
    protected PhysicalFunction open() throws Exception {
        kernel = new ModelPci(root);
        return at(ModelPci.NETWORK);
    }

    @Override
    protected PhysicalFunction openPlain() throws Exception {
        return new PhysicalFunction(PciAddress.parse(ModelPci.ROOT_PORT).orElseThrow(), new ModelPci(other));
    }

    private PhysicalFunction at(String address) {
        return new PhysicalFunction(PciAddress.parse(address).orElseThrow(), kernel);
    }

    @Test
    void noDriverOfThisMachineTakesThemFirst() throws Exception {
        PhysicalFunction function = at(ModelPci.NETWORK);
        function.enable(1);
        assertThat(kernel.written).containsExactly(FOLDER + "/sriov_drivers_autoprobe=0", FOLDER + "/sriov_numvfs=1");
        assertThat(kernel.place(
                        "/sys/bus/pci/devices/" + function.virtualFunctions().get(0) + "/driver"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ABSENT,  makes virtual functions",
        "DENIED,  virtual machine has one",
        "NO_ROOM, at most 7",
        "INVALID, at most 7"
    })
    void aRefusalSaysWhatToDo(KernelRefusal.Reason reason, String advice) {
        kernel.refused.put(FOLDER + "/sriov_numvfs", reason);
        assertThatThrownBy(() -> at(ModelPci.NETWORK).enable(1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining(advice);
    }

    @Test
    void afterAnErrorOfTheDriversNobodyKnows() {
        kernel.refused.put(FOLDER + "/sriov_numvfs", KernelRefusal.Reason.FAULT);
        assertThatThrownBy(() -> at(ModelPci.NETWORK).enable(1)).isInstanceOf(HalException.OutcomeUnknown.class);
    }

    /** By then the order was given. */
    @Test
    void whatCannotBeReadBackIsNotCalledUnchanged() throws Exception {
        PhysicalFunction function = at(ModelPci.NETWORK);
        kernel.lostByAWrite = FOLDER + "/";
        assertThatThrownBy(() -> function.enable(2))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContainingAll("read: EIO", "then read its virtual functions");
        kernel.lostByAWrite = "";
        assertThat(function.virtualFunctions()).hasSize(2);

        kernel.written.clear();
        kernel.lostByAWrite = FOLDER + "/";
        assertThatThrownBy(function::disable)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("read: EIO");
        kernel.lostByAWrite = "";
        assertThat(function.virtualFunctions()).isEmpty();
    }

    @Test
    void aRefusalIsSaidAlsoWhereItsAdviceCannotBeRead() throws Exception {
        kernel.put(FOLDER + "/sriov_totalvfs", "many");
        assertThatThrownBy(() -> at(ModelPci.NETWORK).enable(ModelPci.TOTAL + 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContainingAll("ERANGE", "what its sriov_totalvfs says");
    }

    @Test
    void aKernelThatCountsOtherFunctionsThanItShowsIsNotBelieved() throws Exception {
        kernel.put(FOLDER + "/sriov_numvfs", "1");
        assertThatThrownBy(() -> at(ModelPci.NETWORK).virtualFunctions())
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("it counts 1");
        kernel.put(FOLDER + "/sriov_numvfs", "0");
    }
}
