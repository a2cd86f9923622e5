package org.rackweave.hal.cxl;

import java.util.Objects;

/**
 * Background Operation Status, 0002h: how far the one operation is that a component does in the background. Request: nothing.
 * Response:
 *
 * <pre>
 * 0    bit 0 running, bits 7:1 percent done
 * 1    reserved
 * 2-3  opcode of the operation, the running one or the last   4-5 its return code   6-7 vendor's extended status
 * </pre>
 */
public final class BackgroundStatus {
    private static final int ALL_PERCENT = 100;

    private BackgroundStatus() {}

    /** Whether there is something to wait for. */
    public enum Activity {
        IDLE,
        RUNNING
    }

    public record Request() implements FmRequest<Response> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.BACKGROUND_STATUS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int first = in.u8("status");
            if (first >> 1 > ALL_PERCENT) {
                throw new MalformedException(CciFault.VALUE, (first >> 1) + " percent done");
            }
            in.skip(1);
            return new Response(
                    (first & 1) == 1 ? Activity.RUNNING : Activity.IDLE,
                    first >> 1,
                    in.u16("opcode"),
                    new ReturnCode(in.u16("return code")),
                    in.u16("vendor status"));
        }
    }

    /**
     * @param percent 0 to 100
     * @param opcode 0 when there never was one
     */
    public record Response(Activity activity, int percent, int opcode, ReturnCode returnCode, int vendorStatus)
            implements FmResponse {
        public Response {
            Objects.requireNonNull(activity);
            Field.inRange("percent", percent, ALL_PERCENT);
            Field.wordValue("opcode", opcode);
            Objects.requireNonNull(returnCode);
            Field.wordValue("vendor status", vendorStatus);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(percent << 1 | (activity == Activity.RUNNING ? 1 : 0)).u8(0);
            out.u16(opcode).u16(returnCode.number()).u16(vendorStatus);
        }
    }
}
