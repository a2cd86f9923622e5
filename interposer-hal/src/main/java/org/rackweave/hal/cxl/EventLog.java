package org.rackweave.hal.cxl;

/** The logs of event records that a component keeps. Records of one log come in the order in which they happened. */
public enum EventLog implements Coded {
    INFORMATIONAL(0),
    WARNING(1),
    FAILURE(2),
    FATAL(3),
    /** What became of dynamic capacity that was given to a host, or asked back. */
    DYNAMIC_CAPACITY(4);

    private final int code;

    EventLog(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }

    static EventLog read(PayloadReader in) throws MalformedException {
        return Coded.of(values(), in.u8("event log"), "event log");
    }
}
