package org.rackweave.hal.mctp;

import java.util.Objects;

/**
 * One message between two endpoints.
 *
 * @param destination endpoint id of the receiver, 0 to 255; 0 is whoever is at the other end
 * @param source endpoint id of the sender, 0 to 255
 * @param role whether the sender owns the tag
 * @param tag 0 to 7; a response carries its request's
 * @param type the message type, 0 to 127
 * @param body what follows the type byte; at most {@link MctpLimits#MOST_MESSAGE_BYTES} with it. One that came in packets still has
 *     the last packet's padding: only the message's own header knows its length
 */
public record MctpMessage(int destination, int source, Role role, int tag, int type, Octets body) {
    /** MCTP's own control messages. */
    public static final int TYPE_CONTROL = 0x00;

    /** CXL fabric manager API. */
    public static final int TYPE_FM_API = 0x07;

    /** CXL component command interface. */
    public static final int TYPE_CCI = 0x08;

    /** Who owns the tag: the tag-owner bit of the transport header. */
    public enum Role {
        REQUEST,
        RESPONSE
    }

    public MctpMessage {
        inRange("destination", destination, 0xFF);
        inRange("source", source, 0xFF);
        Objects.requireNonNull(role);
        inRange("tag", tag, MctpLimits.TAGS - 1);
        inRange("message type", type, 0x7F);
        if (1 + body.length() > MctpLimits.MOST_MESSAGE_BYTES) {
            throw new IllegalArgumentException("a message of " + (1 + body.length()) + " bytes; at most "
                    + MctpLimits.MOST_MESSAGE_BYTES + " fit");
        }
    }

    /** The answer to this request: back to its sender, with its tag and type. */
    public MctpMessage answeredBy(int endpoint, Octets answer) {
        return new MctpMessage(source, endpoint, Role.RESPONSE, tag, type, answer);
    }

    private static void inRange(String field, int value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(field + " " + value + " is not from 0 to " + most);
        }
    }
}
