package org.rackweave.protocol.coap;

import java.util.Locale;

/** What the unicast channel counts. Each constant carries the sentence that people read. */
public enum UnicastCounter {
    HANDSHAKE_DONE("DTLS handshakes that ended in a session"),
    HANDSHAKE_FAILED("DTLS handshakes that failed, for whatever reason: no certificate, refused certificate, loss"),
    CERTIFICATE_UNTRUSTED("certificates refused because this rack's root does not vouch for them"),
    CERTIFICATE_EXPIRED("certificates refused because they have expired, or are not valid yet"),
    SESSION_OUTLIVED_CERTIFICATE("requests refused because the certificate of their session has expired meanwhile"),
    HELLO_LIMITED("openings of handshakes dropped because their address sent too many in one second"),
    RECORD_DROPPED("DTLS records dropped: damaged, repeated, or of a session that is not known here"),
    REQUEST_ANSWERED("requests that were answered with what they asked for"),
    REQUEST_REFUSED("requests that the handler refused"),
    UNKNOWN_PATH("requests for a path that does not exist"),
    BAD_METHOD("requests with a method that their path does not have"),
    BAD_OPTION("requests with a format, precondition or proxy option that is not served"),
    BAD_BODY("requests whose path, parameters or body did not decode"),
    OVERLOADED("requests refused because too many others were waiting for their answers"),
    ANSWERED_TWICE("second answers of the handler to one request, dropped; a fault of this daemon"),
    NEVER_ANSWERED("requests that the handler did not answer in time; a fault of this daemon"),
    HANDLER_FAILED("requests during which the handler threw; a fault of this daemon"),
    ANSWER_TOO_LONG("answers that did not fit and were refused or cut"),
    NOTIFICATION("answers sent to observers because something had changed");

    private final String sentence;

    UnicastCounter(String sentence) {
        this.sentence = sentence;
    }

    /** What is counted, for a person. */
    public String sentence() {
        return sentence;
    }

    /** Lower case with underscores, after {@code unicast_}. */
    public String label() {
        return "unicast_" + name().toLowerCase(Locale.ROOT);
    }
}
