package org.rackweave.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/** Runs commands against a canned rack, in surroundings of its own. */
final class Rig {
    final CannedRack rack = new CannedRack();
    final Map<String, String> environment = new HashMap<>();
    final Deque<String> typed = new ArrayDeque<>();
    final StringBuilder asked = new StringBuilder();
    private Optional<Surroundings.Terminal> terminal = Optional.empty();
    private Surroundings.Pause pause = millis -> {};
    private DaemonConnector connector = rack;

    /** What a run left behind. */
    record Outcome(ExitCode exitCode, String out, String err) {}

    /** Puts somebody at a terminal who types these lines. */
    Rig withTerminal(String... lines) {
        typed.addAll(java.util.List.of(lines));
        terminal = Optional.of(question -> {
            asked.append(question);
            return Optional.ofNullable(typed.poll());
        });
        return this;
    }

    Rig withPause(Surroundings.Pause other) {
        pause = other;
        return this;
    }

    Rig withConnector(DaemonConnector other) {
        connector = other;
        return this;
    }

    /** What is done in a session. */
    interface InSession {
        void act(Session session) throws Exception;
    }

    /** Does something in a session with the options that nobody gave. */
    Outcome run(InSession what) {
        return outcome(surroundings -> {
            try (Session session = new Session(new GlobalOptions(), surroundings)) {
                what.act(session);
                return ExitCode.DONE;
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
    }

    Outcome run(String... arguments) {
        return outcome(surroundings -> new Rackweave(surroundings).run(arguments));
    }

    private Outcome outcome(Function<Surroundings, ExitCode> program) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                terminal,
                Clock.fixed(Instant.ofEpochMilli(CannedRack.AT), ZoneOffset.UTC),
                pause,
                new Random(1),
                connector);
        ExitCode exitCode = program.apply(surroundings);
        return new Outcome(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
