package org.rackweave.protocol.message;

/**
 * How a decoder leaves the middle of a message. It never leaves this package: {@link CommandCodec} and
 * {@link AnswerCodec} turn it into {@link Decoded.Rejected}. It has no stack trace, because a peer may cause many.
 */
class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Malformed(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    final String reason() {
        return reason;
    }

    /** A well-formed code that this version does not know: an element of a list that carries one is left out. */
    static final class UnknownCode extends Malformed {
        private static final long serialVersionUID = 1L;

        UnknownCode(String reason) {
            super(reason);
        }
    }
}
