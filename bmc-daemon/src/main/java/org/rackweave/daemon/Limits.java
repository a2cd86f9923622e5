package org.rackweave.daemon;

/** Every bound of the daemon that is not the operator's to choose, with its unit and its reason. */
public final class Limits {
    /** Pieces of work that wait for the conductor. Beyond it a peer is told to come back. */
    public static final int QUEUE = 1_024;

    /** Of these, peers may fill so many: answers of lenders and hardware always find room. */
    public static final int QUEUE_FOR_PEERS = 768;

    /** Pieces of work in one commit of the ledger: more would make the first one wait for the last. */
    public static final int BATCH = 256;

    /** When a peer that found the queue full may try again, in milliseconds. */
    public static final long BUSY_RETRY_MILLIS = 1_000;

    /** The pause before a ledger that could not be written is tried again, in milliseconds. */
    public static final long LEDGER_RETRY_MILLIS = 1_000;

    /** Rows of the audit trail that are written once the ledger takes them: more lists and keys nobody makes on a full disk. */
    public static final int ROWS_OWED = 16;

    /** Orders that wait for one interposer: one per slice, and no node has more slices. */
    public static final int HARDWARE_QUEUE = 4_096;

    /**
     * Between two looks at what the hardware warns of, in milliseconds: a fan that stands still is told within that time, and the
     * few dozen sensors of a chassis, a millisecond each on their bus, keep the worker busy for a hundredth of it.
     */
    public static final long HARDWARE_LOOK_MILLIS = 3_000;

    /** How long a hardware step may take before its slice is quarantined, in milliseconds: wiping is the slowest. */
    public static final long HARDWARE_STEP_MILLIS = 600_000;

    /**
     * In how long an owner looks once at every route that is to stay as it is, in milliseconds: so long a second fabric
     * manager's hand may go unseen. A look is one short read, and they are spread over the time.
     */
    public static final long ROUTE_LOOK_MILLIS = 60_000;

    /**
     * Between two looks at the error counters of this machine's devices, in milliseconds: a failing one goes unseen for so long. A look reads
     * three short files a PCIe function.
     */
    public static final long HEALTH_LOOK_MILLIS = 60_000;

    /**
     * Between two readings of the whole machine, in milliseconds: devices that come and go all the time are to cost no more than a hundredth of
     * a card's processor, and a reading takes a second on a large machine.
     */
    public static final long DISCOVERY_REST_MILLIS = 100_000;

    /** How long devices may come and go before they are looked at, in milliseconds: a card has all its functions by then. */
    public static final long DEVICES_SETTLE_MILLIS = 1_000;

    /** How long a thread that waits for events of devices sleeps, in milliseconds: it sees that the daemon stops by then. */
    public static final long DEVICE_EVENT_WAIT_MILLIS = 500;

    /** Events that are kept for readers; older ones are in the audit trail or gone. */
    public static final int EVENTS = 1_024;

    /** Events in one answer. */
    public static final int EVENTS_PER_ANSWER = 64;

    /** Audit rows in one answer: the longest ones still fit one block-wise transfer. */
    public static final int AUDIT_PER_ANSWER = 32;

    /** Lenders that are asked for what they own before there is a plan. */
    public static final int LENDERS_ASKED = 32;

    /** Lenders whose last endpoint is remembered beyond the view of the rack: more than any rack has nodes. */
    public static final int ENDPOINTS = 1_024;

    /**
     * Between two looks of the coordinator at the rack, in milliseconds: what it is for waits for longer, and 64 nodes are then
     * asked 13 questions a second.
     */
    public static final long COORDINATOR_ROUND_MILLIS = 10_000;

    /** How long a look waits for answers, in milliseconds: who is slower is left out of it. */
    public static final long COORDINATOR_ANSWER_MILLIS = 2_000;

    /** Moves proposed at a time: each copies memory or stops a device, and the next look sees what became of them. */
    public static final int COORDINATOR_MOVES = 4;

    /** How long the holder of a lease is left alone once it was asked to move, in milliseconds. */
    public static final long COORDINATOR_REST_MILLIS = 300_000;

    /** After which a neighbour is asked again for a list of revocations that it announced and did not give, in milliseconds. */
    public static final long REVOCATIONS_RETRY_MILLIS = 1_000;

    /** How long the daemon may take to stop, giving back included, in milliseconds: service managers kill soon after. */
    public static final long STOP_MILLIS = 4_000;

    private Limits() {}
}
