package org.rackweave.crypto;

/**
 * What was inside a seal that held: some member of the rack made it, and {@link BootVerifier} tells which.
 *
 * <p>Here the receiver checks sequence and budget, as the signature is the dearest step.
 */
public final class SignedMessage {
    private final RackId rack;
    private final OuterHeader header;
    private final CoseSign1 message;

    SignedMessage(RackId rack, OuterHeader header, CoseSign1 message) {
        this.rack = rack;
        this.header = header;
        this.message = message;
    }

    /** What the outside said. The seal covers it; that the sender is the one it names is not proved yet. */
    public OuterHeader header() {
        return header;
    }

    RackId rack() {
        return rack;
    }

    CoseSign1 message() {
        return message;
    }
}
