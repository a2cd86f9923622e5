package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;

/**
 * Get DCD Info, 5600h, to a dynamic capacity device. Request: nothing. Response:
 *
 * <pre>
 * 0    hosts   1 regions of each   2-3 reserved
 * 4-5  mask of policies for adding: bit 0 free, 1 contiguous, 2 prescriptive, 3 enable shared access   6-7 reserved
 * 8-9  mask of policies for releasing: bit 0 tag-based, 1 prescriptive
 * 10   mask of regions that can sanitise on release   11 reserved
 * 12-  8 bytes capacity, in units of 256 MiB, then for each of 8 regions 8 bytes: mask of block sizes, bit n is 2^n bytes
 * </pre>
 */
public final class DcdInfo {
    /** A device has at most so many regions. */
    public static final int MOST_REGIONS = 8;

    private DcdInfo() {}

    public record Request() implements FmRequest<Response> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_DCD_INFO;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int hosts = in.u8("hosts");
            int regions = in.u8("regions");
            if (regions > MOST_REGIONS) {
                throw new MalformedException(CciFault.COUNT, regions + " regions");
            }
            in.skip(2);
            int adding = in.u16("adding policies");
            in.skip(2);
            int releasing = in.u16("releasing policies");
            int sanitising = in.u8("sanitising regions");
            in.skip(1);
            long units = in.size("capacity");
            List<Long> masks = new ArrayList<>(MOST_REGIONS);
            for (int index = 0; index < MOST_REGIONS; index++) {
                masks.add(in.u64("block sizes"));
            }
            return new Response(hosts, regions, adding, releasing, sanitising, units, masks);
        }
    }

    /**
     * @param capacityUnits in units of 256 MiB
     * @param blockSizeMasks always {@link #MOST_REGIONS}; those beyond {@code regions} mean nothing
     */
    public record Response(
            int hosts,
            int regions,
            int addingPolicies,
            int releasingPolicies,
            int sanitisingRegions,
            long capacityUnits,
            List<Long> blockSizeMasks)
            implements FmResponse {
        public Response {
            Field.byteValue("hosts", hosts);
            Field.inRange("regions", regions, MOST_REGIONS);
            Field.wordValue("adding policies", addingPolicies);
            Field.wordValue("releasing policies", releasingPolicies);
            Field.byteValue("sanitising regions", sanitisingRegions);
            Field.inRange("capacity", capacityUnits, Long.MAX_VALUE);
            blockSizeMasks = List.copyOf(blockSizeMasks);
            if (blockSizeMasks.size() != MOST_REGIONS) {
                throw new IllegalArgumentException(blockSizeMasks.size() + " masks of block sizes, not 8");
            }
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(hosts).u8(regions).zeros(2).u16(addingPolicies).zeros(2).u16(releasingPolicies);
            out.u8(sanitisingRegions).zeros(1).u64(capacityUnits);
            blockSizeMasks.forEach(out::u64);
        }
    }
}
