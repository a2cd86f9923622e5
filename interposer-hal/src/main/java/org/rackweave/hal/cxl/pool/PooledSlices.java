package org.rackweave.hal.cxl.pool;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.rackweave.hal.Fence;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwarePlace;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Latency;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.Outcome;

/**
 * Finds what the operator claims behind a switch. A pooled device is known by its serial number, so that its logical devices keep their
 * names when it is plugged into another port; one that has none, and a device that is not pooled, by its port.
 */
final class PooledSlices {
    private final FmClient client;
    private final CxlSwitchSettings settings;
    private final String fabric;
    private final Dialect dialect;
    private final Map<String, Slice> found = new LinkedHashMap<>();

    /**
     * A slice and what has to be bound for it.
     *
     * @param device the serial number of the pooled device, 0 where there is none
     * @param bandwidthPercent of the device's bandwidth that it has and may not exceed
     */
    record Slice(HardwareSlice facts, Bindings.Target target, long device, OptionalInt bandwidthPercent) {
        boolean isPooled() {
            return target.logicalDevice() != BindVppb.WHOLE_PORT;
        }
    }

    private PooledSlices(FmClient client, CxlSwitchSettings settings, FmClient.Greeting greeting) {
        this.client = client;
        this.settings = settings;
        this.dialect = greeting.dialect();
        this.fabric = fabricOf(settings, greeting);
    }

    static String fabricOf(CxlSwitchSettings settings, FmClient.Greeting greeting) {
        return settings.fabric().isEmpty()
                ? "cxl-" + HexFormat.of().toHexDigits(greeting.identity().serial())
                : settings.fabric();
    }

    /** By key, in the order of the configuration. */
    static Map<String, Slice> find(FmClient client, CxlSwitchSettings settings, FmClient.Greeting greeting)
            throws HalException {
        PooledSlices search = new PooledSlices(client, settings, greeting);
        for (CxlSwitchSettings.Claim claim : settings.claims()) {
            if (claim.singleBytes().isPresent()) {
                search.single(claim.port(), claim.singleBytes().getAsLong());
            } else if (claim.pieceBytes().isEmpty()) {
                search.pooled(claim);
            }
        }
        return search.found;
    }

    private void single(int port, long bytes) throws HalException {
        String key = CxlSliceKeys.ofPort(port);
        add(new Slice(
                facts(key, key, bytes, OptionalInt.empty()),
                new Bindings.Target(port, BindVppb.WHOLE_PORT),
                0,
                OptionalInt.empty()));
    }

    private void pooled(CxlSwitchSettings.Claim claim) throws HalException {
        int port = claim.port();
        OptionalInt only = claim.logicalDevice();
        OptionalInt percent = claim.bandwidthPercent();
        long serial = serialOf(client, port);
        String device = CxlSliceKeys.device(serial, port);
        List<Long> sizes = sizes(port);
        if (only.isPresent() && only.getAsInt() >= sizes.size()) {
            throw new HalException.Refused(
                    "port " + port,
                    "open",
                    "it has " + sizes.size() + " logical devices and none of number " + only.getAsInt(),
                    "correct lend; they are counted from 0");
        }
        for (int ld = 0; ld < sizes.size(); ld++) {
            boolean isClaimed = only.isEmpty() || only.getAsInt() == ld;
            if (isClaimed && sizes.get(ld) > 0) {
                add(new Slice(
                        facts(CxlSliceKeys.ofLogicalDevice(serial, port, ld), device, sizes.get(ld), percent),
                        new Bindings.Target(port, ld),
                        serial,
                        percent));
                if (percent.isPresent()) {
                    // Now, so that what a device cannot do is known before it is asked for.
                    new LogicalDevice(client, port, ld).haveBandwidth(percent.getAsInt());
                }
            }
        }
    }

    private void add(Slice slice) throws HalException {
        if (found.putIfAbsent(slice.facts().key(), slice) != null) {
            throw new HalException.Refused(slice.target().toString(), "open", "it is claimed twice", "correct lend");
        }
    }

    private HardwareSlice facts(String key, String device, long bytes, OptionalInt bandwidthPercent) {
        Set<String> capabilities = new TreeSet<>(Set.of("cxl/" + dialect.word()));
        bandwidthPercent.ifPresent(percent -> capabilities.add("cxl/bandwidth-" + percent));
        return new HardwareSlice(
                key,
                SliceKind.MEMORY,
                bytes,
                capabilities,
                settings.forcedEnd(),
                Fence.ROUTE_READBACK,
                new HardwarePlace(fabric, device, Latency.SWITCH),
                Set.of());
    }

    /** Of the pooled device behind a port; 0 where it says none, and where it does not know the question. */
    static long serialOf(FmClient client, int port) throws HalException {
        return serialIn(client.callThrough(port, new Identify.Request()), port);
    }

    /** The serial number in what a device answered to who it is; 0 when it did not say. */
    static long serialIn(Outcome<Identify.Response> asked, int port) throws HalException {
        return switch (asked.kind()) {
            case ANSWERED ->
                ((Outcome.Answered<Identify.Response>) asked).response().serial();
            // A known peer says nothing at all to what it does not know. Nothing was changed by asking.
            case DECLINED, UNKNOWN -> 0;
            case NOT_SENT ->
                throw new HalException.Unavailable(
                        "port " + port, "identify", CxlSwitchInterposer.said(asked), "look at the switch");
        };
    }

    private List<Long> sizes(int port) throws HalException {
        Outcome<List<Long>> sizes = MultiLogicalDevice.sizesBytes(client, port);
        if (sizes instanceof Outcome.Answered<List<Long>> answered) {
            return answered.response();
        }
        throw new HalException.Unavailable(
                "port " + port,
                "read its logical devices",
                CxlSwitchInterposer.said(sizes),
                "look whether a pooled device is there; one that is not pooled is claimed with its size, such as "
                        + port + "=4096MiB");
    }
}
