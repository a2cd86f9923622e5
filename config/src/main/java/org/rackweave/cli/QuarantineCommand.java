package org.rackweave.cli;

import java.util.List;
import java.util.Optional;
import org.rackweave.config.NearestWord;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackweave quarantine end}: an operator's word that a slice is sound again. */
@CommandLine.Command(
        name = "quarantine",
        description = "End the quarantine of a slice.",
        subcommands = QuarantineCommand.End.class)
final class QuarantineCommand {
    /** Says that a slice is sound. */
    @CommandLine.Command(name = "end", description = "Say that a slice is sound: it is fenced, wiped and lent again.")
    static final class End implements Action {
        @Parameters(paramLabel = "SLICE", description = "The slice, as 'rackweave slices' shows it.")
        private String slice = "";

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why it is sound, for the audit trail.")
        private String reason = "";

        @Option(names = "--wait", description = "Wait until the slice is free.")
        private boolean wait;

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            if (reason.length() > LeaseView.MAX_REASON_CHARS) {
                throw new CommandFailed(
                        ExitCode.USAGE,
                        "--reason is too long",
                        "write at most " + LeaseView.MAX_REASON_CHARS + " characters");
            }
            SliceView found = read(session);
            if (found.state() != SliceState.QUARANTINED) {
                throw new CommandFailed(
                        ExitCode.CONFLICT,
                        slice + " is " + found.state().word() + " and not quarantined",
                        "there is nothing to do: see 'rackweave slices'");
            }
            session.confirm("end the quarantine of " + slice + ": what is on it is wiped, and it is lent again");
            session.ask(Answer.Done.class, new Command.EndQuarantine(slice, reason));
            if (wait) {
                session.waitUntil("the wipe of " + slice, () -> read(session).state() == SliceState.FREE);
            }
            session.note("The quarantine of " + slice + " is ended.");
            return ExitCode.DONE;
        }

        private SliceView read(Session session) throws CommandFailed {
            List<SliceView> slices = session.ask(Answer.Slices.class, new Command.ListSlices(Optional.empty()))
                    .slices();
            for (SliceView each : slices) {
                if (each.id().key().equals(slice)) {
                    return each;
                }
            }
            List<String> keys = slices.stream().map(each -> each.id().key()).toList();
            String near = NearestWord.among(keys, slice)
                    .map(key -> "did you mean " + key + "?")
                    .orElse("see 'rackweave slices'");
            throw new CommandFailed(ExitCode.NOT_FOUND, "this node owns no slice '" + slice + "'", near);
        }
    }
}
