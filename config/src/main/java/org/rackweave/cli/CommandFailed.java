package org.rackweave.cli;

import java.util.Objects;

/** A command cannot do what it was asked to. The message says what was wrong and where, the advice what to do next. */
public final class CommandFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final String advice;

    public CommandFailed(ExitCode exitCode, String message, String advice) {
        super(message);
        this.exitCode = Objects.requireNonNull(exitCode);
        this.advice = Objects.requireNonNull(advice);
    }

    /** How the process ends. */
    public ExitCode exitCode() {
        return exitCode;
    }

    /** What is wrong. */
    public String problem() {
        return String.valueOf(getMessage());
    }

    /** What to do next. */
    public String advice() {
        return advice;
    }
}
