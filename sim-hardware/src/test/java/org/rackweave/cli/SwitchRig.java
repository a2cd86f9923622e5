package org.rackweave.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WantView;

/** Runs {@code rackweave} against a simulated switch, beside a daemon that says of slices what a test wants. */
final class SwitchRig {
    private static final NodeId OWNER = NodeId.parse("1f0c22ab00000000000000000000000a");
    private static final NodeId BRAVO = NodeId.parse("2e9d71c400000000000000000000000b");

    private final Map<String, String> environment = new HashMap<>();
    private final Deque<String> typed = new ArrayDeque<>();
    private final StringBuilder questions = new StringBuilder();
    private Optional<Surroundings.Terminal> terminal = Optional.empty();
    private Surroundings.Pause pause = millis -> {};
    private Optional<List<SliceView>> slices = Optional.empty();
    private List<WantView> wants = List.of();

    record Run(ExitCode exitCode, String out, String err) {}

    /** A configuration file of this machine; without one there is none. */
    SwitchRig configuredBy(Path file) {
        environment.put("RACKWEAVE_CONFIG", file.toString());
        return this;
    }

    /** The daemon is there and says this; otherwise nobody answers. */
    SwitchRig lending(SliceView... lent) {
        slices = Optional.of(List.of(lent));
        return this;
    }

    /** Somebody waits for memory of that daemon. */
    SwitchRig wantingMemory() {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY,
                1 << 28,
                Optional.empty(),
                60_000,
                4,
                ForcedEndEffect.FATAL,
                Optional.empty(),
                1,
                Optional.empty(),
                Optional.empty(),
                Locality.ANY,
                1 << 28);
        wants = List.of(new WantView(new LoanId(1, 1), BRAVO, requirement, 1 << 28, new LinePlace(1, 1, 0), 0));
        return this;
    }

    SwitchRig typing(String... lines) {
        typed.addAll(List.of(lines));
        terminal = Optional.of(question -> {
            questions.append(question);
            return Optional.ofNullable(typed.poll());
        });
        return this;
    }

    String questions() {
        return questions.toString();
    }

    SwitchRig whilePausing(Surroundings.Pause other) {
        pause = other;
        return this;
    }

    static SliceView slice(String key, SliceState state) {
        return slice(key, state, state == SliceState.FREE ? Optional.empty() : Optional.of(BRAVO));
    }

    static SliceView unheld(String key, SliceState state) {
        return slice(key, state, Optional.empty());
    }

    private static SliceView slice(String key, SliceState state, Optional<NodeId> holder) {
        return new SliceView(
                new SliceId(OWNER, key),
                ResourceKind.MEMORY,
                1 << 28,
                Set.of(),
                state,
                new Epoch(3),
                ForcedEndEffect.FATAL,
                FenceKind.ROUTE_READBACK,
                holder,
                holder.map(borrower -> new LeaseId(1, 2)),
                "",
                SlicePlace.UNKNOWN,
                Set.of(),
                holder.isPresent() ? OptionalInt.of(4) : OptionalInt.empty());
    }

    Run run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                terminal,
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                pause,
                new Random(1),
                (address, identityDir) -> daemon());
        ExitCode exitCode = new Rackweave(surroundings).run(arguments);
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Daemon daemon() throws CommandFailed {
        if (slices.isEmpty()) {
            throw new CommandFailed(ExitCode.UNREACHABLE, "nobody answers", "start it");
        }
        return new Daemon() {
            @Override
            public Answer ask(Command command, long timeoutMillis) {
                return switch (command.kind()) {
                    case LIST_SLICES -> new Answer.Slices(slices.orElseThrow());
                    case LIST_WANTS -> new Answer.Wants(wants);
                    case LIST_NODES ->
                        new Answer.Nodes(List.of(new NodeView(BRAVO, "bravo", "alive", 1, "b:1", 1, 0, List.of())));
                    default -> throw new AssertionError(command);
                };
            }

            @Override
            public void close() {
                // It holds nothing.
            }
        };
    }
}
