package org.rackweave.sim.withstand;

import java.util.Arrays;
import org.rackweave.hal.HalException;
import org.rackweave.hal.sysfs.PcieSlot;

/** Switches a slot by hand, in a machine that has no tests: {@code NAME ORDER…}, one line of answer each. Refusals are answers. */
final class PcieSlotProgram {
    private PcieSlotProgram() {}

    public static void main(String[] arguments) throws HalException {
        try (PcieSlot slot = PcieSlot.ofThisMachine(arguments[0])) {
            for (String order : Arrays.copyOfRange(arguments, 1, arguments.length)) {
                System.out.println(order + " -> " + answer(slot, order));
            }
        }
    }

    private static String answer(PcieSlot slot, String order) {
        try {
            return switch (order) {
                case "is-on" -> Boolean.toString(slot.isOn());
                case "functions" -> slot.functions().toString();
                case "off" -> {
                    slot.switchOff();
                    yield "done";
                }
                case "on" -> {
                    slot.switchOn();
                    yield "done";
                }
                default -> throw new IllegalArgumentException(order);
            };
        } catch (HalException failed) {
            return failed.getClass().getSimpleName() + " " + failed.getMessage();
        }
    }
}
