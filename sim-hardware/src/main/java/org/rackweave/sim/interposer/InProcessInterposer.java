package org.rackweave.sim.interposer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rackweave.hal.Fence;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.WipeReport;

/**
 * A switch in the daemon's own memory: it takes no time worth naming, so that a measurement shows what the daemon costs and
 * not what the file system does under simulated hardware. A bind leaves a host's bytes in the slice; a wipe has to find them.
 * What it holds is gone with its process, as in a switch that loses power with its card.
 */
final class InProcessInterposer implements Interposer {
    /** As many orders as wait for one interposer, and no more. */
    static final int MAX_SLICES = 4_096;

    /** Each slice really has its bytes, in the heap of a daemon that has 32 MB of it. */
    private static final int SLICE_BYTES = 256;

    private static final byte HOST_WROTE = (byte) 0xA5;
    private static final String SETTING = "slices";
    private static final String WIPE_METHOD = "in-process-zero";

    private final String node;
    private final Map<String, Slot> slots;

    /** One slice: where it is routed, the newest epoch that it was told, and what is in it. */
    private static final class Slot {
        private final byte[] bytes = new byte[SLICE_BYTES];
        private Route route = new Route.Unbound(0);
        private long fencedEpoch;
    }

    private InProcessInterposer(String node, Map<String, Slot> slots) {
        this.node = node;
        this.slots = slots;
    }

    static InProcessInterposer open(String node, Map<String, String> settings) throws HalException {
        Map<String, Slot> slots = new LinkedHashMap<>();
        int count = count(node, settings);
        for (int i = 0; i < count; i++) {
            slots.put("mem" + i, new Slot());
        }
        return new InProcessInterposer(node, slots);
    }

    private static int count(String node, Map<String, String> settings) throws HalException {
        String advice =
                "the one setting is " + SETTING + ", 1 to " + MAX_SLICES + "; correct" + " lending.interposer.settings";
        if (!settings.keySet().equals(Set.of(SETTING))) {
            throw new HalException.Refused(device(node), "open", "settings are " + settings.keySet(), advice);
        }
        String text = String.valueOf(settings.get(SETTING)).strip();
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_SLICES) {
            throw new HalException.Refused(device(node), "open", SETTING + " is " + text, advice);
        }
        return Integer.parseInt(text);
    }

    @Override
    public String description() {
        return "simulated switch in this process, " + slots.size() + " slices";
    }

    @Override
    public Provenance provenance() {
        return Provenance.SIMULATED;
    }

    @Override
    public List<HardwareSlice> slices() {
        List<HardwareSlice> slices = new ArrayList<>();
        for (String key : slots.keySet()) {
            slices.add(new HardwareSlice(
                    key, SliceKind.MEMORY, SLICE_BYTES, Set.of(), ForcedEnd.TOLERATED, Fence.HARDWARE_EPOCH));
        }
        return slices;
    }

    @Override
    public Route route(String sliceKey) throws HalException {
        return slot("read route", sliceKey).route;
    }

    @Override
    public HardwareAttachment bind(String sliceKey, String hostPort, long epoch) throws HalException {
        Slot slot = slot("bind", sliceKey);
        Route wanted = new Route.Bound(hostPort, epoch);
        if (!slot.route.equals(wanted)) {
            if (slot.route instanceof Route.Bound bound) {
                throw refused("bind", sliceKey, "bound to " + bound.host(), "unbind it first");
            }
            if (epoch <= slot.fencedEpoch) {
                throw refused("bind", sliceKey, "epoch " + epoch + " is not newer than " + slot.fencedEpoch, "drop it");
            }
            slot.route = wanted;
            slot.fencedEpoch = epoch;
            slot.bytes[(int) (epoch % SLICE_BYTES)] = HOST_WROTE;
        }
        return new HardwareAttachment("in-process", node + "/" + sliceKey, SLICE_BYTES);
    }

    @Override
    public void unbind(String sliceKey, long epoch) throws HalException {
        Slot slot = slot("unbind", sliceKey);
        if (slot.route instanceof Route.Bound bound && epoch < bound.epoch()) {
            throw refused("unbind", sliceKey, "bound with the newer epoch " + bound.epoch(), "drop it, it is too late");
        }
        slot.fencedEpoch = Math.max(slot.fencedEpoch, epoch);
        slot.route = new Route.Unbound(slot.fencedEpoch);
    }

    @Override
    public WipeReport sanitise(String sliceKey) throws HalException {
        Slot slot = slot("sanitise", sliceKey);
        if (slot.route instanceof Route.Bound bound) {
            throw refused("sanitise", sliceKey, "bound to " + bound.host(), "unbind it first");
        }
        long startNanos = System.nanoTime();
        Arrays.fill(slot.bytes, (byte) 0);
        long verifiedBytes = 0;
        for (byte each : slot.bytes) {
            verifiedBytes += each == 0 ? 1 : 0;
        }
        return new WipeReport(
                WipeReport.Wiper.DEVICE,
                WIPE_METHOD,
                SLICE_BYTES,
                verifiedBytes,
                (System.nanoTime() - startNanos) / 1_000_000);
    }

    @Override
    public void close() {
        // There is nothing outside this process to let go of.
    }

    private Slot slot(String operation, String sliceKey) throws HalException {
        Slot slot = slots.get(sliceKey);
        if (slot == null) {
            throw refused(operation, sliceKey, "no such slice", "this node has mem0 to mem" + (slots.size() - 1));
        }
        return slot;
    }

    private HalException refused(String operation, String sliceKey, String seen, String advice) {
        return new HalException.Refused(device(node) + "/" + sliceKey, operation, seen, advice);
    }

    private static String device(String node) {
        return "simulated in-process switch of " + node;
    }
}
