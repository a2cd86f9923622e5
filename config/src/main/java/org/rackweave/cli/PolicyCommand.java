package org.rackweave.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.rackweave.config.ConfigurationProblem;
import org.rackweave.config.PolicyDocument;
import org.rackweave.config.PolicyText;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.Role;
import org.rackweave.crypto.SignedText;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackweave policy}: the rack's lending rules; needs no daemon. */
@CommandLine.Command(
        name = "policy",
        description = "Check, sign or show the rack's lending rules: floors, quotas, caps of priority.",
        subcommands = {PolicyCommand.Check.class, PolicyCommand.Sign.class, PolicyCommand.Show.class})
final class PolicyCommand {
    /** Finds all that is wrong with a text. */
    @CommandLine.Command(name = "check", description = "Find all that is wrong with a text that is to be signed.")
    static final class Check implements Action {
        @Parameters(paramLabel = "FILE", description = "The text.")
        private Path file = Path.of("");

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            List<ConfigurationProblem> problems = problems(PolicyText.read(file.toString(), text(file)));
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("file", file.toString());
            tree.put("holds", problems.isEmpty());
            List<String> lines = problems.stream()
                    .map(problem -> Printable.line(problem.toString()))
                    .toList();
            tree.put("problems", lines);
            session.show(new Shown(tree, lines, lines.isEmpty() ? "" : String.join("\n", lines) + "\n"));
            session.note(
                    problems.isEmpty()
                            ? file + " holds."
                            : file + ": " + problems.size() + (problems.size() == 1 ? " problem." : " problems."));
            return problems.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** Signs a text. */
    @CommandLine.Command(
            name = "sign",
            description = "Sign a text with an operator's --identity, for 'lending.policy'.")
    static final class Sign implements Action {
        @Parameters(paramLabel = "FILE", description = "The text.")
        private Path file = Path.of("");

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "The new signed file.")
        private Path out = Path.of("");

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            String text = text(file);
            PolicyDocument policy = sound(PolicyText.read(file.toString(), text));
            try {
                Instant now = session.surroundings().clock().instant().truncatedTo(ChronoUnit.SECONDS);
                Identity operator = Identity.load(session.identityDir(), now);
                if (operator.principal().role() != Role.OPERATOR) {
                    throw new CommandFailed(
                            ExitCode.DENIED,
                            operator + " may not sign a policy, only an operator may",
                            "give --identity DIR, made by 'rackweave ca issue --role operator'");
                }
                Files.writeString(
                        out,
                        SignedText.sign(operator, PolicyDocument.PURPOSE, text, now, new SecureRandom()),
                        StandardOpenOption.CREATE_NEW);
                session.show(shown(policy, operator.principal().toString(), now, ""));
                session.note("Wrote " + out + ". Put it on each card, and its path into lending.policy.");
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw CaCommand.failed(e);
            } catch (IOException e) {
                throw FileTrouble.writing(out, e);
            }
        }
    }

    /** Shows a signed text, as far as it is believed. */
    @CommandLine.Command(name = "show", description = "Show a signed file, and who signed it.")
    static final class Show implements Action {
        @Parameters(paramLabel = "FILE", description = "The signed file.")
        private Path file = Path.of("");

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            try {
                Instant now = session.surroundings().clock().instant();
                SignedText signed = SignedText.read(
                        file,
                        PolicyDocument.PURPOSE,
                        Role.OPERATOR,
                        Identity.load(session.identityDir(), now).trust());
                PolicyDocument policy = sound(PolicyText.read(file.toString(), signed.text()));
                session.show(shown(policy, signed.signer().toString(), signed.signedAt(), signed.text()));
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw CaCommand.failed(e);
            }
        }
    }

    private static Shown shown(PolicyDocument policy, String signer, Instant at, String text) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("version", policy.version());
        tree.put("signer", signer);
        tree.put("signedAt", at.toString());
        tree.put("caps", policy.caps().size());
        tree.put("floors", policy.floors().size());
        tree.put("quotas", policy.quotas().size());
        if (!text.isEmpty()) {
            tree.put("text", text);
        }
        String lines = "version " + policy.version() + ", signed by " + signer + " at " + at + ": "
                + policy.caps().size() + " caps, " + policy.floors().size() + " floors, "
                + policy.quotas().size() + " quotas\n";
        return new Shown(
                tree,
                List.of(String.valueOf(policy.version())),
                text.isEmpty()
                        ? lines
                        : lines + "\n" + text.lines().map(Printable::line).collect(Collectors.joining("\n", "", "\n")));
    }

    private static PolicyDocument sound(PolicyText.Reading reading) throws CommandFailed {
        List<ConfigurationProblem> problems = problems(reading);
        if (!problems.isEmpty()) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    Printable.line(problems.get(0).toString()),
                    "see all with 'rackweave policy check FILE'");
        }
        return ((PolicyText.Reading.Sound) reading).policy();
    }

    private static List<ConfigurationProblem> problems(PolicyText.Reading reading) {
        return reading instanceof PolicyText.Reading.Faulty faulty ? faulty.problems() : List.of();
    }

    private static String text(Path file) throws CommandFailed {
        try {
            if (Files.size(file) > SignedText.MAX_TEXT_BYTES) {
                throw new CommandFailed(
                        ExitCode.FAILED,
                        file + " has more than " + SignedText.MAX_TEXT_BYTES + " bytes",
                        "say what holds for all once, without naming each");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw FileTrouble.reading(file, e);
        }
    }
}
