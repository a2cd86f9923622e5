package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;

/**
 * What every function with SR-IOV does, whatever kernel is behind it. An implementation opens one that can have at least two virtual
 * functions and that nobody else uses.
 */
public abstract class SriovContract {
    private PhysicalFunction function;

    /** Opens the same function each time it is called within one test. */
    protected abstract PhysicalFunction open() throws Exception;

    /** Opens one of the same machine that has no SR-IOV. */
    protected abstract PhysicalFunction openPlain() throws Exception;

    @BeforeEach
    void openItWithoutVirtualFunctions() throws Exception {
        function = open();
        function.disable();
    }

    @AfterEach
    void disableAndClose() throws Exception {
        function.disable();
        function.close();
    }

    @Test
    void whatIsEnabledIsThereAndWhatIsDisabledIsGone() throws Exception {
        assertThat(function.totalVirtualFunctions()).isGreaterThanOrEqualTo(2);
        assertThat(function.virtualFunctions()).isEmpty();

        function.enable(2);
        assertThat(function.virtualFunctions()).hasSize(2).doesNotHaveDuplicates();

        function.disable();
        assertThat(function.virtualFunctions()).isEmpty();
    }

    @Test
    void theSameNumberAgainChangesNothing() throws Exception {
        function.enable(2);
        List<PciAddress> before = function.virtualFunctions();
        function.enable(2);
        assertThat(function.virtualFunctions()).isEqualTo(before);
        function.disable();
        function.disable();
        assertThat(function.virtualFunctions()).isEmpty();
    }

    @Test
    void anotherNumberIsRefusedByNameUntilThereAreNone() throws Exception {
        function.enable(1);
        List<PciAddress> before = function.virtualFunctions();

        assertThatThrownBy(() -> function.enable(2))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContainingAll("sriov_numvfs: write 2: EBUSY", "disable them first");

        assertThat(function.virtualFunctions()).isEqualTo(before);
        function.disable();
        function.enable(2);
        assertThat(function.virtualFunctions()).hasSize(2).containsAll(before);
    }

    @Test
    void moreThanItCanHaveIsRefusedByNameAndLeavesNone() throws Exception {
        int total = function.totalVirtualFunctions();

        assertThatThrownBy(() -> function.enable(total + 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContainingAll("write " + (total + 1) + ": ERANGE", "at most " + total);

        assertThat(function.virtualFunctions()).isEmpty();
    }

    @Test
    void virtualFunctionsOutliveWhoeverMadeThem() throws Exception {
        function.enable(2);
        List<PciAddress> before = function.virtualFunctions();
        function.close();
        function = open();
        assertThat(function.virtualFunctions()).isEqualTo(before);
    }

    @Test
    void aFunctionWithoutSriovSaysSo() throws Exception {
        try (PhysicalFunction plain = openPlain()) {
            assertThatThrownBy(plain::totalVirtualFunctions)
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContainingAll("sriov_totalvfs", "has no SR-IOV");
            assertThatThrownBy(() -> plain.enable(1)).isInstanceOf(HalException.Unavailable.class);
        }
    }

    /** It is no error of the caller's that is to be caught later. */
    @Test
    void fewerThanOneIsNotEnabled() {
        assertThatThrownBy(() -> function.enable(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
