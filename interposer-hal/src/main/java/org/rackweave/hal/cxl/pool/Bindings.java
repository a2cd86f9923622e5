package org.rackweave.hal.cxl.pool;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.IdentifySwitch;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.VcsInfo;

/**
 * What every vPPB of a switch is bound to, read virtual switch by virtual switch. Read whole: what is lent may be bound where nobody
 * of this rack put it.
 */
record Bindings(List<VcsInfo.VirtualSwitch> virtualSwitches) {
    /**
     * What is bound.
     *
     * @param port the device's
     * @param logicalDevice of a pooled device, else {@link BindVppb#WHOLE_PORT}
     */
    record Target(int port, int logicalDevice) {
        boolean isOf(VcsInfo.Vppb vppb) {
            return vppb.port() == port
                    && (logicalDevice == BindVppb.WHOLE_PORT
                            ? vppb.binding() == VcsInfo.Binding.PORT
                            : vppb.binding() == VcsInfo.Binding.LD && vppb.logicalDevice() == logicalDevice);
        }

        @Override
        public String toString() {
            return logicalDevice == BindVppb.WHOLE_PORT
                    ? "port " + port
                    : "logical device " + logicalDevice + " of port " + port;
        }
    }

    /** A vPPB. */
    record Place(int virtualSwitch, int vppb) {
        @Override
        public String toString() {
            return "virtual switch " + virtualSwitch + " vPPB " + vppb;
        }
    }

    Bindings {
        virtualSwitches = List.copyOf(virtualSwitches);
    }

    /** Reads them; the first question that is not answered is the outcome. */
    static Outcome<Bindings> read(FmClient client) {
        Outcome<IdentifySwitch.Response> identified = client.call(new IdentifySwitch.Request());
        if (!(identified instanceof Outcome.Answered<IdentifySwitch.Response> identity)) {
            return identified.unanswered();
        }
        Outcome<List<VcsInfo.VirtualSwitch>> asked =
                SwitchInventory.readVirtualSwitches(client, identity.response().activeVirtualSwitches());
        return asked instanceof Outcome.Answered<List<VcsInfo.VirtualSwitch>> answered
                ? new Outcome.Answered<>(new Bindings(answered.response()))
                : asked.unanswered();
    }

    Optional<Place> placeOf(Target target) {
        for (VcsInfo.VirtualSwitch each : virtualSwitches) {
            for (int vppb = 0; vppb < each.entries().size(); vppb++) {
                if (target.isOf(each.entries().get(vppb))) {
                    return Optional.of(new Place(each.id(), vppb));
                }
            }
        }
        return Optional.empty();
    }

    /** The lowest vPPB of a virtual switch that is bound to nothing. */
    OptionalInt firstUnbound(int virtualSwitch) {
        for (VcsInfo.VirtualSwitch each : virtualSwitches) {
            for (int vppb = 0;
                    each.id() == virtualSwitch && vppb < each.entries().size();
                    vppb++) {
                if (each.entries().get(vppb).binding() == VcsInfo.Binding.UNBOUND) {
                    return OptionalInt.of(vppb);
                }
            }
        }
        return OptionalInt.empty();
    }

    /** Whether some vPPB is on its way from or to something: nothing is said then of what that is. */
    boolean isAnyBusy() {
        return virtualSwitches.stream()
                .flatMap(each -> each.entries().stream())
                .anyMatch(vppb -> vppb.binding() == VcsInfo.Binding.BUSY);
    }
}
