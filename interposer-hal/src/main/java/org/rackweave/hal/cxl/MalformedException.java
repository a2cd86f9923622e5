package org.rackweave.hal.cxl;

/** Inside the decoders only: what was wrong with a message. It has no stack trace, because strangers' bytes cause it. */
final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final CciFault fault;

    MalformedException(CciFault fault, String detail) {
        super(detail, null, false, false);
        this.fault = fault;
    }

    CciFault fault() {
        return fault;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
