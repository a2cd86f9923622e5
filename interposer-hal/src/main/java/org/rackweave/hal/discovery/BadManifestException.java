package org.rackweave.hal.discovery;

/** A text that was to be a capture manifest is none. Nothing was discovered from it. */
public final class BadManifestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    BadManifestException(int line, String what) {
        super("line " + line + ": " + what);
        this.line = line;
    }

    /** The line that is wrong, counted from 1. */
    public int line() {
        return line;
    }
}
