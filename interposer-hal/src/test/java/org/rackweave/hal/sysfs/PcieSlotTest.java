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
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.HalException;

class PcieSlotTest {
    private static final String POWER = "/sys/bus/pci/slots/9/power";

    @TempDir
    Path root;

    private ModelSlots kernel;
    private PcieSlot slot;

    @BeforeEach
    void aSlotWithTwoFunctionsBesideOneWithAnother() throws Exception {
        kernel = new ModelSlots(root);
        put("/sys/bus/pci/slots/9/address", "0000:01:00");
        put(POWER, "1");
        kernel.show();
        put("/sys/bus/pci/devices/0000:01:00.10", "");
        put("/sys/bus/pci/devices/0000:11:00.0", "");
        slot = new PcieSlot("9", kernel);
    }

    @AfterEach
    void close() {
        slot.close();
    }

    @Test
    void whatIsInASlotIsGoneWhenItIsOffAndFoundWhenItIsOn() throws Exception {
        assertThat(slot.isOn()).isTrue();
        assertThat(slot.functions()).containsExactly("0000:01:00.0", "0000:01:00.1");

        slot.switchOff();
        assertThat(slot.isOn()).isFalse();
        assertThat(slot.functions()).isEmpty();

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

    @Test
    void aSlotThatIsNotThereIsUnavailable() {
        assertThatThrownBy(() -> new PcieSlot("10", kernel).isOn()).isInstanceOf(HalException.Unavailable.class);
        assertThatThrownBy(() -> new PcieSlot("10", kernel).switchOn()).isInstanceOf(HalException.Unavailable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../9", "9/..", "a b"})
    void aNameThatLeadsElsewhereIsNone(String name) {
        assertThatThrownBy(() -> new PcieSlot(name, kernel)).isInstanceOf(IllegalArgumentException.class);
    }

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    /** Slot 9 as the kernel shows it; its functions come and go with its power. */
    private static final class ModelSlots extends FolderKernel {
        private final Path devices;
        private Optional<KernelRefusal.Reason> refusal = Optional.empty();
        private boolean obeys = true;
        private boolean removes = true;

        ModelSlots(Path root) throws Exception {
            super(root);
            devices = Files.createDirectories(root.resolve("sys/bus/pci/devices"));
        }

        void show() throws IOException {
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
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
