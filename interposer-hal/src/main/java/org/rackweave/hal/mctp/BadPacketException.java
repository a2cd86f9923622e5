package org.rackweave.hal.mctp;

import java.io.IOException;

/** The peer sent a packet that is refused. What follows on this connection is not to be believed. */
public final class BadPacketException extends IOException {
    private static final long serialVersionUID = 1L;

    private final MctpFault fault;

    BadPacketException(MctpFault fault, String detail) {
        super("a packet was refused, " + fault + ": " + detail);
        this.fault = fault;
    }

    public MctpFault fault() {
        return fault;
    }
}
