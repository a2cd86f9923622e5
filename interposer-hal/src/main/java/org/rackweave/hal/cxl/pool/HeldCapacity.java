package org.rackweave.hal.cxl.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.rackweave.hal.cxl.CxlLimits;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.cxl.DcExtents;
import org.rackweave.hal.cxl.DcdInfo;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.mctp.Octets;

/** What each logical device of a dynamic capacity device holds, as the device says, for people before a switch. */
public final class HeldCapacity {
    /** Of one logical device; what is beyond would fill a screen many times. */
    private static final int MOST_PIECES = 1_024;

    private HeldCapacity() {}

    /**
     * A piece of capacity that a logical device's host has accepted.
     *
     * @param dpa its address in the device, as that logical device says it
     * @param tag in hexadecimal; empty where it has none
     * @param sliceKey what a daemon of ours calls it; empty where its tag is not one of ours
     */
    public record Piece(int logicalDevice, long dpa, long bytes, String tag, Optional<String> sliceKey) {}

    /**
     * Asks the device behind a port.
     *
     * @return declined where it has no dynamic capacity
     */
    public static Outcome<List<Piece>> read(FmClient client, int port) {
        Outcome<DcdInfo.Response> info = client.callThrough(port, new DcdInfo.Request());
        if (!(info instanceof Outcome.Answered<DcdInfo.Response> known)) {
            return info.unanswered();
        }
        Outcome<Identify.Response> identified = client.callThrough(port, new Identify.Request());
        long serial = identified instanceof Outcome.Answered<Identify.Response> told
                ? told.response().serial()
                : 0;
        List<Piece> pieces = new ArrayList<>();
        for (int host = 0; host < known.response().hosts(); host++) {
            Outcome<List<DcExtent>> held = extents(client, port, host);
            if (!(held instanceof Outcome.Answered<List<DcExtent>> answered)) {
                return held.unanswered();
            }
            for (DcExtent extent : answered.response()) {
                pieces.add(piece(extent, host, serial, port));
            }
        }
        return new Outcome.Answered<>(pieces);
    }

    private static Outcome<List<DcExtent>> extents(FmClient client, int port, int host) {
        List<DcExtent> all = new ArrayList<>();
        while (true) {
            Outcome<DcExtents.Response> asked =
                    client.callThrough(port, new DcExtents.Request(host, CxlLimits.MOST_EXTENTS, all.size()));
            if (!(asked instanceof Outcome.Answered<DcExtents.Response> page)) {
                return asked.unanswered();
            }
            all.addAll(page.response().extents());
            boolean isWhole = all.size() >= page.response().total()
                    || page.response().extents().isEmpty();
            if (isWhole || all.size() >= MOST_PIECES) {
                return new Outcome.Answered<>(all);
            }
        }
    }

    private static Piece piece(DcExtent extent, int host, long serial, int port) {
        OptionalInt index = DynamicSlices.Tag.pieceOf(extent.tag());
        Octets none = Octets.ofHex("00".repeat(DcExtent.TAG_BYTES));
        return new Piece(
                host,
                extent.dpa(),
                extent.bytes(),
                extent.tag().equals(none) ? "" : extent.tag().toString().replace(" ", ""),
                index.isPresent()
                        ? Optional.of(CxlSliceKeys.ofPiece(CxlSliceKeys.dynamicDevice(serial, port), index.getAsInt()))
                        : Optional.empty());
    }
}
