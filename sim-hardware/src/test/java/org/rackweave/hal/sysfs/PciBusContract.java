package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.inventory.PciAddress;

/** What the PCI buses of every kernel do. An implementation names a function that nobody uses and that is alone below a bridge. */
public abstract class PciBusContract {
    private static final PciAddress NOBODY = new PciAddress(0xFFFF, 0xFF, 0x1F, 7);

    private PciBus bus;
    private List<PciAddress> all;

    /** Opens the same machine each time it is called within one test. */
    protected abstract PciBus open() throws Exception;

    protected abstract PciAddress function() throws Exception;

    /** The bridge that it is below. */
    protected abstract PciAddress bridge() throws Exception;

    @BeforeEach
    void openIt() throws Exception {
        bus = open();
        all = bus.functions();
        assertThat(all).contains(function(), bridge());
    }

    @AfterEach
    void findAll() throws Exception {
        bus.rescan();
        assertThat(bus.functions()).containsExactlyInAnyOrderElementsOf(all);
        bus.close();
    }

    private List<PciAddress> without(PciAddress... gone) {
        List<PciAddress> left = new ArrayList<>(all);
        left.removeAll(List.of(gone));
        return left;
    }

    @Test
    void whatIsRemovedIsForgottenAloneAndFoundByTheNextScan() throws Exception {
        bus.remove(function());
        assertThat(bus.functions()).containsExactlyInAnyOrderElementsOf(without(function()));
        bus.rescan();
        assertThat(bus.functions()).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void theSameOrderAgainChangesNothing() throws Exception {
        bus.rescan();
        assertThat(bus.functions()).containsExactlyInAnyOrderElementsOf(all);
        bus.remove(function());
        bus.remove(function());
        assertThat(bus.functions()).containsExactlyInAnyOrderElementsOf(without(function()));
    }

    @Test
    void whatIsBelowABridgeGoesAndComesWithIt() throws Exception {
        bus.remove(bridge());
        assertThat(bus.functions()).containsExactlyInAnyOrderElementsOf(without(function(), bridge()));
        bus.rescan();
        assertThat(bus.functions()).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void whatNobodyKnowsIsForgottenAlready() throws Exception {
        bus.remove(NOBODY);
        assertThat(bus.functions()).isEqualTo(all);
    }

    @Test
    void whatIsForgottenOutlivesWhoeverSaidSo() throws Exception {
        bus.remove(function());
        bus.close();
        bus = open();
        assertThat(bus.functions()).containsExactlyInAnyOrderElementsOf(without(function()));
    }
}
