package org.rackweave.hal.cxl.pool;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.rackweave.hal.Fence;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwarePlace;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Latency;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.cxl.DcRegions;
import org.rackweave.hal.cxl.DcTags;
import org.rackweave.hal.cxl.DcdInfo;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.mctp.Octets;

/**
 * Finds the pieces that a dynamic capacity device is divided into: as many of the configured size as it has room for, from the start of its
 * first region.
 */
final class DynamicSlices {
    /** The most pieces of a device: their tags are listed in a few answers. */
    static final int MOST_PIECES = 128;

    private static final int PRESCRIPTIVE_BIT = 0x04;
    private static final int BY_TAG_BIT = 0x01;
    private static final long CAPACITY_UNIT_BYTES = 256L << 20;

    /**
     * A piece.
     *
     * @param device the serial number of the device, 0 where it says none
     * @param index its number: it starts at so many times its size
     * @param hosts how many logical devices the device has
     */
    record Piece(HardwareSlice facts, int port, long device, int index, int hosts) {
        long bytes() {
            return facts.amount();
        }

        long offset() {
            return index * bytes();
        }
    }

    /**
     * The tag of a piece at a host: 16 bytes, big endian. It says for which grant the capacity was added, so a release that was meant for an
     * earlier grant finds nothing.
     *
     * <pre>
     * 0-3  "RKWV"   4-7 number of the piece   8-15 epoch; 0: this machine itself has it, to wipe it
     * </pre>
     */
    record Tag(int piece, long epoch) {
        static final long WASH = 0;
        private static final long MARK = 0x524B5756L;
        private static final int HALF = 8;

        Octets bytes() {
            byte[] bytes = new byte[DcExtent.TAG_BYTES];
            put(bytes, 0, MARK << 32 | piece);
            put(bytes, HALF, epoch);
            return Octets.adopt(bytes);
        }

        /** Empty when it is none of ours. */
        static OptionalLong epochOf(Octets tag, int piece) {
            long head = number(tag, 0);
            return head == (MARK << 32 | piece) ? OptionalLong.of(number(tag, HALF)) : OptionalLong.empty();
        }

        /** The number of the piece; empty when it is none of ours. */
        static OptionalInt pieceOf(Octets tag) {
            long head = number(tag, 0);
            long piece = head & 0xFFFF_FFFFL;
            return head >>> 32 == MARK && piece < MOST_PIECES ? OptionalInt.of((int) piece) : OptionalInt.empty();
        }

        private static void put(byte[] bytes, int at, long value) {
            for (int index = 0; index < HALF; index++) {
                bytes[at + index] = (byte) (value >> (8 * (HALF - 1 - index)));
            }
        }

        private static long number(Octets bytes, int at) {
            long value = 0;
            for (int index = 0; index < HALF; index++) {
                value = value << 8 | bytes.at(at + index);
            }
            return value;
        }
    }

    private DynamicSlices() {}

    /** By key. */
    static Map<String, Piece> find(FmClient client, CxlSwitchSettings settings, FmClient.Greeting greeting)
            throws HalException {
        Map<String, Piece> found = new LinkedHashMap<>();
        for (CxlSwitchSettings.Claim claim : settings.claims()) {
            if (claim.pieceBytes().isPresent()) {
                divide(
                        client,
                        settings,
                        greeting,
                        claim.port(),
                        claim.pieceBytes().getAsLong(),
                        found);
            }
        }
        return found;
    }

    private static void divide(
            FmClient client,
            CxlSwitchSettings settings,
            FmClient.Greeting greeting,
            int port,
            long bytes,
            Map<String, Piece> found)
            throws HalException {
        DcdInfo.Response info = answered(port, client.callThrough(port, new DcdInfo.Request()));
        DcRegions.Held regions = answered(port, client.callThrough(port, new DcRegions.Get(0, 1, 0)));
        answered(port, client.callThrough(port, new DcTags.Request(0, 0)));
        boolean canBeTold = (info.addingPolicies() & PRESCRIPTIVE_BIT) != 0
                && (info.releasingPolicies() & BY_TAG_BIT) != 0
                && !regions.regions().isEmpty();
        if (!canBeTold) {
            throw refused(port, "it does not let its extents be prescribed and released by tag", "lend no dc of it");
        }
        long block = regions.regions().get(0).blockBytes();
        long units = Math.min(info.capacityUnits(), Long.MAX_VALUE / CAPACITY_UNIT_BYTES);
        long has = Math.min(regions.regions().get(0).bytes(), units * CAPACITY_UNIT_BYTES);
        if (block <= 0 || bytes % block != 0 || bytes > has || has / bytes > MOST_PIECES) {
            throw refused(
                    port,
                    has + " bytes in blocks of " + block + " are not 1 to " + MOST_PIECES + " pieces of " + bytes,
                    "correct the size in lend");
        }
        long serial = PooledSlices.serialOf(client, port);
        String device = CxlSliceKeys.dynamicDevice(serial, port);
        for (int index = 0; index < has / bytes; index++) {
            String key = CxlSliceKeys.ofPiece(device, index);
            HardwareSlice facts = new HardwareSlice(
                    key,
                    SliceKind.MEMORY,
                    bytes,
                    Set.of("cxl/" + greeting.dialect().word(), "cxl/dynamic-capacity"),
                    settings.forcedEnd(),
                    Fence.ROUTE_READBACK,
                    new HardwarePlace(PooledSlices.fabricOf(settings, greeting), device, Latency.SWITCH),
                    Set.of());
            if (found.put(key, new Piece(facts, port, serial, index, info.hosts())) != null) {
                throw refused(port, "it is claimed twice", "correct lend");
            }
        }
    }

    private static <R> R answered(int port, Outcome<R> asked) throws HalException {
        if (asked instanceof Outcome.Answered<R> known) {
            return known.response();
        }
        throw new HalException.Unavailable(
                "port " + port,
                "read its dynamic capacity",
                CxlSwitchInterposer.said(asked),
                "look whether a dynamic capacity device is there");
    }

    private static HalException refused(int port, String seen, String advice) {
        return new HalException.Refused("port " + port, "open", seen, advice);
    }
}
