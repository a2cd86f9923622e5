package org.rackweave.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a command is given by its process, so that a test can give it something else.
 *
 * @param out for data
 * @param err for everything else
 * @param environment the environment variables
 * @param terminal who can be asked; empty when nobody sits there
 * @param clock the wall clock
 * @param pause how to let time pass
 * @param random for identifiers of requests
 * @param connector the way to daemons
 */
record Surroundings(
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Optional<Terminal> terminal,
        Clock clock,
        Pause pause,
        RandomGenerator random,
        DaemonConnector connector) {
    Surroundings {
        Objects.requireNonNull(out);
        Objects.requireNonNull(err);
        environment = Map.copyOf(environment);
        Objects.requireNonNull(terminal);
        Objects.requireNonNull(clock);
        Objects.requireNonNull(pause);
        Objects.requireNonNull(random);
        Objects.requireNonNull(connector);
    }

    /** Somebody who can answer. */
    interface Terminal {
        /** Asks, and waits for a line; empty when there is none. */
        Optional<String> ask(String question);
    }

    /** How to let time pass. */
    interface Pause {
        void forMillis(long millis) throws InterruptedException;
    }

    /** Those of this process. */
    static Surroundings ofProcess() {
        // A console is there only when both standard input and standard output are a terminal: then somebody can be
        // asked, and colours are seen.
        Optional<Terminal> terminal = Optional.ofNullable(System.console()).map(Surroundings::terminal);
        return new Surroundings(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                System.getenv(),
                terminal,
                Clock.systemUTC(),
                Thread::sleep,
                new SecureRandom(),
                // A lambda, not a reference: the class behind it brings the whole network stack with it.
                (address, identityDir) -> CoapDaemon.open(address, identityDir));
    }

    // JSON is UTF-8 whatever the locale is, and on a BMC it is mostly none.
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor)), true, StandardCharsets.UTF_8);
    }

    /** Whether colours are seen and wanted. */
    boolean isColoured() {
        return terminal.isPresent()
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** How many characters a line has. */
    int columns() {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("[0-9]{2,4}") ? Math.max(40, Integer.parseInt(columns)) : 80;
    }

    private static Terminal terminal(Console console) {
        return question -> Optional.ofNullable(console.readLine("%s", question));
    }
}
