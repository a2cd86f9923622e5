package org.rackweave.sim.withstand;

import org.rackweave.hal.HalException;
import org.rackweave.hal.sysfs.CpuHotplug;

/** Takes processors on and off line by hand, in a machine that has no tests: {@code ORDER…}, one line of answer each. */
final class CpuHotplugProgram {
    private CpuHotplugProgram() {}

    public static void main(String[] arguments) throws HalException {
        try (CpuHotplug cpus = CpuHotplug.ofThisMachine()) {
            for (String order : arguments) {
                System.out.println(order + " -> " + answer(cpus, order));
            }
        }
    }

    private static String answer(CpuHotplug cpus, String order) {
        int cpu = Integer.parseInt(order.substring(order.length() - 1));
        try {
            if (order.startsWith("off")) {
                cpus.takeOffline(cpu);
            } else {
                cpus.bringOnline(cpu);
            }
            return cpus.online().toString();
        } catch (HalException failed) {
            return failed.getClass().getSimpleName() + " " + failed.getMessage();
        }
    }
}
