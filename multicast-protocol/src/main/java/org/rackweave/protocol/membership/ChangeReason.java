package org.rackweave.protocol.membership;

/** Why a neighbour's liveness changed, each with its sentence for people. */
public enum ChangeReason {
    FIRST_HEARD("heard for the first time"),
    PROBE_ANSWERED("answered a probe over DTLS"),
    HEARD_AGAIN("heard again after a silence"),
    RESTARTED("came back in a new incarnation"),
    RETURNED("heard again after it was given up or had left"),
    SILENT("silent for longer than it announced"),
    SILENT_TOO_LONG("still silent, and no probe was answered"),
    SAID_GOODBYE("announced its departure"),
    REVOKED("its certificate was revoked"),
    FORGOTTEN("gone for so long that it is no longer remembered"),
    DISPLACED("gone, and its place in the full table was needed");

    private final String sentence;

    ChangeReason(String sentence) {
        this.sentence = sentence;
    }

    /** Why, for a person. */
    public String sentence() {
        return sentence;
    }
}
