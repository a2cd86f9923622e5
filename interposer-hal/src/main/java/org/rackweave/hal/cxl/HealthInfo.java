package org.rackweave.hal.cxl;

/**
 * Get Health Info, 4200h, of the memory device commands. Request: nothing. Response:
 *
 * <pre>
 * 0    health: bit 0 maintenance needed, 1 slower, 2 replace the hardware, 3 less memory
 * 1    media: 0 normal, 1 not ready, 2 persistence lost, 3 data lost, and others   2 what is near its limit
 * 3    percent of life used   4-5 degrees Celsius, signed   6-9 dirty shutdowns
 * 10-13 errors corrected in volatile memory   14-17 in persistent memory
 * </pre>
 */
public final class HealthInfo {
    private static final long MOST_U32 = 0xFFFF_FFFFL;

    private HealthInfo() {}

    public record Request() implements FmRequest<Response> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_HEALTH_INFO;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return Response.read(in);
        }
    }

    /**
     * @param lifeUsedPercent 0 to 255; 255: not known
     * @param temperatureCelsius -32768 to 32767; 32767: not known
     */
    public record Response(
            int health,
            int media,
            int additional,
            int lifeUsedPercent,
            int temperatureCelsius,
            long dirtyShutdowns,
            long correctedVolatile,
            long correctedPersistent)
            implements FmResponse {
        /** A device in which nothing is wrong and nothing was measured. */
        public static final Response GOOD = new Response(0, 0, 0, 0xFF, Short.MAX_VALUE, 0, 0, 0);

        public Response {
            Field.byteValue("health", health);
            Field.byteValue("media", media);
            Field.byteValue("additional status", additional);
            Field.byteValue("life used", lifeUsedPercent);
            if (temperatureCelsius != (short) temperatureCelsius) {
                throw new IllegalArgumentException(temperatureCelsius + " degrees do not fit 16 bits");
            }
            Field.inRange("dirty shutdowns", dirtyShutdowns, MOST_U32);
            Field.inRange("errors", correctedVolatile, MOST_U32);
            Field.inRange("errors", correctedPersistent, MOST_U32);
        }

        static Response read(PayloadReader in) throws MalformedException {
            return new Response(
                    in.u8("health"),
                    in.u8("media"),
                    in.u8("additional status"),
                    in.u8("life used"),
                    (short) in.u16("temperature"),
                    in.u32("dirty shutdowns"),
                    in.u32("errors in volatile memory"),
                    in.u32("errors in persistent memory"));
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            write(out);
        }

        void write(PayloadWriter out) {
            out.u8(health).u8(media).u8(additional).u8(lifeUsedPercent).u16(temperatureCelsius);
            out.u32(dirtyShutdowns).u32(correctedVolatile).u32(correctedPersistent);
        }
    }
}
