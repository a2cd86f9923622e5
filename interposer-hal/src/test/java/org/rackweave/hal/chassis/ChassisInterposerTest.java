package org.rackweave.hal.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.Fence;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwarePlace;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Latency;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.sysfs.ChassisFiles;

/**
 * Three modules of 300, 300 and 200 W, and two supplies of 600 W each: two of the modules may be on. Files stand in the kernel's place,
 * one that does not say of a slot whether its link is up.
 */
class ChassisInterposerTest {
    private static final String SUPPLY = "7-0058";
    private static final String FANS = "8-0020";
    private static final String SENSOR = "9-0048";
    private static final String LINK = "10-0050";

    @TempDir
    private Path root;

    private final ModelSwitch router = new ModelSwitch();
    private Optional<ChassisInterposer> opened = Optional.empty();

    @BeforeEach
    void threeModulesAsleep() throws Exception {
        slot("1", "0000:01:00");
        slot("2", "0000:02:00");
        slot("3", "0000:03:00");
        chip(SUPPLY, Map.of("in2_lcrit_alarm", "0", "in2_label", "vout1"));
        chip("7-0059", Map.of("power1_label", "pin", "power1_rated_max", "700000000", "power2_label", "pout1"));
        attribute("7-0059", "power2_rated_max", "600000000");
        chip(FANS, Map.of("fan1_input", "5200", "fan1_label", "front"));
        chip(SENSOR, Map.of("temp1_crit_alarm", "0"));
        chip(LINK, Map.of("power2_lcrit_alarm", "0", "power2_label", "RX_power"));
    }

    @AfterEach
    void close() {
        opened.ifPresent(Interposer::close);
    }

    @Test
    void allAreAwakeWhileSwitchesOpenAndWhatIsIdleSleepsAfterwards() throws Exception {
        router.whenOpened = () -> assertThat(on()).containsExactly("1", "2");
        router.bound.put("gpu1", "alpha");
        open();
        assertThat(on()).containsExactly("2");
    }

    @Test
    void aModuleIsOnFromItsBindToTheEndOfItsWipe() throws Exception {
        open();
        chassis().bind("gpu0", "alpha", 1);
        assertThat(on()).containsExactly("1");
        chassis().unbind("gpu0", 2);
        assertThat(on()).containsExactly("1");
        chassis().sanitise("gpu0");
        assertThat(on()).isEmpty();
    }

    @Test
    void aModuleStaysOnWhileAnotherPartOfItIsLentOrWaitsForItsWipe() throws Exception {
        open();
        chassis().bind("half-a", "alpha", 1);
        chassis().bind("half-b", "bravo", 1);
        chassis().unbind("half-a", 2);
        chassis().sanitise("half-a");
        assertThat(on()).containsExactly("3");
        chassis().bind("half-a", "alpha", 3);
        chassis().unbind("half-a", 4);
        chassis().unbind("half-b", 4);
        chassis().sanitise("half-b");
        assertThat(on()).containsExactly("3");
        chassis().sanitise("half-a");
        assertThat(on()).isEmpty();
    }

    @Test
    void aLoanThatWouldNeedMoreThanOneSupplyGivesIsRefusedAndItsSliceIsStillClean() throws Exception {
        open();
        for (String key : List.of("gpu0", "gpu1", "half-a", "half-b")) {
            chassis().sanitise(key);
        }
        chassis().bind("gpu0", "alpha", 1);
        chassis().bind("gpu1", "alpha", 1);
        int wiped = router.wipes;
        refused(() -> chassis().bind("half-a", "alpha", 1), "slot 3 (half)", "200 W", "600 W are on", "600 W may be");
        assertThat(on()).containsExactly("1", "2");
        chassis().unbind("half-a", 2);
        assertThat(chassis().sanitise("half-a").method()).isEqualTo("model");
        assertThat(router.wipes).as("what slept since its wipe is not woken").isEqualTo(wiped);
    }

    @Test
    void noOrderOfLoansTakesMoreThanOneSupplyGives() throws Exception {
        open();
        List<String> keys = List.of("gpu0", "gpu1", "half-a", "half-b");
        for (int round = 0; round < 200; round++) {
            String key = keys.get(round * 7 % 4);
            try {
                if (router.bound.containsKey(key)) {
                    chassis().unbind(key, round);
                    chassis().sanitise(key);
                } else {
                    chassis().bind(key, "alpha", round);
                }
            } catch (HalException.Refused full) {
                assertThat(full).hasMessageContaining("may be");
            }
            long watts = on().stream()
                    .mapToLong(slot -> slot.equals("3") ? 200 : 300)
                    .sum();
            assertThat(watts).isLessThanOrEqualTo(600);
            assertThat(router.bound.keySet()).as("what is lent has power").allMatch(lent -> on().contains(
                            lent.equals("gpu0") ? "1" : lent.equals("gpu1") ? "2" : "3"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        SUPPLY + ", in2_lcrit_alarm, 1, power supply 7-0058: its in2_lcrit_alarm (vout1) is set",
        FANS + ", fan1_input, 0, fans 8-0020: its fan1_input (front) is 0: it stands still",
        SENSOR + ", temp1_crit_alarm, 1, slot 1 (gpu0): its temp1_crit_alarm is set",
        LINK + ", power2_lcrit_alarm, 1, optical link to alpha (10-0050): its power2_lcrit_alarm (RX_power) is set"
    })
    void inTroubleNothingNewIsBoundAndWhatIsLentStaysAndIsWiped(
            String chip, String attribute, String value, String trouble) throws Exception {
        router.bound.put("gpu1", "alpha");
        open();
        assertThat(chassis().warnings()).isEmpty();
        attribute(chip, attribute, value);
        assertThat(chassis().warnings()).containsExactly(trouble);
        refused(() -> chassis().bind("gpu0", "alpha", 1), trouble);
        assertThat(on()).containsExactly("2");
        assertThat(chassis().route("gpu1")).isEqualTo(new Route.Bound("alpha", 0));
        assertThat(chassis().bind("gpu1", "alpha", 1).kind()).isEqualTo("model");
        chassis().unbind("gpu1", 2);
        chassis().sanitise("gpu1");
        assertThat(on()).isEmpty();
    }

    @Test
    void aHotModuleAndADarkLinkConcernNobodyElse() throws Exception {
        open();
        attribute(SENSOR, "temp1_crit_alarm", "1");
        attribute(LINK, "power2_lcrit_alarm", "1");
        chassis().bind("gpu1", "bravo", 1);
        assertThat(on()).containsExactly("2");
    }

    @Test
    void aModuleThatWasPulledOutHasNoRouteAndTakesNothing() throws Exception {
        open();
        chassis().bind("gpu0", "alpha", 1);
        put("/sys/bus/pci/slots/1/adapter", "0");
        put("/sys/bus/pci/slots/1/power", "0");
        assertThat(chassis().warnings()).containsExactly("slot 1 (gpu0): nothing is in it; put the module back");
        assertThatThrownBy(() -> chassis().route("gpu0"))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("slot 1 (gpu0): read route: nothing is in it");
        assertThatThrownBy(() -> chassis().sanitise("gpu0")).isInstanceOf(HalException.Unavailable.class);
        chassis().unbind("gpu0", 2);
        assertThat(router.bound).isEmpty();
    }

    @Test
    void aModuleThatWasOutOfItsSlotWhileItSleptIsWipedBeforeItIsLentAndItsLastWipeIsForgotten() throws Exception {
        open();
        chassis().sanitise("gpu0");
        put("/sys/bus/pci/slots/1/adapter", "0");
        assertThat(chassis().warnings()).hasSize(1);
        put("/sys/bus/pci/slots/1/adapter", "1");
        refused(() -> chassis().bind("gpu0", "alpha", 1), "it was out of its slot, and may be another one");
        int wiped = router.wipes;
        chassis().sanitise("gpu0");
        assertThat(router.wipes).isEqualTo(wiped + 1);
        chassis().bind("gpu0", "alpha", 2);
    }

    @Test
    void aModuleThatHasPowerAndOfWhichItsSwitchSaysNothingKeepsIt() throws Exception {
        put("/sys/bus/pci/slots/1/power", "1");
        router.slices.removeIf(
                slice -> slice.key().equals("gpu0") || slice.key().equals("gpu1"));
        open();
        assertThat(on()).as("somebody may have 1, and nobody had 2").containsExactly("1");
    }

    @Test
    void aSupplyThatSaysMoreThanARackGetsIsNotBelieved() {
        attribute("7-0059", "power2_rated_max", Long.toString(Long.MAX_VALUE));
        assertThatThrownBy(this::open)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("more than 100000 W");
    }

    @Test
    void aLentModuleWithoutPowerIsNamed() throws Exception {
        open();
        chassis().bind("gpu0", "alpha", 1);
        put("/sys/bus/pci/slots/1/power", "0");
        assertThatThrownBy(() -> chassis().route("gpu0"))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("it has no power, and gpu0 is bound to alpha");
    }

    @Test
    void aModuleWithoutALinkIsRefusedAndHasNoPowerLeft() throws Exception {
        open();
        put("/sys/bus/pci/slots/1/cur_bus_speed", "Unknown");
        refused(() -> chassis().bind("gpu0", "alpha", 1), "slot 1 (gpu0)", "its link was not up 10 s after");
        assertThat(on()).isEmpty();
        put("/sys/bus/pci/slots/1/cur_bus_speed", "32.0 GT/s PCIe");
        chassis().bind("gpu0", "alpha", 2);
    }

    @Test
    void aSupplyThatCannotBeReadCountsAsLost() throws Exception {
        open();
        Files.delete(root.resolve("sys/bus/i2c/devices/7-0058/hwmon/hwmon3/in2_lcrit_alarm"));
        Files.delete(root.resolve("sys/bus/i2c/devices/7-0058/hwmon/hwmon3/in2_label"));
        Files.delete(root.resolve("sys/bus/i2c/devices/7-0058/hwmon/hwmon3"));
        refused(() -> chassis().bind("gpu0", "alpha", 1), "power supply 7-0058: it cannot be read");
    }

    @Test
    void aSliceOfADeviceInNoSlotIsNotLent() {
        assertThatThrownBy(() -> open(settings().with("modules", "1 gpu0 300W; 2 gpu1 300W")))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("it is on device \"half\", which is in no slot");
        assertThat(router.isClosed).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "modules=1 gpu0",
                "modules=",
                "modules=1 gpu0 0W",
                "modules=1 gpu0 300W; 1 gpu1 300W",
                "supplies=7-0058",
                "supplies=7-0058, 7-0058",
                "supplies=0x58, 7-0059",
                "fans=left",
                "links=alpha",
                "links=alpha 10-0050, alpha 10-0051",
                "doors=2"
            })
    void whatCannotBeIsRefusedByName(String setting) {
        String name = setting.substring(0, setting.indexOf('='));
        assertThatThrownBy(
                        () -> ChassisSettings.parse(settings().with(name, setting.substring(setting.indexOf('=') + 1))))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("chassis: open");
    }

    @Test
    void withoutASwitchThereIsNothingToLend() {
        Settings settings = settings();
        settings.remove("model.any");
        assertThatThrownBy(() -> ChassisSettings.parse(settings)).hasMessageContaining("no switch routes");
    }

    @Test
    void aFolderThatIsNotTheMachinesOwnIsSimulated() throws Exception {
        open();
        assertThat(chassis().provenance()).isEqualTo(Provenance.SIMULATED);
    }

    // ---- the chassis -----------------------------------------------------------------------------------------------

    private static void refused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(HalException.Refused.class).hasMessageContainingAll(words);
    }

    private static final class Settings extends TreeMap<String, String> {
        private static final long serialVersionUID = 1L;

        Settings with(String name, String value) {
            put(name, value);
            return this;
        }
    }

    private Settings settings() {
        return new Settings()
                .with("root", root.toString())
                .with("modules", "1 gpu0 300W 9-0048; 2 gpu1 300W; 3 half 200W")
                .with("supplies", "7-0058 600W, 7-0059")
                .with("fans", FANS)
                .with("links", "alpha " + LINK)
                .with("model.any", "");
    }

    private void open() throws HalException {
        open(settings());
    }

    private void open(Settings settings) throws HalException {
        opened = Optional.of(ChassisInterposer.open(ChassisSettings.parse(settings), ChassisFiles.below(root), () -> {
            router.whenOpened.run();
            return List.of(router);
        }));
    }

    private ChassisInterposer chassis() {
        return opened.orElseThrow();
    }

    private List<String> on() {
        return List.of("1", "2", "3").stream()
                .filter(slot -> read("/sys/bus/pci/slots/" + slot + "/power").equals("1"))
                .toList();
    }

    private void slot(String name, String address) {
        put("/sys/bus/pci/slots/" + name + "/address", address);
        put("/sys/bus/pci/slots/" + name + "/power", "0");
        put("/sys/bus/pci/slots/" + name + "/adapter", "1");
    }

    private void chip(String place, Map<String, String> attributes) {
        attributes.forEach((name, value) -> attribute(place, name, value));
    }

    private void attribute(String place, String name, String value) {
        put("/sys/bus/i2c/devices/" + place + "/hwmon/hwmon3/" + name, value);
    }

    private void put(String path, String value) {
        try {
            Path file = root.resolve(path.substring(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, value + "\n");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private String read(String path) {
        try {
            return Files.readString(root.resolve(path.substring(1))).strip();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Routes without hardware: two devices, and a third of two parts. */
    private static final class ModelSwitch implements Interposer {
        private final Map<String, String> bound = new TreeMap<>();
        private final List<HardwareSlice> slices = new ArrayList<>();
        private Runnable whenOpened = () -> {};
        private int wipes;
        private boolean isClosed;

        ModelSwitch() {
            slices.add(slice("gpu0", "gpu0"));
            slices.add(slice("gpu1", "gpu1"));
            slices.add(slice("half-a", "half"));
            slices.add(slice("half-b", "half"));
        }

        private static HardwareSlice slice(String key, String device) {
            return new HardwareSlice(
                    key,
                    SliceKind.PCIE_DEVICE,
                    1,
                    Set.of(),
                    ForcedEnd.TOLERATED,
                    Fence.ROUTE_READBACK,
                    new HardwarePlace("", device, Latency.SWITCH),
                    Set.of());
        }

        @Override
        public String description() {
            return "model";
        }

        @Override
        public Provenance provenance() {
            return Provenance.REAL;
        }

        @Override
        public List<HardwareSlice> slices() {
            return slices;
        }

        @Override
        public Route route(String sliceKey) {
            String host = bound.get(sliceKey);
            return host == null ? new Route.Unbound(0) : new Route.Bound(host, 0);
        }

        @Override
        public HardwareAttachment bind(String sliceKey, String hostPort, long epoch) {
            bound.put(sliceKey, hostPort);
            return new HardwareAttachment("model", sliceKey, 0);
        }

        @Override
        public void unbind(String sliceKey, long epoch) {
            bound.remove(sliceKey);
        }

        @Override
        public WipeReport sanitise(String sliceKey) {
            wipes++;
            return new WipeReport(WipeReport.Wiper.DEVICE, "model", 0, 0, 0);
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }
}
