package org.rackweave.protocol.multicast;

/**
 * What the multicast side counts, each with its sentence. Those from {@link #TOO_SHORT} to {@link #CONTRADICTS_SENDER}
 * are why a received datagram was not believed, in the order in which the checks are made.
 */
public enum DatagramCounter {
    // ---- sent --------------------------------------------------------------------------
    SENT("datagrams handed to an interface"),
    SEND_DROPPED("datagrams not sent because the kernel's buffer was full"),
    SEND_FAILED("datagrams not sent because an interface refused them: is it up?"),
    RECEIVE_FAILED("sockets closed because reading failed: the interface is looked for again"),

    // ---- believed ----------------------------------------------------------------------
    ACCEPTED_HELLO("hellos believed"),
    ACCEPTED_ANNOUNCE("announcements believed"),
    ACCEPTED_LEAVE("goodbyes believed"),
    STRANGERS_REPORTED("times that an unknown sender led to a question"),

    // ---- not believed, cheapest check first --------------------------------------------
    TOO_SHORT("shorter than any datagram can be"),
    TOO_LONG("longer than any datagram may be"),
    NOT_A_FRAME("not a sealed datagram of this version: noise, another program, or damaged"),
    UNKNOWN_TYPE("a kind of message that this version does not know"),
    OTHER_GROUP_EPOCH(
            "sealed under a group key that is not held here: an outsider, or a member before or after a rotation"),
    OWN("this node's own datagrams, come back"),
    UNKNOWN_SENDER("from a sender whose boot key is not known: its hello was lost, or it has none"),
    BAD_SEAL("the outer seal does not hold: forged, damaged, or from another rack"),
    BANNED("from a revoked node"),
    OLDER_BOOT_EPOCH("from an incarnation that is over"),
    SECOND_BOOT_KEY(
            "hellos with another boot key for an incarnation whose key is known: a node that lost its boot epoch"),
    REPEATED("a sequence that is not newer than the newest: repeated, overtaken, or replayed"),
    SOURCE_TOO_FAST("from one sender at one address, faster than any neighbour has to speak"),
    HELLO_TOO_FAST("hellos of unknown senders, faster than certificates are checked"),
    VERIFY_BUDGET_SPENT("signatures left unchecked because too many came from all senders together"),
    BAD_CERTIFICATE("hellos whose certificate does not prove a node of this rack"),
    BAD_DELEGATION("hellos whose boot key is not delegated by the certificate's key"),
    DELEGATION_EXPIRED("from a sender whose delegation has ended, or whose clock differs by more than an hour"),
    BAD_SIGNATURE("sealed by a member, but the boot key's signature does not hold: somebody inside the rack forges"),
    TABLE_FULL("from a newcomer for whom the table has no place"),
    MALFORMED_PAYLOAD(
            "signed by a member, and yet no payload of this version: a newer version, or a fault at the sender"),
    CONTRADICTS_SENDER("signed by a member in another's name, or in another incarnation than its boot key's");

    private final String sentence;

    DatagramCounter(String sentence) {
        this.sentence = sentence;
    }

    /** What it counts. */
    public String sentence() {
        return sentence;
    }
}
