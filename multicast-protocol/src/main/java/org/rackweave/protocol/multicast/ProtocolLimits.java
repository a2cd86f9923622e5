package org.rackweave.protocol.multicast;

import java.time.Duration;

/** Every limit of the multicast protocol and of its receiver, with its unit and its reason. */
public final class ProtocolLimits {
    // ---- the wire: part of version 1, the same at every node ---------------------------

    /** Longest datagram, in bytes: below the 1,280 that every IPv6 link carries, so that none is ever fragmented. */
    public static final int MAX_DATAGRAM_BYTES = 1_200;

    /** Longest node certificate, in bytes of DER: a P-256 leaf of a rack has about 600. */
    public static final int MAX_CERTIFICATE_BYTES = 720;

    /** Longest delegation of a boot key, in bytes: one ES256 signature over a boot key and its times has about 180. */
    public static final int MAX_DELEGATION_BYTES = 256;

    /** Deepest nesting of a payload: two are used, two are left for later versions. */
    public static final int MAX_CBOR_DEPTH = 4;

    /** Most data items in a payload, keys and containers counted: an announcement of sixteen kinds has 105. */
    public static final int MAX_CBOR_ITEMS = 128;

    /** Most kinds of resource in an announcement: the same as in a node's unicast description. */
    public static final int MAX_CAPACITIES = 16;

    /** Longest reason of a departure, in characters: one word. */
    public static final int MAX_REASON_CHARS = 32;

    /**
     * Shortest announced period, in milliseconds: five times faster than the rehearsal rack, far faster than any rack
     * needs.
     */
    public static final long MIN_PERIOD_MILLIS = 40;

    /**
     * Longest announced period, in milliseconds: 3,840 nodes at 64 announcements a second. It bounds how long a death
     * stays unseen.
     */
    public static final long MAX_PERIOD_MILLIS = 60_000;

    // ---- the receiver: each node's own affair ------------------------------------------

    /** Most neighbours that are remembered: twice the 256 nodes of a large rack. */
    public static final int MAX_NODES = 512;

    /**
     * Most revoked nodes that are remembered: eight generations of the largest rack. A rack with more needs a new
     * root.
     */
    public static final int MAX_BANNED_NODES = 4_096;

    /**
     * Most probes by DTLS at a time: a handshake costs a card a few tens of milliseconds, and a rack may boot at once.
     */
    public static final int MAX_PROBES_IN_FLIGHT = 16;

    /**
     * Kernel buffer of a multicast socket, in bytes: a hundred of the largest datagrams and what the kernel adds to
     * them.
     */
    public static final int RECEIVE_BUFFER_BYTES = 262_144;

    /** Most datagrams taken from one socket in a turn, so that a flood on one interface does not silence another. */
    public static final int MAX_DATAGRAMS_PER_TURN = 64;

    /** Time between two looks at whether the interfaces still are what they were, in milliseconds. */
    public static final long INTERFACE_CHECK_MILLIS = 2_000;

    /** Most pairs of source address and sender that have a bucket of their own: two addresses for each node. */
    public static final int MAX_SOURCES = 1_024;

    /** What one sender may say from one address: twice what the shortest period and gap allow. */
    static final Rate SENDER_RATE = new Rate(50, 100);

    /**
     * Signatures checked for all known senders together: four times the 64 announcements a second of a full segment.
     */
    static final Rate VERIFY_RATE = new Rate(256, 512);

    /** Hellos of one unknown sender from one address. A hello that is lost is asked for again after a second. */
    static final Rate HELLO_SENDER_RATE = new Rate(2, 4);

    /**
     * Certificates checked for all unknown senders together. Each costs three signatures; a rack of 256 is known in 8
     * s.
     */
    static final Rate HELLO_RATE = new Rate(16, 128);

    /** Seals opened only to see whether an unknown sender is worth a question. */
    static final Rate STRANGER_CHECK_RATE = new Rate(10, 10);

    /** Strangers reported. One question reaches all of them. */
    static final Rate STRANGER_REPORT_RATE = new Rate(1, 1);

    /** How far a node's wall clock may be off from a neighbour's before its delegation is refused. */
    static final Duration CLOCK_SKEW = Duration.ofHours(1);

    private ProtocolLimits() {}
}
