package org.rackweave.crypto;

/** Why bytes from the network are not believed. Each is one counter, and its sentence is the counter's help text. */
public enum SealRejection {
    TOO_SHORT("shorter than any message of this kind"),
    TOO_LONG("longer than a message may be"),
    MALFORMED("not the strict CBOR of a COSE message: cut off, not in shortest form, or with something after it"),
    OTHER_MESSAGE("a COSE message of another kind"),
    UNKNOWN_HEADER("a header parameter that is unknown, repeated, out of order, or critical"),
    ALGORITHM_REFUSED("an algorithm that is not used here"),
    WRONG_FORM("a COSE message, but not in the one form that a sealed datagram has"),
    UNKNOWN_GROUP_EPOCH(
            "sealed under a group key that is not held here: from an outsider, from before a rotation, or after one"),
    BAD_SEAL("the authenticated encryption does not hold: forged, damaged, from another rack, or under another key"),
    INNER_MALFORMED("sealed by a member, but what is inside is not a signed message in the one form that it has"),
    OTHER_BOOT_KEY("signed with another boot key than the one that is known for this sender"),
    BAD_SIGNATURE("the signature does not hold: a member sealed in another's name, or damaged before it was sealed"),
    DELEGATION_MALFORMED("a delegation whose content is not in the one form that it has"),
    DELEGATION_OF_OTHER_RACK("a delegation made in another rack"),
    DELEGATION_OF_OTHER_NODE("a delegation that names another node than the certificate that signed it"),
    DELEGATION_TOO_LONG("a delegation for longer than a boot key may live, or that ends before it begins"),
    CERTIFICATE_UNTRUSTED("the certificate beside a delegation does not prove a node of this rack");

    private final String sentence;

    SealRejection(String sentence) {
        this.sentence = sentence;
    }

    /** What is wrong, for a person. */
    public String sentence() {
        return sentence;
    }
}
