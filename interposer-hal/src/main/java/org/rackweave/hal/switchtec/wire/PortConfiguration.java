package org.rackweave.hal.switchtec.wire;

import java.nio.ByteBuffer;

/**
 * How a port of a PAX is set up. The numbers are Microchip's own.
 *
 * @param type 0 to 255: what the port is (unused, fabric, upstream, downstream)
 * @param clockSource 0 to 255
 * @param clockSris 0 to 255: whether the reference clocks are independent
 * @param hostDomain 0 to 255: the host virtual domain of an upstream port
 */
public record PortConfiguration(int type, int clockSource, int clockSris, int hostDomain) {
    static final int BYTES = 4;

    public PortConfiguration {
        Limits.check(type, 0, Limits.MAX_BYTE, "type");
        Limits.check(clockSource, 0, Limits.MAX_BYTE, "clock source");
        Limits.check(clockSris, 0, Limits.MAX_BYTE, "clock SRIS");
        Limits.check(hostDomain, 0, Limits.MAX_BYTE, "host domain");
    }

    void write(ByteBuffer out) {
        out.put((byte) type).put((byte) clockSource).put((byte) clockSris).put((byte) hostDomain);
    }

    static PortConfiguration read(FieldReader in) throws MalformedBytesException {
        return new PortConfiguration(in.u8("type"), in.u8("clock source"), in.u8("clock SRIS"), in.u8("host domain"));
    }
}
