package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.nativelinux.KernelErrors;
import org.rackweave.hal.text.IdLists;

/**
 * The processors of this machine, on line and off line ({@code /sys/devices/system/cpu/cpuN/online}). Of a processor that goes off line the
 * kernel moves all programs and interrupts away first; nobody is asked. Needs root; one thread uses it.
 */
public final class CpuHotplug implements AutoCloseable {
    /** The highest number that is taken for a processor's: Linux can be built for 8,192. */
    public static final int HIGHEST_CPU = 8_191;

    private static final String FOLDER = "/sys/devices/system/cpu/";
    private static final String READ = "read on line";

    private final Attributes attributes;
    private final Settled settled;

    CpuHotplug(Attributes attributes) {
        this.attributes = attributes;
        this.settled = new Settled(attributes);
    }

    /** Looks at nothing yet. */
    public static CpuHotplug ofThisMachine() throws HalException {
        return new CpuHotplug(new SysfsFolder(Path.of("/"), KernelErrors.ofThisProcess()));
    }

    /** Those that run programs. */
    public IdSet online() throws HalException {
        try {
            String text = settled.demand(FOLDER + "online");
            return IdLists.parse(text)
                    .orElseThrow(() -> new KernelRefusal(
                            KernelRefusal.Reason.OTHER, FOLDER + "online", "no list: \"" + text + "\""));
        } catch (KernelRefusal refused) {
            throw unavailable("the processors", READ, refused);
        }
    }

    /** Whether it can be taken off line at all: most kernels keep the first one. */
    public boolean canLeave(int cpu) throws HalException {
        try {
            return attributes.place(path(cpu)).isPresent();
        } catch (KernelRefusal refused) {
            throw unavailable(device(cpu), READ, refused);
        }
    }

    /**
     * Returns when it runs programs; nothing happens when it does.
     *
     * @throws HalException.Refused when the kernel refuses, as a hypervisor or the firmware may not give it
     * @throws HalException.Unavailable when there is no such processor
     */
    public void bringOnline(int cpu) throws HalException {
        turn(cpu, 1, "bring on line", "look at the kernel's log; the hypervisor or the firmware may keep it");
    }

    /**
     * Returns when nothing runs on it any more; nothing happens when it is off line.
     *
     * @throws HalException.Refused when the kernel keeps it: it is the last one, or programs with a deadline need it
     * @throws HalException.Unavailable when the kernel has no switch for it
     */
    public void takeOffline(int cpu) throws HalException {
        turn(
                cpu,
                0,
                "take off line",
                "the last processor stays, and one that programs with a deadline (SCHED_DEADLINE) need; end those");
    }

    private void turn(int cpu, long wanted, String operation, String advice) throws HalException {
        String path = path(cpu);
        boolean isOnline = online().contains(cpu);
        if (isOnline && wanted == 1) {
            return;
        }
        // One that is off line has its switch: what runs nothing and has none is not there.
        if (!canLeave(cpu)) {
            throw new HalException.Unavailable(
                    device(cpu),
                    operation,
                    "the kernel has no switch for it",
                    "choose another one: the first is kept by most kernels, and one above "
                            + "/sys/devices/system/cpu/present is not there");
        }
        if (isOnline == (wanted == 1)) {
            return;
        }
        try {
            settled.number(path, wanted);
        } catch (KernelRefusal refused) {
            throw refused.ofOrder(device(cpu), operation, advice);
        }
    }

    private static HalException unavailable(String device, String operation, KernelRefusal refused) {
        return new HalException.Unavailable(
                device,
                operation,
                String.valueOf(refused.getMessage()),
                "use a kernel with CONFIG_HOTPLUG_CPU and a /sys");
    }

    private static String path(int cpu) {
        if (cpu < 0 || cpu > HIGHEST_CPU) {
            throw new IllegalArgumentException("processors are 0 to " + HIGHEST_CPU + ", not " + cpu);
        }
        return FOLDER + "cpu" + cpu + "/online";
    }

    private static String device(int cpu) {
        return "processor " + cpu;
    }

    @Override
    public void close() {
        attributes.close();
    }
}
