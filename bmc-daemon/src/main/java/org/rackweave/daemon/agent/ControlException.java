package org.rackweave.daemon.agent;

/** A VM could not be looked at, or not be made as it should be. The message says what was wrong and what to do. */
final class ControlException extends Exception {
    private static final long serialVersionUID = 1;

    ControlException(String message) {
        super(message);
    }

    ControlException(String message, Throwable cause) {
        super(message, cause);
    }
}
