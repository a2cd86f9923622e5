package org.rackweave.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.rackweave.config.Configuration;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;

/** One run of one command: what it was told, what it is given, and the daemon that it talks to. */
final class Session implements AutoCloseable {
    private static final long LOOK_MILLIS = 10_000;
    private static final long ORDER_MILLIS = 60_000;
    private static final long WAIT_MILLIS = 300_000;
    private static final long POLL_MILLIS = 500;

    private final GlobalOptions options;
    private final Surroundings surroundings;
    private final DaemonFinder finder;

    Session(GlobalOptions options, Surroundings surroundings) {
        this.options = options;
        this.surroundings = surroundings;
        this.finder = new DaemonFinder(options, surroundings);
    }

    Surroundings surroundings() {
        return surroundings;
    }

    PrintStream out() {
        return surroundings.out();
    }

    OutputFormat output() {
        return options.output();
    }

    /** What holds on this machine: its file, or the defaults where there is none and none was named. */
    Configuration configuration() throws CommandFailed {
        return finder.configuration();
    }

    /** The file that {@link #configuration} is read from. */
    Path configurationFile() {
        return finder.configurationFile();
    }

    /** Asks the daemon; a refusal ends the command. */
    <A extends Answer> A ask(Class<A> expected, Command command) throws CommandFailed {
        return expect(expected, attempt(command));
    }

    /** The answer as what it has to be; a refusal ends the command. */
    <A extends Answer> A expect(Class<A> expected, Answer answer) throws CommandFailed {
        if (answer instanceof Answer.Refused refused) {
            throw failure(refused);
        }
        if (!expected.isInstance(answer)) {
            String kind = answer.getClass().getSimpleName().toLowerCase(Locale.ROOT);
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "the daemon answered with something else: " + kind,
                    "compare 'rackweave --version' with the software that 'rackweave status' shows");
        }
        return expected.cast(answer);
    }

    /** Asks the daemon; a refusal is an answer. */
    Answer attempt(Command command) throws CommandFailed {
        return finder.daemon().ask(command, options.timeoutMillis().orElse(usualMillis(command.kind())));
    }

    /** Nobody waits long for a daemon that is not there; an order may have to wait for hardware of several lenders. */
    private static long usualMillis(Command.Kind kind) {
        return switch (kind) {
            case DESCRIBE,
                    LIST_SLICES,
                    LIST_NODES,
                    LIST_LEASES,
                    READ_LEASE,
                    LIST_LOANS,
                    READ_LOAN,
                    READ_EVENTS,
                    READ_AUDIT,
                    READ_COUNTERS,
                    LIST_WANTS,
                    READ_DEMAND,
                    READ_HOST,
                    LIST_ASKS,
                    READ_ASK,
                    READ_ORDERS,
                    READ_REVOCATIONS,
                    READ_GROUP_KEY,
                    READ_GROUP -> LOOK_MILLIS;
            case RESERVE,
                    COMMIT,
                    RENEW,
                    RELEASE,
                    RECALL,
                    BORROW,
                    RENEW_LOAN,
                    RELEASE_LOAN,
                    REVOKE,
                    END_QUARANTINE,
                    WANT,
                    WITHDRAW_WANT,
                    FREED,
                    RESIZE_LOAN,
                    PROPOSE,
                    REPORT_HOST,
                    ASK_FOR_VM,
                    RETURN_ASK,
                    ORDER_DONE,
                    INSTALL_REVOCATIONS,
                    ROTATE_GROUP_KEY -> ORDER_MILLIS;
        };
    }

    /** Where this user's key, certificate and root are. */
    Path identityDir() {
        return finder.identityDir();
    }

    /** How a command ends that was refused. */
    static CommandFailed failure(Answer.Refused refused) {
        String retry = refused.retryAfterMillis() == 0
                ? ""
                : " (try again in " + Phrases.rough(refused.retryAfterMillis()) + ")";
        return new CommandFailed(
                ExitCode.of(refused.code()),
                refused.code().word() + ": " + refused.detail() + retry,
                Phrases.advice(refused.code()));
    }

    /** Something that is looked at again and again. */
    interface Look {
        /** True when it is as it should be. */
        boolean isDone() throws CommandFailed;
    }

    /** Looks until it is done, with time between. */
    void waitUntil(String what, Look look) throws CommandFailed {
        long limit = options.timeoutMillis().orElse(WAIT_MILLIS);
        // Pauses are counted and not the clock read, so that a clock that is set meanwhile makes no difference.
        for (long waited = 0; !look.isDone(); waited += POLL_MILLIS) {
            if (waited >= limit) {
                throw new CommandFailed(
                        ExitCode.FAILED,
                        what + " is not done after " + Phrases.rough(limit),
                        "it goes on by itself: look again, or wait longer with --timeout");
            }
            pause(POLL_MILLIS);
        }
    }

    void pause(long millis) throws CommandFailed {
        try {
            surroundings.pause().forMillis(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(ExitCode.FAILED, "interrupted", "what was asked for goes on by itself");
        }
    }

    /** Whether the daemon that is meant was named. */
    boolean isNodeNamed() {
        return options.node().isPresent();
    }

    /** Whether nobody wants to be asked. */
    boolean isYes() {
        return options.isYes();
    }

    /** Writes data in the form that was asked for. */
    void show(Shown shown) {
        show(shown, options.output());
    }

    /** Writes data in this form. */
    void show(Shown shown, OutputFormat form) {
        String text =
                switch (form) {
                    case TABLE -> shown.text();
                    case JSON -> JsonText.document(shown.tree());
                    case YAML -> YamlText.document(shown.tree());
                    case NAME -> shown.names().isEmpty() ? "" : String.join("\n", shown.names()) + "\n";
                };
        surroundings.out().print(text);
        surroundings.out().flush();
    }

    /** Says something that is no data. */
    void note(String text) {
        surroundings.err().println(Printable.line(text));
    }

    /** Asks whether something may be taken away; goes on only after a yes. */
    void confirm(String what) throws CommandFailed {
        if (options.isYes()) {
            return;
        }
        if (surroundings.terminal().isEmpty()) {
            throw new CommandFailed(ExitCode.USAGE, "this would " + what + ", and nobody can be asked", "add --yes");
        }
        Optional<String> answer =
                surroundings.terminal().get().ask(Printable.line("This will " + what + ". Go on? [y/N] "));
        String word = answer.orElse("").strip().toLowerCase(Locale.ROOT);
        if (!word.equals("y") && !word.equals("yes")) {
            throw new CommandFailed(ExitCode.FAILED, "nothing was changed", "answer y to go on");
        }
    }

    Table.Style style() {
        return new Table.Style(
                surroundings.columns(), surroundings.isColoured() ? Table.Paint.COLOURED : Table.Paint.PLAIN);
    }

    @Override
    public void close() {
        finder.close();
    }
}
