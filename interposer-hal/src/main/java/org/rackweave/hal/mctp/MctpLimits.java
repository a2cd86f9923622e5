package org.rackweave.hal.mctp;

/** Every limit and size of MCTP over TCP, with its unit and reason. */
public final class MctpLimits {
    /** One packet on the stream, in bytes. The framing has this one size. */
    public static final int PACKET_BYTES = 68;

    /** The transport header of a packet, in bytes. */
    public static final int HEADER_BYTES = 4;

    /** What one packet carries of a message, in bytes. */
    public static final int BODY_BYTES = PACKET_BYTES - HEADER_BYTES;

    /**
     * The longest message with its type byte and padding, in bytes: what the known switches and clients take. The longest answer
     * that is asked for here, the state of 255 ports, has 4,096 and a header.
     */
    public static final int MOST_MESSAGE_BYTES = 8192;

    /** Packet sequence numbers count modulo this. */
    public static final int SEQUENCES = 4;

    /** Message tags are below this. */
    public static final int TAGS = 8;

    private MctpLimits() {}
}
