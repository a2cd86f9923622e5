package org.rackweave.crypto;

/** Why a certificate is not believed. Each constant carries the sentence that a log or a CLI shows. */
public enum Distrust {
    NO_CERTIFICATE("no certificate was shown"),
    WRONG_KEY("the certificate's key is not on P-256"),
    WRONG_SIGNATURE_ALGORITHM("the certificate is not signed with ECDSA and SHA-256"),
    UNKNOWN_ISSUER("the certificate was issued by another authority than this rack's"),
    BAD_SIGNATURE("the certificate's signature does not hold under this rack's root"),
    EXPIRED("the certificate, or the root above it, has expired"),
    NOT_YET_VALID("the certificate, or the root above it, is not valid yet, or this clock is behind"),
    VALID_TOO_LONG("the certificate is valid for longer than this rack lets one be"),
    NOT_A_LEAF("the certificate is one of an authority, not of a member"),
    WRONG_USAGE("the certificate may not be used to prove who both a client and a server are"),
    UNKNOWN_CRITICAL_EXTENSION("the certificate demands something that is not understood here"),
    BAD_NAME("the certificate's subject is not one common name in the form that the rack uses"),
    BAD_CLAIMS("the certificate does not say exactly one role and one id, or says something unknown about them"),
    ID_MISMATCH("the certificate claims an id that is not the hash of its own key"),
    REVOKED("the certificate's holder was revoked by this rack's authority");

    private final String sentence;

    Distrust(String sentence) {
        this.sentence = sentence;
    }

    /** What is wrong, for a person. */
    public String sentence() {
        return sentence;
    }
}
