package org.rackweave.hal.mctp;

/** Cuts messages into the packets of one direction of one connection. It counts their sequence numbers. For one thread. */
public final class MctpPackets {
    private int nextSequence;

    /** All packets of a message, one after the other: to be written at once, because a known peer does not reassemble a packet. */
    public Octets packetsOf(MctpMessage message) {
        int count = (1 + message.body().length() + MctpLimits.BODY_BYTES - 1) / MctpLimits.BODY_BYTES;
        byte[] stream = new byte[count * MctpLimits.PACKET_BYTES];
        byte[] whole = new byte[count * MctpLimits.BODY_BYTES];
        whole[0] = (byte) message.type();
        message.body().copyTo(whole, 1);
        int owner = message.role() == MctpMessage.Role.REQUEST ? 0x08 : 0;
        for (int index = 0; index < count; index++) {
            int at = index * MctpLimits.PACKET_BYTES;
            int startAndEnd = (index == 0 ? 0x80 : 0) | (index == count - 1 ? 0x40 : 0);
            stream[at] = 1;
            stream[at + 1] = (byte) message.destination();
            stream[at + 2] = (byte) message.source();
            stream[at + 3] = (byte) (startAndEnd | nextSequence << 4 | owner | message.tag());
            System.arraycopy(
                    whole, index * MctpLimits.BODY_BYTES, stream, at + MctpLimits.HEADER_BYTES, MctpLimits.BODY_BYTES);
            nextSequence = (nextSequence + 1) % MctpLimits.SEQUENCES;
        }
        return Octets.adopt(stream);
    }
}
