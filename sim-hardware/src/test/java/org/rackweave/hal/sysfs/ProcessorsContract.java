package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;

/**
 * What the processors of every kernel do. An implementation opens a machine with at least three on line, of which at least two can leave and
 * one cannot.
 */
public abstract class ProcessorsContract {
    private CpuHotplug cpus;
    private IdSet all;

    /** Opens the same machine each time it is called within one test. */
    protected abstract CpuHotplug open() throws Exception;

    @BeforeEach
    void openIt() throws Exception {
        cpus = open();
        all = cpus.online();
        assertThat(removable()).as("this contract needs two that can leave").hasSizeGreaterThanOrEqualTo(2);
    }

    @AfterEach
    void bringAllBack() throws Exception {
        for (int cpu : all.ids()) {
            cpus.bringOnline(cpu);
        }
        cpus.close();
    }

    private List<Integer> removable() throws HalException {
        List<Integer> removable = new ArrayList<>();
        for (int cpu : all.ids()) {
            if (cpus.canLeave(cpu)) {
                removable.add(cpu);
            }
        }
        return removable;
    }

    private IdSet without(List<Integer> gone) {
        return IdSet.of(all.ids().stream().filter(cpu -> !gone.contains(cpu)).toList());
    }

    @Test
    void oneThatWasTakenIsGoneAloneAndComesBack() throws Exception {
        int cpu = removable().get(0);
        cpus.takeOffline(cpu);
        assertThat(cpus.online()).isEqualTo(without(List.of(cpu)));
        cpus.bringOnline(cpu);
        assertThat(cpus.online()).isEqualTo(all);
    }

    @Test
    void theSameOrderAgainChangesNothing() throws Exception {
        int cpu = removable().get(0);
        cpus.bringOnline(cpu);
        assertThat(cpus.online()).isEqualTo(all);
        cpus.takeOffline(cpu);
        cpus.takeOffline(cpu);
        assertThat(cpus.online()).isEqualTo(without(List.of(cpu)));
    }

    @Test
    void oneThatIsOffLineCanStillBeTold() throws Exception {
        int cpu = removable().get(0);
        cpus.takeOffline(cpu);
        assertThat(cpus.canLeave(cpu)).isTrue();
    }

    @Test
    void whatIsOffLineOutlivesWhoeverTookIt() throws Exception {
        int cpu = removable().get(1);
        cpus.takeOffline(cpu);
        cpus.close();
        cpus = open();
        assertThat(cpus.online()).isEqualTo(without(List.of(cpu)));
    }

    /** One way or the other the last one stays: it has no switch, or the kernel says no. */
    @Test
    void theLastOneStaysAndIsNamed() throws Exception {
        List<Integer> order = new ArrayList<>(removable());
        all.ids().stream().filter(cpu -> !order.contains(cpu)).forEach(order::add);
        int last = order.remove(order.size() - 1);
        for (int cpu : order) {
            cpus.takeOffline(cpu);
        }
        assertThatThrownBy(() -> cpus.takeOffline(last))
                .isInstanceOfAny(HalException.Refused.class, HalException.Unavailable.class)
                .hasMessageContainingAll("processor " + last, "take off line");
        assertThat(cpus.online()).isEqualTo(IdSet.of(List.of(last)));
    }

    @Test
    void oneThatIsNotThereIsUnavailableByName() throws Exception {
        int missing = CpuHotplug.HIGHEST_CPU;
        assertThat(cpus.canLeave(missing)).isFalse();
        assertThatThrownBy(() -> cpus.bringOnline(missing))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContainingAll("processor " + missing, "has no switch");
        assertThat(cpus.online()).isEqualTo(all);
    }

    @Test
    void aNumberThatNoProcessorHasIsTheCallersError() {
        for (int cpu : List.of(-1, CpuHotplug.HIGHEST_CPU + 1)) {
            assertThatThrownBy(() -> cpus.canLeave(cpu)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cpus.bringOnline(cpu)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> cpus.takeOffline(cpu)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
