package org.rackweave.hal.cxl;

import java.util.Objects;
import java.util.Optional;

/**
 * Identify, 0001h: who a component is. Request: nothing. Response:
 *
 * <pre>
 * 0-1 PCIe vendor id   2-3 device id   4-5 subsystem vendor id   6-7 subsystem id
 * 8-15 serial number
 * 16   the longest message is 2^n bytes
 * 17   component type: 0 switch, 3 type 3 device, 4 GFD, FFh none said; dialect {@code jrl} ends before it
 * </pre>
 */
public final class Identify {
    private Identify() {}

    public record Request() implements FmRequest<Response> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.IDENTIFY;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Response(
                    in.u16("vendor id"),
                    in.u16("device id"),
                    in.u16("subsystem vendor id"),
                    in.u16("subsystem id"),
                    in.u64("serial number"),
                    in.u8("longest message"),
                    dialect == Dialect.JRL ? Optional.empty() : Optional.of(in.u8("component type")));
        }
    }

    /**
     * @param vendorId 0 to 65535, as the other three ids
     * @param serial all 64 bits count
     * @param longestMessagePower the longest message has two to the power of this bytes
     * @param componentType 0 to 255; the dialect {@code jrl} has none
     */
    public record Response(
            int vendorId,
            int deviceId,
            int subsystemVendorId,
            int subsystemId,
            long serial,
            int longestMessagePower,
            Optional<Integer> componentType)
            implements FmResponse {
        public Response {
            Field.wordValue("vendor id", vendorId);
            Field.wordValue("device id", deviceId);
            Field.wordValue("subsystem vendor id", subsystemVendorId);
            Field.wordValue("subsystem id", subsystemId);
            Field.byteValue("longest message", longestMessagePower);
            Objects.requireNonNull(componentType).ifPresent(type -> Field.byteValue("component type", type));
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(vendorId).u16(deviceId).u16(subsystemVendorId).u16(subsystemId);
            out.u64(serial).u8(longestMessagePower);
            if (dialect == Dialect.CXL3) {
                out.u8(componentType.orElse(0xFF));
            }
        }
    }
}
