package org.rackweave.sim.lab.adversary;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.sim.lab.LabFailure;

/** A second fabric manager of a CXL switch. */
final class RogueCxlManager implements RogueManager {
    private final FmClient client;

    /** A vPPB and what is bound to it, which is nothing for one that is free. */
    private record Place(int virtualSwitch, int vppb, VcsInfo.Vppb entry) {
        @Override
        public String toString() {
            return "virtual switch " + virtualSwitch + " vPPB " + vppb;
        }
    }

    /** @param logicalDevice {@link BindVppb#WHOLE_PORT} of a device that is not pooled */
    private record Target(int port, int logicalDevice) {
        @Override
        public String toString() {
            return "port " + port + (logicalDevice == BindVppb.WHOLE_PORT ? "" : " ld " + logicalDevice);
        }
    }

    RogueCxlManager(InetSocketAddress address) {
        client = new FmClient(address, FmPatience.USUAL);
    }

    @Override
    public Optional<String> strike(RandomGenerator random) throws LabFailure {
        SwitchInventory inventory = done(SwitchInventory.read(client));
        List<Place> places = places(inventory);
        List<Place> bound = places.stream().filter(RogueCxlManager::isBound).toList();
        if (bound.isEmpty()) {
            List<Target> devices = devices(inventory);
            return devices.isEmpty() ? Optional.empty() : given(RogueManager.any(devices, random), places, random);
        }
        Place from = RogueManager.any(bound, random);
        Target target = target(from.entry());
        done(client.call(new UnbindVppb.Request(from.virtualSwitch(), from.vppb(), UnbindVppb.How.SURPRISE)));
        List<Place> elsewhere = places.stream()
                .filter(place -> place.virtualSwitch() != from.virtualSwitch())
                .toList();
        String taken = "took " + target + " from " + from;
        return Optional.of(given(target, elsewhere, random)
                .map(given -> taken + " and " + given)
                .orElse(taken));
    }

    private Optional<String> given(Target target, List<Place> places, RandomGenerator random) throws LabFailure {
        List<Place> free = places.stream()
                .filter(place -> place.entry().binding() == VcsInfo.Binding.UNBOUND)
                .toList();
        if (free.isEmpty()) {
            return Optional.empty();
        }
        Place to = RogueManager.any(free, random);
        done(client.call(new BindVppb.Request(to.virtualSwitch(), to.vppb(), target.port(), target.logicalDevice())));
        return Optional.of("bound " + target + " to " + to);
    }

    private static List<Place> places(SwitchInventory inventory) {
        List<Place> places = new ArrayList<>();
        for (VcsInfo.VirtualSwitch each : inventory.virtualSwitches()) {
            for (int vppb = 0; vppb < each.entries().size(); vppb++) {
                places.add(new Place(each.id(), vppb, each.entries().get(vppb)));
            }
        }
        return places;
    }

    private static boolean isBound(Place place) {
        return switch (place.entry().binding()) {
            case PORT, LD -> true;
            case UNBOUND, BUSY, PID -> false;
        };
    }

    private static Target target(VcsInfo.Vppb entry) {
        return new Target(
                entry.port(), entry.binding() == VcsInfo.Binding.LD ? entry.logicalDevice() : BindVppb.WHOLE_PORT);
    }

    private static List<Target> devices(SwitchInventory inventory) {
        List<Target> devices = new ArrayList<>();
        for (PortState.Port port : inventory.ports()) {
            if (port.device() == PortState.Device.TYPE_3_SLD) {
                devices.add(new Target(port.id(), BindVppb.WHOLE_PORT));
            } else if (port.device() == PortState.Device.TYPE_3_MLD) {
                for (int ld = 0; ld < port.logicalDevices(); ld++) {
                    devices.add(new Target(port.id(), ld));
                }
            }
        }
        return devices;
    }

    private static <R> R done(Outcome<R> outcome) throws LabFailure {
        return switch (outcome.kind()) {
            case ANSWERED -> ((Outcome.Answered<R>) outcome).response();
            case DECLINED -> throw new LabFailure("the switch declined: " + ((Outcome.Declined<R>) outcome).code());
            case UNKNOWN ->
                throw new LabFailure("whether it was done is unknown: " + ((Outcome.Unknown<R>) outcome).why());
            case NOT_SENT -> throw new LabFailure(((Outcome.NotSent<R>) outcome).why());
        };
    }

    @Override
    public void close() {
        client.close();
    }
}
