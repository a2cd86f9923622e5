package org.rackweave.cli;

import org.rackweave.protocol.message.RefusalCode;

/** How a command ended. The numbers are an interface to scripts and never change. */
public enum ExitCode {
    DONE(0, "done"),
    FAILED(1, "failed; the message says why and what to do"),
    USAGE(2, "used wrongly: a flag, an argument, or a value that the daemon found invalid"),
    NOT_FOUND(3, "no such node, slice, lease or loan"),
    CONFLICT(4, "not in a state that allows this, or the lease is lost: read it, then decide"),
    DENIED(5, "your certificate may not do this, or is not of this rack"),
    UNREACHABLE(6, "a daemon did not answer; what was asked may or may not have been done");

    private final int code;
    private final String sentence;

    ExitCode(int code, String sentence) {
        this.code = code;
        this.sentence = sentence;
    }

    /** What the process ends with. */
    public int code() {
        return code;
    }

    /** What it means, for people. */
    public String sentence() {
        return sentence;
    }

    /** How a command ends that a daemon refused. */
    public static ExitCode of(RefusalCode refusal) {
        return switch (refusal) {
            case INVALID -> USAGE;
            case DENIED -> DENIED;
            case NOT_FOUND -> NOT_FOUND;
            case CONFLICT, STALE_EPOCH -> CONFLICT;
            case UNAVAILABLE, BUSY, NO_MATCH, QUARANTINED -> FAILED;
            case UNREACHABLE -> UNREACHABLE;
        };
    }
}
