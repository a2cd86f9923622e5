package org.rackweave.cli;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.UeventSocket;
import org.rackweave.hal.uevent.UeventSource;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rackweave hw watch}: what changes on a switch, as it changes. */
@CommandLine.Command(
        name = "watch",
        description = "Print each change of ports, bindings and links, until interrupted; what changes and changes back"
                + " between two looks is seen with --events only. With --here, what this machine's kernel says of its"
                + " devices.")
final class HwWatchCommand implements Action {
    private static final String GONE = "gone";

    @Mixin
    private SwitchOption place = new SwitchOption();

    @Option(
            names = "--here",
            description = "This machine's own devices, as their kernel tells of them; no switch is asked.")
    private boolean isHere;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "Time between two looks (1s); with --here, events of so long are told together.")
    private Millis every = new Millis(1_000);

    @Option(
            names = "--events",
            description =
                    "Have a Switchtec tell of events, and look as soon as it does. They are cleared as they are told: another"
                            + " program that waits for them may miss some.")
    private boolean isTold;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description =
                    "How long; pauses are counted, not the looks themselves. With --events each look counts as one pause.")
    private Optional<Millis> limit = Optional.empty();

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        if (every.value() < 1) {
            throw new CommandFailed(ExitCode.USAGE, "--every is no time", "write a time such as 500ms");
        }
        if (isHere) {
            return here(session);
        }
        try (SwitchAtHand atHand = SwitchAtHand.of(place.name(session))) {
            if (isTold) {
                watchTold(session, atHand);
                return ExitCode.DONE;
            }
            SwitchView first = atHand.view();
            session.note("Watching " + first.title() + ".");
            Map<String, String> known = first.facts();
            boolean isSilent = false;
            // Whoever read our output may have gone.
            for (long waited = 0; !isOver(waited) && !session.out().checkError(); waited += every.value()) {
                session.pause(every.value());
                Optional<Map<String, String>> now = looked(session, atHand, isSilent);
                isSilent = now.isEmpty();
                if (now.isPresent()) {
                    tell(session, known, now.get());
                    known = now.get();
                }
            }
        }
        return ExitCode.DONE;
    }

    /** As {@link #run}, where the switch ends a pause. Without its events there is nothing to go on with. */
    private void watchTold(Session session, SwitchAtHand atHand) throws CommandFailed {
        try (SwitchEvents events = atHand.events()) {
            SwitchView first = atHand.view();
            session.note("Watching " + first.title() + " and its events.");
            Map<String, String> known = first.facts();
            for (long waited = 0; !isOver(waited) && !session.out().checkError(); waited += every.value()) {
                for (SwitchEvents.Told told : events.await(every.value())) {
                    String times = told.times() == 1 ? "once" : told.times() + " times";
                    session.out().print(line(session, told.of(), told.what(), times));
                    session.out().flush();
                }
                Map<String, String> now = atHand.view().facts();
                tell(session, known, now);
                known = now;
            }
        }
    }

    private ExitCode here(Session session) throws CommandFailed {
        if (place.isNamed() || isTold) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "--here watches this machine, --switch and --events a switch",
                    "give --here alone, or leave it out");
        }
        try (UeventSource source = UeventSocket.open()) {
            session.note("Watching this machine's devices.");
            new HereWatch(session, place.output(session), source, System::nanoTime).run(every, limit);
            return ExitCode.DONE;
        } catch (HalException failed) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    String.valueOf(failed.getMessage()),
                    "watch a switch instead: rackweave hw watch --switch");
        }
    }

    private boolean isOver(long waitedMillis) {
        return limit.isPresent() && waitedMillis >= limit.get().value();
    }

    /** A switch that does not answer is said once, and looked at again. */
    private static Optional<Map<String, String>> looked(Session session, SwitchAtHand atHand, boolean wasSilent) {
        try {
            Map<String, String> facts = atHand.view().facts();
            if (wasSilent) {
                session.note("The switch answers again.");
            }
            return Optional.of(facts);
        } catch (CommandFailed failed) {
            if (!wasSilent) {
                session.note("The switch does not answer: " + failed.problem());
            }
            return Optional.empty();
        }
    }

    private void tell(Session session, Map<String, String> before, Map<String, String> now) {
        Set<String> subjects = new LinkedHashSet<>(before.keySet());
        subjects.addAll(now.keySet());
        for (String subject : subjects) {
            String was = before.getOrDefault(subject, GONE);
            String is = now.getOrDefault(subject, GONE);
            if (!was.equals(is)) {
                session.out().print(line(session, subject, was, is));
                session.out().flush();
            }
        }
    }

    private String line(Session session, String subject, String was, String is) {
        String at = session.surroundings().clock().instant().toString();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("at", at);
        tree.put("what", subject);
        tree.put("was", was);
        tree.put("is", is);
        return switch (place.output(session)) {
            case TABLE -> Printable.line(at + "  " + subject + ": " + was + " -> " + is) + "\n";
            case JSON -> JsonText.line(tree);
            case YAML -> "---\n" + YamlText.document(tree);
            case NAME -> subject + "\n";
        };
    }
}
