package org.rackweave.hal.mctp;

/** Why a packet was refused. */
public enum MctpFault {
    /** The packet has another length than 68 bytes. */
    PACKET_LENGTH,
    /** The header version is not 1. */
    VERSION,
    /** A continuation without a start before it. */
    NO_START,
    /** A continuation whose sequence number is not the next one: a packet was lost or came twice. */
    SEQUENCE,
    /** A continuation with other endpoints, another tag or another tag owner than its start. */
    CHANGED_MIDWAY,
    /** The message is longer than {@link MctpLimits#MOST_MESSAGE_BYTES}. */
    TOO_LONG,
    /** The message announces an integrity check, which no CXL message has. */
    INTEGRITY_CHECK
}
