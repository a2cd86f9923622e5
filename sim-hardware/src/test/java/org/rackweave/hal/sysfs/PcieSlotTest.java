package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.HalException;

/** The contract on the model of a kernel, and what a real one cannot be made to do. */
class PcieSlotTest extends SlotContract {
    private static final String SLOTS = "/sys/bus/pci/slots/";
    private static final String POWER = SLOTS + "9/power";

    @TempDir
    Path root;

    private ModelSlots kernel;
    private PcieSlot slot;

    @BeforeEach
    void aSlotWithTwoFunctionsBesideOneWithAnother() throws Exception {
        kernel = new ModelSlots(root);
        slot = open("9");
    }

    @AfterEach
    void close() {
        slot.close();
    }

    @Override
    protected PcieSlot open(String name) throws Exception {
        return new PcieSlot(name, kernel);
    }

    @Override
    protected String occupied() {
        return "9";
    }

    @Override
    protected String empty() {
        return "11";
    }

    @Test
    void whatIsInASlotIsGoneWhenItIsOffAndFoundWhenItIsOn() throws Exception {
        slot.switchOff();
        slot.switchOn();
        assertThat(slot.isOn()).isTrue();
        assertThat(slot.functions()).containsExactly("0000:01:00.0", "0000:01:00.1");
    }

    @Test
    void aSlotThatIsAsItIsWantedIsNotTold() throws Exception {
        slot.switchOn();
        assertThat(kernel.written).isEmpty();
        slot.switchOff();
        slot.switchOff();
        assertThat(kernel.written).containsExactly(POWER + "=0");
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelRefusal.Reason.class,
            names = {"BUSY", "DENIED", "ABSENT", "INVALID", "NO_ROOM"})
    void aRefusalIsOneAndChangesNothing(KernelRefusal.Reason reason) throws Exception {
        kernel.refusal = Optional.of(reason);
        assertThatThrownBy(slot::switchOff)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContainingAll("slot 9: switch off", POWER, "write 0: as told");
        assertThat(slot.isOn()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelRefusal.Reason.class,
            names = {"FAULT", "STOPPED", "OTHER"})
    void afterAnythingElseNobodyKnows(KernelRefusal.Reason reason) {
        kernel.refusal = Optional.of(reason);
        assertThatThrownBy(slot::switchOff).isInstanceOf(HalException.OutcomeUnknown.class);
    }

    @Test
    void aKernelThatSaysDoneAndDidNothingIsNotBelieved() {
        kernel.obeys = false;
        assertThatThrownBy(slot::switchOff)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("it was told 0 and says 1");
    }

    @Test
    void aFunctionThatOutlivesItsSlotsPowerIsNamed() {
        kernel.removes = false;
        assertThatThrownBy(slot::switchOff)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("0000:01:00.1");
    }

    /** By then its power is off: that nobody can say what is left is no reason to call it untouched. */
    @Test
    void whatCannotBeReadOnceThePowerIsOffIsNotCalledUntouched() {
        kernel.lost = Optional.of("9/address");
        assertThatThrownBy(slot::switchOff)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContainingAll("slot 9: switch off", "there is no such attribute", "then read its functions");
    }

    /** Slots as the kernel shows them: 9 with two functions that come and go with its power, 10 with another, 11 empty. */
    private static final class ModelSlots extends FolderKernel {
        private final Path devices;
        private Optional<KernelRefusal.Reason> refusal = Optional.empty();
        private Optional<String> lost = Optional.empty();
        private boolean obeys = true;
        private boolean removes = true;

        ModelSlots(Path root) throws Exception {
            super(root);
            devices = Files.createDirectories(root.resolve("sys/bus/pci/devices"));
            slot("9", "0000:01:00", "1");
            slot("10", "0000:11:00", "1");
            slot("11", "0000:21:00", "0");
            show();
            // Of these none is in slot 9.
            put("/sys/bus/pci/devices/0000:01:00.10", "");
            put("/sys/bus/pci/devices/0000:11:00.0", "");
        }

        private void slot(String name, String address, String filled) {
            put(SLOTS + name + "/address", address);
            put(SLOTS + name + "/power", filled);
            put(SLOTS + name + "/adapter", filled);
            put(SLOTS + name + "/cur_bus_speed", filled.equals("1") ? "16.0 GT/s PCIe" : "Unknown");
        }

        private void show() throws IOException {
            Files.writeString(devices.resolve("0000:01:00.0"), "");
            Files.writeString(devices.resolve("0000:01:00.1"), "");
        }

        private void hide() throws IOException {
            Files.delete(devices.resolve("0000:01:00.0"));
            Files.delete(devices.resolve("0000:01:00.1"));
        }

        @Override
        public void write(String path, String value, Duration limit) throws KernelRefusal {
            written.add(path + "=" + value);
            if (refusal.isPresent()) {
                throw new KernelRefusal(refusal.get(), path, "write " + value + ": as told");
            }
            if (folder.text(path.replace("power", "adapter"))
                    .filter("0"::equals)
                    .isPresent()) {
                throw new KernelRefusal(KernelRefusal.Reason.ABSENT, path, "write " + value + ": ENODEV");
            }
            if (obeys) {
                folder.write(path, value, limit);
                turn(value);
            }
        }

        private void turn(String power) {
            try {
                if (power.equals("1")) {
                    show();
                } else if (removes) {
                    hide();
                }
                if (lost.isPresent()) {
                    Files.delete(root.resolve(SLOTS.substring(1) + lost.get()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
