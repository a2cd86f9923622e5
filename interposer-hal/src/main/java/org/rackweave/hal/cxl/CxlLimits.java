package org.rackweave.hal.cxl;

/** Every limit of the fabric manager API and of its client, with its unit and reason. */
public final class CxlLimits {
    /** The header of a message, in bytes. */
    public static final int HEADER_BYTES = 12;

    /** The most payload, in bytes: what an MCTP message of 8,192 bytes leaves beside its type and this header. */
    public static final int MOST_PAYLOAD_BYTES = 8192 - 1 - HEADER_BYTES;

    /** The most ports or virtual switches one request names: its count has one byte. */
    public static final int MOST_IDS = 255;

    /** The most logical devices in one answer: its count has one byte. */
    public static final int MOST_LDS = 255;

    /** The most extents in one message: what fits behind the longest header of a dynamic-capacity command, at 40 bytes each. */
    public static final int MOST_EXTENTS = 200;

    /** The most event records in one answer: what fits behind its header of 32 bytes, at 128 bytes each. */
    public static final int MOST_EVENT_RECORDS = 63;

    /** The most event records that one command clears: its count has one byte. */
    public static final int MOST_HANDLES = 255;

    /** The most tags in one answer: what fits behind its header of 16 bytes, at 84 bytes each. */
    public static final int MOST_TAGS = 97;

    /** The longest bind, in milliseconds. Users of PCIe switches saw up to 15 s for 28 ports; four times that. */
    public static final long MOST_BACKGROUND_MILLIS = 60_000;

    /** The most requests of one connection that may be left unanswered before it is given up: there are eight MCTP tags. */
    public static final int MOST_UNANSWERED = 8;

    /** The first pause between two questions how far a background operation is, in milliseconds; each is twice the last. */
    public static final long FIRST_POLL_MILLIS = 1;

    /** The longest such pause, in milliseconds: a bind takes a second or more, and a person does not see less than this. */
    public static final long LONGEST_POLL_MILLIS = 50;

    /**
     * How long a command that went by a connection which is gone may take to show as begun, in milliseconds: a switch answers in one or
     * two, and this is some hundred times that.
     */
    public static final long LANDING_MILLIS = 300;

    /** The longest that a device may sanitise, in milliseconds: terabytes at a few GiB/s. */
    public static final long MOST_SANITISE_MILLIS = 900_000;

    /**
     * How often a component is asked that says that it is busy: each time after it has become idle, so that another manager has to be
     * faster each time.
     */
    public static final int MOST_BUSY_TRIES = 12;

    /** For how long it is asked again, in milliseconds: two of the longest binds that users saw, one of another manager and one more. */
    public static final long MOST_BUSY_MILLIS = 30_000;

    /** The first pause before it is asked again, in milliseconds; each is twice the last. */
    public static final long FIRST_BUSY_PAUSE_MILLIS = 10;

    /** The longest such pause, in milliseconds. */
    public static final long LONGEST_BUSY_PAUSE_MILLIS = 500;

    private CxlLimits() {}
}
