package org.rackweave.hal.cxl;

/** What a command was answered with, beside its return code. */
public interface FmResponse {
    /** Appends the payload. */
    void write(PayloadWriter out, Dialect dialect);
}
