package org.rackweave.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.rackweave.protocol.message.SliceView;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all commands share that change a switch: the dry run, the loans, the question, and how it ends. */
final class HwOrderOptions {
    /** Between two lines of progress, in percent: a wipe of an hour is ten lines, not thousands. */
    private static final int STEP_PERCENT = 10;

    @Mixin
    private SwitchOption place = new SwitchOption();

    @Option(names = "--dry-run", description = "Show the bytes that would be sent, and change nothing.")
    private boolean isDryRun;

    @Option(
            names = "--although-lent",
            description = "Do it although a daemon lends what it touches, or cannot say whether it does.")
    private boolean isAlthoughLent;

    SwitchOption place() {
        return place;
    }

    /**
     * Carries out an order, or shows how.
     *
     * @param what it does, to be read after "this will"
     */
    ExitCode run(Session session, SwitchOrder order, String what) throws CommandFailed {
        SwitchName name = place.name(session);
        try (SwitchAtHand atHand = SwitchAtHand.of(name)) {
            List<SwitchAtHand.Message> messages = atHand.messages(order);
            if (isDryRun) {
                place.show(session, HwText.dryRun(messages));
                return ExitCode.DONE;
            }
            SwitchView view = atHand.view();
            hasPort(view, order);
            isUnbound(view, order);
            String lent = heeded(session, name, atHand.touched(order, view));
            session.confirm(what + " at " + name.text() + lent);
            String now = atHand.carryOut(order, view, new Steps(session)::at);
            place.show(session, new Shown(Map.of("now", now), List.of(), now + "\n"));
        }
        return ExitCode.DONE;
    }

    private static void hasPort(SwitchView view, SwitchOrder order) throws CommandFailed {
        OptionalInt port =
                switch (order.kind()) {
                    case BIND -> OptionalInt.of(((SwitchOrder.Bind) order).port());
                    case ON_PORT -> OptionalInt.of(((SwitchOrder.OnPort) order).port());
                    case SANITISE -> OptionalInt.of(((SwitchOrder.Sanitise) order).port());
                    case UNBIND, BIFURCATE -> OptionalInt.empty();
                };
        if (port.isPresent() && view.port(port.getAsInt()).isEmpty()) {
            throw new CommandFailed(
                    ExitCode.NOT_FOUND,
                    "the switch shows no port " + port.getAsInt(),
                    "it has "
                            + view.ports().stream()
                                    .map(each -> String.valueOf(each.id()))
                                    .collect(Collectors.joining(", ")));
        }
    }

    private static void isUnbound(SwitchView view, SwitchOrder order) throws CommandFailed {
        Optional<String> obstacle = order instanceof SwitchOrder.Bind bind ? view.obstacle(bind) : Optional.empty();
        if (obstacle.isPresent()) {
            throw new CommandFailed(ExitCode.CONFLICT, obstacle.get(), "unbind it first: rackweave hw unbind");
        }
    }

    /** What the question has to say of loans; refuses where it takes a second word to go on. */
    private String heeded(Session session, SwitchName name, List<SwitchView.Part> touched) throws CommandFailed {
        SwitchLoans loans = SwitchLoans.asked(session, name);
        return switch (loans.owner()) {
            case NONE_KNOWN -> "";
            case ANSWERED -> {
                List<SliceView> held = loans.held(touched);
                if (!held.isEmpty() && !isAlthoughLent) {
                    throw new CommandFailed(
                            ExitCode.CONFLICT,
                            "this touches what a daemon lends: " + loans.said(held),
                            "end the loan first: rackweave release or revoke; or say --although-lent");
                }
                yield held.isEmpty() ? "" : ", although it is lent: " + loans.said(held);
            }
            case SILENT -> {
                session.note(loans.silence());
                if (!isAlthoughLent && session.isYes()) {
                    throw new CommandFailed(
                            ExitCode.CONFLICT,
                            "whether what this touches is lent is not known",
                            "start the daemon, or add --although-lent");
                }
                yield ", and whether it is lent is not known";
            }
        };
    }

    /** Says how far it is, now and then. */
    private static final class Steps {
        private final Session session;
        private int next;

        private Steps(Session session) {
            this.session = session;
        }

        private void at(int percent) {
            if (percent >= next) {
                session.note(percent + " % done");
                next = percent - percent % STEP_PERCENT + STEP_PERCENT;
            }
        }
    }
}
