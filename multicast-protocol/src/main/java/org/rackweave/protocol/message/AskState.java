package org.rackweave.protocol.message;

import java.util.Optional;

/** The life of what was asked for a VM. The code is the wire value and never changes; new ones are appended. */
public enum AskState {
    /** It is in the ledger; the host's agent has not said yet what the host has. */
    RECEIVED(1, "received"),
    /** Neighbours are asked for what the host has not. No VM has lost anything yet. */
    BORROWING(2, "borrowing"),
    /** VMs of lower priority give up what is above their guarantees. */
    SCALING_DOWN(3, "scaling-down"),
    /** All that it needs is free; the agent was told to give it to the VM. */
    ORDERED(4, "ordered"),
    /** The VM has it. */
    DONE(5, "done"),
    /** It cannot be had; whatever was moved for it goes back. */
    REFUSED(6, "refused"),
    /** The VM lets go of it. */
    RETURNING(7, "returning"),
    /** The VM has let go of it. */
    RETURNED(8, "returned");

    private final int code;
    private final String word;

    AskState(int code, String word) {
        this.code = code;
        this.word = word;
    }

    /** The value on the wire. */
    public int code() {
        return code;
    }

    /** The word that people read. */
    public String word() {
        return word;
    }

    /** Whether the host owes it what was asked for. */
    public boolean isLive() {
        return switch (this) {
            case RECEIVED, BORROWING, SCALING_DOWN, ORDERED, DONE -> true;
            case REFUSED, RETURNING, RETURNED -> false;
        };
    }

    /** Whether nothing follows. */
    public boolean isOver() {
        return this == REFUSED || this == RETURNED;
    }

    public static Optional<AskState> ofCode(long code) {
        for (AskState value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
