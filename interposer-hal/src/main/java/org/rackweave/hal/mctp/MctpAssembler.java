package org.rackweave.hal.mctp;

import java.util.Arrays;

/**
 * Puts the packets of one direction of one connection together into messages, one at a time. A start in the middle of a message
 * drops what was gathered, as DSP0236 says, and takes whatever sequence number it carries. Memory is bounded by {@link
 * MctpLimits#MOST_MESSAGE_BYTES}. For one thread.
 */
public final class MctpAssembler {
    private static final int START = 0x80;
    private static final int END = 0x40;
    private static final int TAG_OWNER = 0x08;
    private static final int SAME_THROUGHOUT = TAG_OWNER | 0x07;
    private static final Assembly PARTIAL = new Assembly.Partial();

    private final byte[] gathered = new byte[MctpLimits.MOST_MESSAGE_BYTES];
    private int gatheredBytes;
    private int destination;
    private int source;
    private int tagBits;
    private int nextSequence;

    /** Takes the next packet of the stream. */
    public Assembly feed(Octets packet) {
        if (packet.length() != MctpLimits.PACKET_BYTES) {
            return refused(MctpFault.PACKET_LENGTH, packet.length() + " bytes");
        }
        if ((packet.at(0) & 0x0F) != 1) {
            return refused(MctpFault.VERSION, "header version " + (packet.at(0) & 0x0F));
        }
        int flags = packet.at(3);
        if ((flags & START) != 0) {
            start(packet, flags);
        } else if (gatheredBytes == 0) {
            return refused(MctpFault.NO_START, "a continuation where a start was due");
        } else if (sequence(flags) != nextSequence) {
            return refused(MctpFault.SEQUENCE, "sequence " + sequence(flags) + " where " + nextSequence + " was due");
        } else if (packet.at(1) != destination || packet.at(2) != source || (flags & SAME_THROUGHOUT) != tagBits) {
            return refused(MctpFault.CHANGED_MIDWAY, "endpoints or tag are not those of the start");
        }
        if (gatheredBytes == gathered.length) {
            return refused(MctpFault.TOO_LONG, "more than " + gathered.length + " bytes");
        }
        packet.slice(MctpLimits.HEADER_BYTES, MctpLimits.PACKET_BYTES).copyTo(gathered, gatheredBytes);
        gatheredBytes += MctpLimits.BODY_BYTES;
        nextSequence = (sequence(flags) + 1) % MctpLimits.SEQUENCES;
        return (flags & END) == 0 ? PARTIAL : complete();
    }

    private void start(Octets packet, int flags) {
        gatheredBytes = 0;
        destination = packet.at(1);
        source = packet.at(2);
        tagBits = flags & SAME_THROUGHOUT;
    }

    private Assembly complete() {
        int first = gathered[0] & 0xFF;
        if ((first & 0x80) != 0) {
            return refused(MctpFault.INTEGRITY_CHECK, "first byte 0x" + Integer.toHexString(first));
        }
        Octets body = Octets.adopt(Arrays.copyOfRange(gathered, 1, gatheredBytes));
        MctpMessage.Role role = (tagBits & TAG_OWNER) == 0 ? MctpMessage.Role.RESPONSE : MctpMessage.Role.REQUEST;
        gatheredBytes = 0;
        return new Assembly.Complete(new MctpMessage(destination, source, role, tagBits & 0x07, first, body));
    }

    private Assembly refused(MctpFault fault, String detail) {
        gatheredBytes = 0;
        return new Assembly.Refused(fault, detail);
    }

    private static int sequence(int flags) {
        return flags >> 4 & 0x03;
    }
}
