package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * Get Multi-Headed Info, 5500h, to a multi-headed device: which head each logical device belongs to. Request:
 *
 * <pre>
 * 0    first logical device   1 most
 * </pre>
 *
 * Response:
 *
 * <pre>
 * 0    logical devices   1 heads   2-3 reserved   4 first logical device   5 length of the map   6-7 reserved
 * 8-   the head of each logical device, a byte each; FFh: of none
 * </pre>
 */
public final class MultiHeadedInfo {
    private MultiHeadedInfo() {}

    public record Request(int first, int most) implements FmRequest<Response> {
        public Request {
            Field.byteValue("first logical device", first);
            Field.byteValue("most logical devices", most);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(in.u8("first logical device"), in.u8("most logical devices"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_MULTI_HEADED_INFO;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(first).u8(most);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int devices = in.u8("logical devices");
            int heads = in.u8("heads");
            in.skip(2);
            int start = in.u8("first logical device");
            int length = in.u8("length of the map");
            in.skip(2);
            if (length > most) {
                throw new MalformedException(CciFault.COUNT, length + " entries where " + most + " were asked for");
            }
            if (start != first || start + length > devices) {
                throw new MalformedException(
                        CciFault.CONTRADICTION,
                        length + " entries from " + start + " of " + devices + " where " + first + " was asked for");
            }
            return new Response(devices, heads, start, in.bytes(length, "map"));
        }
    }

    /** @param headOf of each logical device from {@code first} on; 255: of none */
    public record Response(int logicalDevices, int heads, int first, Octets headOf) implements FmResponse {
        public Response {
            Field.byteValue("logical devices", logicalDevices);
            Field.byteValue("heads", heads);
            Field.byteValue("first logical device", first);
            Objects.requireNonNull(headOf);
            Field.atMost("map entries", headOf.length(), CxlLimits.MOST_LDS);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(logicalDevices)
                    .u8(heads)
                    .zeros(2)
                    .u8(first)
                    .u8(headOf.length())
                    .zeros(2)
                    .bytes(headOf);
        }
    }
}
