package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;

/**
 * What every slot of a kernel's PCIe hot-plug does. An implementation names one that has power and a device that nobody uses, and one that
 * has neither. It may lose the device of the first: whether what has no power comes back is up to a hand at the slot.
 */
public abstract class SlotContract {
    private static final String MISSING = "no-such-slot";

    /** Opens a slot of the same machine each time it is called within one test. */
    protected abstract PcieSlot open(String name) throws Exception;

    /** The name of one that has power and a device in it. */
    protected abstract String occupied() throws Exception;

    /** The name of one that has no power, and nothing in it. */
    protected abstract String empty() throws Exception;

    @Test
    void whatIsInASlotWithPowerIsKnown() throws Exception {
        try (PcieSlot slot = open(occupied())) {
            assertThat(slot.isOn()).isTrue();
            assertThat(slot.isOccupied()).isTrue();
            assertThat(slot.link()).isNotEqualTo(PcieSlot.Link.DOWN);
            assertThat(slot.functions()).isNotEmpty().doesNotHaveDuplicates();
        }
    }

    @Test
    void whatIsInASlotIsGoneOnceItsPowerIsOffAlsoForWhoeverLooksNext() throws Exception {
        String name = occupied();
        try (PcieSlot slot = open(name)) {
            slot.switchOff();
            assertThat(slot.isOn()).isFalse();
            assertThat(slot.functions()).isEmpty();
        }
        try (PcieSlot slot = open(name)) {
            assertThat(slot.name()).isEqualTo(name);
            assertThat(slot.isOn()).isFalse();
            assertThat(slot.functions()).isEmpty();
            slot.switchOff();
            assertThat(slot.isOn()).isFalse();
        }
    }

    @Test
    void oneSlotsPowerIsNoOthers() throws Exception {
        try (PcieSlot empty = open(empty());
                PcieSlot slot = open(occupied())) {
            List<String> before = slot.functions();
            empty.switchOff();
            assertThat(slot.isOn()).isTrue();
            assertThat(slot.functions()).isEqualTo(before);
        }
    }

    @Test
    void whatIsOnStaysWithItsFunctionsWhenItIsSwitchedOnAgain() throws Exception {
        try (PcieSlot slot = open(occupied())) {
            List<String> before = slot.functions();
            slot.switchOn();
            assertThat(slot.isOn()).isTrue();
            assertThat(slot.functions()).isEqualTo(before);
        }
    }

    @Test
    void anEmptySlotIsRefusedItsPowerByName() throws Exception {
        try (PcieSlot slot = open(empty())) {
            assertThat(slot.isOccupied()).isFalse();

            assertThatThrownBy(slot::switchOn)
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContainingAll("slot " + slot.name() + ": switch on", "ENODEV", "is in the slot");

            assertThat(slot.isOn()).isFalse();
            assertThat(slot.functions()).isEmpty();
        }
    }

    @Test
    void aSlotThatIsNotThereIsUnavailable() throws Exception {
        try (PcieSlot slot = open(MISSING)) {
            assertThatThrownBy(slot::isOn)
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContaining("slot " + MISSING);
            assertThatThrownBy(slot::functions).isInstanceOf(HalException.Unavailable.class);
            assertThatThrownBy(slot::switchOn).isInstanceOf(HalException.Unavailable.class);
            assertThatThrownBy(slot::switchOff).isInstanceOf(HalException.Unavailable.class);
        }
    }

    @Test
    void aNameThatLeadsElsewhereIsNone() {
        for (String name : List.of("", ".", "..", "../9", "9/..", "a b")) {
            assertThatThrownBy(() -> open(name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
