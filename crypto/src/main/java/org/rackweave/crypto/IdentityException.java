package org.rackweave.crypto;

import java.nio.file.Path;

/** An identity, authority or key file cannot be used or made. The message names the file and what to do about it. */
public final class IdentityException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of thing is wrong. */
    public enum Reason {
        /** A file or directory that must be there is not. */
        MISSING,
        /** Something is there already, and nothing here overwrites a key. */
        ALREADY_EXISTS,
        /** Group or others could read or write a secret, or write what is believed. */
        PERMISSIONS,
        /** A file or directory belongs to another user. */
        WRONG_OWNER,
        /** A file was read, and is not what its name says. */
        MALFORMED,
        /** Key and certificate do not belong together. */
        KEY_MISMATCH,
        /** The certificate's time has passed. */
        EXPIRED,
        /** The certificate's time has not come, or this machine's clock is behind. */
        NOT_YET_VALID,
        /** The certificate is not one that this rack's authority signed in the form that the rack accepts. */
        NOT_TRUSTED,
        /** A counter that must never go back is gone or at its end. */
        COUNTER_LOST,
        /** What was asked for cannot be issued. */
        NOT_ISSUABLE,
        /** Reading or writing failed. */
        INPUT_OUTPUT
    }

    private final Reason reason;
    private final transient Path path;
    private final String advice;

    /** A failure at {@code path}: what is wrong, and what to do. */
    public IdentityException(Reason reason, Path path, String problem, String advice) {
        super(path + ": " + problem + "; " + advice);
        this.reason = reason;
        this.path = path;
        this.advice = advice;
    }

    /** The same, with the failure beneath it. */
    public IdentityException(Reason reason, Path path, String problem, String advice, Throwable cause) {
        super(path + ": " + problem + "; " + advice, cause);
        this.reason = reason;
        this.path = path;
        this.advice = advice;
    }

    /** What kind of thing is wrong. */
    public Reason reason() {
        return reason;
    }

    /** The file or directory that it is about. */
    public Path path() {
        return path;
    }

    /** What to do about it. */
    public String advice() {
        return advice;
    }
}
