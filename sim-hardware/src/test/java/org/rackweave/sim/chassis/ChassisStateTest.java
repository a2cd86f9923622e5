package org.rackweave.sim.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChassisStateTest {
    private static final ChassisPlan PLAN = ChassisPlan.parse("""
            supply 7-0058 300W
            supply 7-0059 300W
            fans 8-0020
            link alpha 10-0050
            slot 1 switchtec 16 200W 9-0048
            slot 2 switchtec 20 200W 9-0049
            slot 3 switchtec 24 100W 9-004a   # the third
            switchtec memory {dir}/x
            """, "/chassis");

    @Test
    void aPlanIsReadWithItsFolder() {
        assertThat(PLAN.slots().get(2))
                .isEqualTo(new ChassisPlan.Slot(3, ChassisPlan.Behind.SWITCHTEC, 24, 100, "9-004a"));
        assertThat(PLAN.switchtec()).containsExactly("memory /chassis/x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"slot 1 cxl 2 40W 9-0048", "supply 7-0058", "door open", "slot 0 cxl 2 40W 9-0048\ncxl x"})
    void whatIsNoPlanIsRefused(String text) {
        assertThatThrownBy(() -> ChassisPlan.parse(text, "/")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neitherIsMoreOnThanTheSuppliesGiveNorWhatWasPulledOut() {
        List<String> lines = List.of(
                "supply 7-0058 fails", "supply 7-0059 fails", "slot 1 pulled", "slot 2 hot", "fans 8-0020 stop");
        Random random = new Random(11);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            lines.stream().filter(line -> random.nextBoolean()).forEach(line -> text.append(line)
                    .append('\n'));
            Set<Trouble> troubles = Trouble.parse(text.toString());
            Set<Integer> wanted = new HashSet<>();
            for (int slot = 1; slot <= 3; slot++) {
                if (random.nextBoolean()) {
                    wanted.add(slot);
                }
            }
            ChassisState state = ChassisState.settled(PLAN, troubles, wanted);
            assertThat(state.takenWatts()).isLessThanOrEqualTo(state.givenWatts());
            assertThat(wanted).containsAll(state.on());
            if (text.indexOf("slot 1 pulled") >= 0) {
                assertThat(state.on()).doesNotContain(1);
            }
        }
    }

    @Test
    void takingMoreThanIsGivenTakesThePowerFromAll() {
        Set<Trouble> lost = Trouble.parse("supply 7-0058 fails");
        assertThat(ChassisState.settled(PLAN, lost, Set.of(1, 3)).on()).containsExactlyInAnyOrder(1, 3);
        assertThat(ChassisState.settled(PLAN, lost, Set.of(1, 2)).on()).isEmpty();
        assertThat(ChassisState.settled(PLAN, Set.of(), Set.of(1, 2)).on()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void whatTheSuppliesGiveIsWhatTheSlotsTake() {
        ChassisState state = ChassisState.settled(PLAN, Set.of(), Set.of(1, 3));
        assertThat(List.of("7-0058", "7-0059")).allSatisfy(chip -> assertThat(
                        state.attributes().get("sys/bus/i2c/devices/" + chip + "/hwmon/hwmon0/power1_input"))
                .isEqualTo("150000000"));
        assertThat(state.attributes().get("sys/bus/pci/slots/3/cur_bus_speed")).isEqualTo("32.0 GT/s PCIe");
        assertThat(state.attributes().get("sys/bus/pci/slots/2/cur_bus_speed")).isEqualTo("Unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"supply 7-0058", "slot 1 sad", "supply 7-0058 stop"})
    void whatIsNoTroubleIsRefused(String line) {
        assertThatThrownBy(() -> Trouble.parse(line)).hasMessageContaining(line);
    }
}
