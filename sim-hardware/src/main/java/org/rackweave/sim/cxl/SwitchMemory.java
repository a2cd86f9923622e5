package org.rackweave.sim.cxl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rackweave.sim.memory.DeviceMemory;

/**
 * The memory behind a simulated switch: a sparse file for each logical device and each single device, and, while it is bound, another
 * name of that file where the host's window is. A switch whose plan names no directory has no memory to look at.
 *
 * <pre>
 * DIR/port3-ld1.mem     of a logical device
 * DIR/port2.mem         of a single device
 * </pre>
 */
final class SwitchMemory {
    private static final String VPPB = "{vppb}";

    private final SwitchPlan plan;
    private final Map<CxlSwitch.Target, DeviceMemory> devices = new HashMap<>();

    private SwitchMemory(SwitchPlan plan) {
        this.plan = plan;
    }

    /** Makes what is not there, and takes away what hosts saw through a switch that was there before. */
    static SwitchMemory open(SwitchPlan plan) throws IOException {
        SwitchMemory memory = new SwitchMemory(plan);
        if (plan.memory().isEmpty()) {
            return memory;
        }
        Files.createDirectories(plan.memory().get());
        for (SwitchPlan.Port port : plan.ports()) {
            if (port.behind() instanceof SwitchPlan.Behind.Single single) {
                memory.add(new CxlSwitch.Target(port.id(), Optional.empty()), single.bytes());
            } else if (port.behind() instanceof SwitchPlan.Behind.Multi multi) {
                memory.addEach(plan.headsAt(port).orElseThrow(), multi.bytes());
            } else if (port.behind() instanceof SwitchPlan.Behind.Headed headed) {
                memory.addEach(plan.headsAt(port).orElseThrow(), headed.bytes());
            } else if (port.behind() instanceof SwitchPlan.Behind.Dynamic dynamic) {
                memory.add(new CxlSwitch.Target(port.id(), Optional.empty()), dynamic.bytes());
            }
        }
        for (SwitchPlan.VirtualSwitch each : plan.virtualSwitches()) {
            for (int vppb = 0; vppb < each.vppbs(); vppb++) {
                CxlSwitch.Place place = new CxlSwitch.Place(each.id(), vppb);
                memory.hide(place);
                Optional<Path> window = memory.window(place);
                if (window.isPresent()) {
                    CapacityFiles.deleteAll(
                            window.get().resolveSibling(window.get().getFileName() + "-"));
                }
            }
        }
        return memory;
    }

    private void addEach(SwitchPlan.Heads heads, long bytes) throws IOException {
        for (int ld = 0; ld < heads.logicalDevices(); ld++) {
            Optional<Integer> port = heads.portOf(ld);
            if (port.isPresent()) {
                add(new CxlSwitch.Target(port.get(), Optional.of(ld)), bytes / heads.logicalDevices());
            }
        }
    }

    /** The memory of the dynamic capacity device behind a port. */
    CapacityFiles capacityOf(int port) throws IOException {
        return new CapacityFiles(Optional.ofNullable(devices.get(new CxlSwitch.Target(port, Optional.empty()))), this);
    }

    private void add(CxlSwitch.Target target, long bytes) throws IOException {
        String name = "port" + target.port()
                + target.logicalDevice().map(ld -> "-ld" + ld).orElse("") + ".mem";
        DeviceMemory device = new DeviceMemory(plan.memory().orElseThrow().resolve(name), bytes);
        device.open();
        // Whoever mapped it through the switch that was there before has it no more.
        device.takeFromHost();
        devices.put(target, device);
    }

    void show(CxlSwitch.Place place, CxlSwitch.Target target) throws IOException {
        Optional<Path> window = window(place);
        DeviceMemory device = devices.get(target);
        if (window.isPresent() && device != null) {
            Path directory = window.get().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Files.deleteIfExists(window.get());
            Files.createLink(window.get(), device.file());
        }
    }

    void take(CxlSwitch.Place place, CxlSwitch.Target target) throws IOException {
        hide(place);
        DeviceMemory device = devices.get(target);
        if (device != null) {
            device.takeFromHost();
        }
    }

    void wipe(CxlSwitch.Target target) throws IOException {
        DeviceMemory device = devices.get(target);
        if (device != null) {
            device.wipe();
        }
    }

    /** Whether the size of this may not change, because it is kept in a file. */
    boolean isKept(CxlSwitch.Target target) {
        return devices.containsKey(target);
    }

    private void hide(CxlSwitch.Place place) throws IOException {
        Optional<Path> window = window(place);
        if (window.isPresent()) {
            Files.deleteIfExists(window.get());
        }
    }

    Optional<Path> window(CxlSwitch.Place place) {
        return plan.virtualSwitches().stream()
                .filter(each -> each.id() == place.virtualSwitch())
                .flatMap(each -> each.windows().stream())
                .map(pattern -> Path.of(pattern.replace(VPPB, Integer.toString(place.vppb()))))
                .findAny();
    }
}
