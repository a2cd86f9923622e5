package org.rackweave.hal.cxl;

/** The answer of commands that only say whether they were done. */
public record NoPayload() implements FmResponse {
    @Override
    public void write(PayloadWriter out, Dialect dialect) {
        // Nothing is said.
    }
}
