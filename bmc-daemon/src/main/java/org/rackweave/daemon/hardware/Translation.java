package org.rackweave.daemon.hardware;

import java.util.Optional;
import org.rackweave.daemon.lease.DeviceTold;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.hal.DeviceState;
import org.rackweave.hal.Fence;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Latency;
import org.rackweave.hal.LoadedConfiguration;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.WipeReport;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SlicePlace;

/** The HAL's words into the protocol's: neither knows the other. */
final class Translation {
    private Translation() {}

    static SliceFacts facts(HardwareSlice slice) {
        return new SliceFacts(
                slice.key(),
                kind(slice.kind()),
                slice.amount(),
                slice.capabilities(),
                slice.forcedEnd() == ForcedEnd.FATAL ? ForcedEndEffect.FATAL : ForcedEndEffect.TOLERATED,
                slice.fence() == Fence.HARDWARE_EPOCH ? FenceKind.HARDWARE_EPOCH : FenceKind.ROUTE_READBACK,
                new SlicePlace(
                        slice.place().fabric(),
                        slice.place().device(),
                        latency(slice.place().latency())),
                slice.configurations());
    }

    private static LatencyClass latency(Latency latency) {
        return switch (latency) {
            case HOST -> LatencyClass.HOST;
            case SWITCH -> LatencyClass.SWITCH;
            case WINDOW -> LatencyClass.WINDOW;
            case NETWORK -> LatencyClass.NETWORK;
        };
    }

    static HardwareResult wiped(WipeReport report, Optional<LoadedConfiguration> loaded, DeviceState state) {
        return new HardwareResult.Wiped(
                report.method().equals(WipeReport.NONE_NEEDED) ? HardwareResult.Wiped.NONE_NEEDED : report.method(),
                report.wipedBytes(),
                report.verifiedBytes(),
                loaded.map(LoadedConfiguration::name),
                report.wiper().word(),
                report.durationMillis(),
                told(state),
                Optional.empty());
    }

    static HardwareResult attached(
            HardwareAttachment attachment, Optional<LoadedConfiguration> loaded, DeviceState state) {
        return new HardwareResult.Attached(attachment(attachment), loaded.map(LoadedConfiguration::name), told(state));
    }

    private static DeviceTold told(DeviceState state) {
        return new DeviceTold(state.lockState(), state.firmware());
    }

    static RouteReading reading(Route route, Optional<LoadedConfiguration> loaded) {
        if (route instanceof Route.Bound bound) {
            return new RouteReading.Bound(bound.host(), new Epoch(bound.epoch()));
        }
        return new RouteReading.Unbound(
                new Epoch(((Route.Unbound) route).epoch()), loaded.map(LoadedConfiguration::name));
    }

    private static Attachment attachment(HardwareAttachment attachment) {
        return new Attachment(attachment.kind(), attachment.address(), attachment.lengthBytes());
    }

    static HardwareResult failure(HalException e) {
        String why = String.valueOf(e.getMessage());
        return e instanceof HalException.OutcomeUnknown
                ? new HardwareResult.Unknown(why)
                : new HardwareResult.Refused(why);
    }

    private static ResourceKind kind(SliceKind kind) {
        return switch (kind) {
            case MEMORY -> ResourceKind.MEMORY;
            case PCIE_DEVICE -> ResourceKind.PCIE_DEVICE;
            case FUNCTION -> ResourceKind.FUNCTION;
            case LANES -> ResourceKind.LANES;
            case ACCELERATOR -> ResourceKind.ACCELERATOR;
            case CORES -> ResourceKind.CORES;
        };
    }
}
