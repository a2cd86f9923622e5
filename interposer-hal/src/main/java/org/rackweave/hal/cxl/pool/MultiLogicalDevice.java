package org.rackweave.hal.cxl.pool;

import java.util.ArrayList;
import java.util.List;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.LdAllocations;
import org.rackweave.hal.cxl.LdInfo;
import org.rackweave.hal.cxl.Outcome;

/**
 * A pooled device behind a port (an MLD): who it is, and how its memory is divided.
 *
 * @param serial 0 where it does not say one
 * @param sizesBytes of its logical devices, the first one first; 0 for one that has no memory
 */
public record MultiLogicalDevice(long serial, List<Long> sizesBytes) {
    /** Few enough that their answer fits the shortest message that a component takes, and fits no multiple of 64 bytes. */
    private static final int LDS_AT_ONCE = 8;

    public MultiLogicalDevice {
        sizesBytes = List.copyOf(sizesBytes);
    }

    /** Reads it through the switch; the first question that has to be answered and is not is the outcome. */
    public static Outcome<MultiLogicalDevice> read(FmClient client, int port) {
        Outcome<Identify.Response> identified = client.callThrough(port, new Identify.Request());
        // A known peer says nothing at all to what it does not know: then it has no number that can be read.
        long serial = identified instanceof Outcome.Answered<Identify.Response> known
                ? known.response().serial()
                : 0;
        Outcome<List<Long>> sizes = sizesBytes(client, port);
        return sizes instanceof Outcome.Answered<List<Long>> answered
                ? new Outcome.Answered<>(new MultiLogicalDevice(serial, answered.response()))
                : sizes.unanswered();
    }

    /** The sizes of the logical devices behind a port. */
    static Outcome<List<Long>> sizesBytes(FmClient client, int port) {
        Outcome<LdInfo.Response> info = client.callThrough(port, new LdInfo.Request());
        if (!(info instanceof Outcome.Answered<LdInfo.Response> known)) {
            return info.unanswered();
        }
        int devices = known.response().logicalDevices();
        List<Long> sizes = new ArrayList<>();
        while (sizes.size() < devices) {
            // A known peer declines to be asked for more than there are.
            int most = Math.min(LDS_AT_ONCE, devices - sizes.size());
            Outcome<LdAllocations.Held> asked = client.callThrough(port, new LdAllocations.Get(sizes.size(), most));
            if (!(asked instanceof Outcome.Answered<LdAllocations.Held> held)) {
                return asked.unanswered();
            }
            long unit = held.response().granularity().bytes();
            List<LdAllocations.Range> ranges = held.response().ranges();
            if (ranges.isEmpty() || !ranges.stream().allMatch(range -> isBelievable(range, unit))) {
                return new Outcome.Unknown<>("allocations that cannot be: " + ranges + " of " + unit + " bytes");
            }
            ranges.forEach(range -> sizes.add((range.range1() + range.range2()) * unit));
        }
        return new Outcome.Answered<>(sizes);
    }

    private static boolean isBelievable(LdAllocations.Range range, long unitBytes) {
        // Unsigned on the wire. Nobody has so much that a sum of two of them would not fit.
        long most = Long.MAX_VALUE / unitBytes / 2;
        return range.range1() >= 0 && range.range1() <= most && range.range2() >= 0 && range.range2() <= most;
    }
}
