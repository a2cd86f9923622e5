package org.rackweave.hal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.discovery.CapturedMachine;
import org.rackweave.hal.discovery.Discovery;
import org.rackweave.hal.inventory.CxlMemoryDevice;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciFunction;

class AffectedTest {
    private static Inventory inventory(String machine) throws Exception {
        return Discovery.of(new CapturedMachine(machine).tree()).inventory();
    }

    @Test
    void aFunctionTakesItsVirtualFunctionsAlong() throws Exception {
        Inventory machine = inventory("sriov");
        PciFunction virtual = machine.pciFunctions().stream()
                .filter(each -> each.physicalFunction().isPresent())
                .findFirst()
                .orElseThrow();
        Set<HardwareIdentity> affected = Affected.by(virtual.physicalFunction().orElseThrow(), machine);
        assertThat(affected).contains(HardwareIdentity.ofFunction(virtual)).hasSize(3);
        assertThat(Affected.by(virtual.address(), machine)).containsExactly(HardwareIdentity.ofFunction(virtual));
    }

    @Test
    void aPortTakesAllThatIsBehindIt() throws Exception {
        Inventory machine = inventory("cxl-switch");
        CxlMemoryDevice device = machine.cxl().devices().get(0);
        PciAddress own = device.function().orElseThrow();
        PciAddress port =
                machine.pciFunction(own).orElseThrow().placement().parent().orElseThrow();
        HardwareIdentity memory = HardwareIdentity.ofCxlSerial(device.serial().orElseThrow());
        assertThat(Affected.by(own, machine)).contains(memory).hasSize(2);
        assertThat(Affected.by(port, machine)).contains(memory).hasSize(3);
    }

    @Test
    void whatIsNotThereAffectsNothing() throws Exception {
        assertThat(Affected.by(new PciAddress(0, 0xEE, 0, 0), inventory("sriov")))
                .isEmpty();
    }
}
