package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * Generate AER Event, 5203h: makes a vPPB report an error to its host. Request:
 *
 * <pre>
 * 0    virtual switch   1 vPPB   2-3 reserved   4-7 error   8-39 header of the packet that is said to have failed
 * </pre>
 *
 * Response: nothing.
 */
public final class GenerateAer {
    private static final int TLP_BYTES = 32;

    private GenerateAer() {}

    /**
     * @param error a bit of the AER status registers, 0 to 2^32 - 1
     * @param tlpHeader 32 bytes
     */
    public record Request(int virtualSwitch, int vppb, long error, Octets tlpHeader) implements FmRequest<NoPayload> {
        public Request {
            Field.byteValue("virtual switch", virtualSwitch);
            Field.byteValue("vPPB", vppb);
            Field.inRange("error", error, 0xFFFF_FFFFL);
            Objects.requireNonNull(tlpHeader);
            if (tlpHeader.length() != TLP_BYTES) {
                throw new IllegalArgumentException("a packet header of " + tlpHeader.length() + " bytes, not 32");
            }
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int virtualSwitch = in.u8("virtual switch");
            int vppb = in.u8("vPPB");
            in.skip(2);
            return new Request(virtualSwitch, vppb, in.u32("error"), in.bytes(TLP_BYTES, "packet header"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GENERATE_AER;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(virtualSwitch).u8(vppb).zeros(2).u32(error).bytes(tlpHeader);
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }
    }
}
