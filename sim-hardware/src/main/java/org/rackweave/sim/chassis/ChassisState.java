package org.rackweave.sim.chassis;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a chassis stands, and what its chips and slots say then.
 *
 * @param on the numbers of the slots that have power
 */
record ChassisState(ChassisPlan plan, Set<Trouble> troubles, Set<Integer> on) {
    static final String SLOTS = "sys/bus/pci/slots/";
    private static final String CHIPS = "sys/bus/i2c/devices/";
    private static final long MICRO = 1_000_000;
    private static final int MAINS_MILLIVOLTS = 230_000;
    private static final int OUTPUT_MILLIVOLTS = 12_000;
    private static final int FAN_TURNS = 5_200;
    private static final int CRITICAL_MILLIDEGREES = 95_000;
    private static final int HOT_MILLIDEGREES = 104_000;
    private static final int WARM_MILLIDEGREES = 61_000;
    private static final int COOL_MILLIDEGREES = 29_000;

    ChassisState {
        troubles = Set.copyOf(troubles);
        on = Set.copyOf(on);
    }

    /**
     * What becomes of it by itself: what was pulled out has no power, and more than the supplies give takes the power from all.
     *
     * @param wanted the slots that are told to be on
     */
    static ChassisState settled(ChassisPlan plan, Set<Trouble> troubles, Set<Integer> wanted) {
        Set<Integer> on = new TreeSet<>(wanted);
        on.removeIf(slot -> troubles.contains(new Trouble(Trouble.Kind.SLOT_PULLED, Integer.toString(slot))));
        ChassisState state = new ChassisState(plan, troubles, on);
        return state.takenWatts() > state.givenWatts() ? new ChassisState(plan, troubles, Set.of()) : state;
    }

    long takenWatts() {
        return plan.slots().stream()
                .filter(slot -> on.contains(slot.number()))
                .mapToLong(ChassisPlan.Slot::watts)
                .sum();
    }

    long givenWatts() {
        return plan.supplies().stream()
                .filter(this::works)
                .mapToLong(ChassisPlan.Supply::watts)
                .sum();
    }

    private boolean works(ChassisPlan.Supply supply) {
        return !troubles.contains(new Trouble(Trouble.Kind.SUPPLY_FAILS, supply.chip()));
    }

    /** What each attribute says, by its path below the folder; all but the power of slots. */
    Map<String, String> attributes() {
        Map<String, String> all = new TreeMap<>();
        plan.supplies().forEach(supply -> supply(all, supply));
        plan.fans().forEach(fans -> fans(all, fans));
        plan.links().forEach(link -> link(all, link));
        plan.slots().forEach(slot -> slot(all, slot));
        return all;
    }

    private void supply(Map<String, String> all, ChassisPlan.Supply supply) {
        boolean works = works(supply);
        long working = plan.supplies().stream().filter(this::works).count();
        long outputWatts = works ? takenWatts() / working : 0;
        String chip = chip(supply.chip());
        all.put(chip + "name", "pmbus");
        all.put(chip + "in1_label", "vin");
        all.put(chip + "in1_input", Integer.toString(works ? MAINS_MILLIVOLTS : 0));
        all.put(chip + "in1_lcrit_alarm", works ? "0" : "1");
        all.put(chip + "in2_label", "vout1");
        all.put(chip + "in2_input", Integer.toString(works ? OUTPUT_MILLIVOLTS : 0));
        all.put(chip + "in2_lcrit_alarm", works ? "0" : "1");
        all.put(chip + "power1_label", "pout1");
        all.put(chip + "power1_input", Long.toString(outputWatts * MICRO));
        all.put(chip + "power1_rated_max", Long.toString(supply.watts() * MICRO));
    }

    private void fans(Map<String, String> all, String fans) {
        boolean turn = !troubles.contains(new Trouble(Trouble.Kind.FANS_STOP, fans));
        all.put(chip(fans) + "name", "max31790");
        for (int fan = 1; fan <= 2; fan++) {
            all.put(chip(fans) + "fan" + fan + "_input", Integer.toString(turn ? FAN_TURNS : 0));
            all.put(chip(fans) + "fan" + fan + "_fault", turn ? "0" : "1");
        }
    }

    private void link(Map<String, String> all, ChassisPlan.Link link) {
        boolean isUp = !troubles.contains(new Trouble(Trouble.Kind.LINK_DOWN, link.host()));
        String chip = chip(link.chip());
        all.put(chip + "name", "sfp");
        all.put(chip + "power1_label", "TX_power");
        all.put(chip + "power1_input", "1100");
        all.put(chip + "power1_lcrit_alarm", "0");
        all.put(chip + "power2_label", "RX_power");
        all.put(chip + "power2_input", isUp ? "950" : "0");
        all.put(chip + "power2_lcrit_alarm", isUp ? "0" : "1");
    }

    private void slot(Map<String, String> all, ChassisPlan.Slot slot) {
        String number = Integer.toString(slot.number());
        boolean isOn = on.contains(slot.number());
        boolean isHot = troubles.contains(new Trouble(Trouble.Kind.SLOT_HOT, number));
        int millidegrees = isHot ? HOT_MILLIDEGREES : isOn ? WARM_MILLIDEGREES : COOL_MILLIDEGREES;
        all.put(chip(slot.chip()) + "name", "tmp75");
        all.put(chip(slot.chip()) + "temp1_input", Integer.toString(millidegrees));
        all.put(chip(slot.chip()) + "temp1_crit", Integer.toString(CRITICAL_MILLIDEGREES));
        all.put(chip(slot.chip()) + "temp1_crit_alarm", isHot ? "1" : "0");
        all.put(SLOTS + number + "/address", String.format(Locale.ROOT, "0000:%02x:00", slot.number()));
        all.put(
                SLOTS + number + "/adapter",
                troubles.contains(new Trouble(Trouble.Kind.SLOT_PULLED, number)) ? "0" : "1");
        all.put(SLOTS + number + "/cur_bus_speed", isOn ? "32.0 GT/s PCIe" : "Unknown");
    }

    private static String chip(String place) {
        return CHIPS + place + "/hwmon/hwmon0/";
    }
}
