package org.rackweave.cli;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.rackweave.crypto.Enrolment;
import org.rackweave.crypto.GroupEpochId;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackweave enroll}: a member's side of its identity; needs no daemon. */
@CommandLine.Command(
        name = "enroll",
        description = "Ask for an identity whose key never leaves this machine, install the answer, see how it stands.",
        subcommands = {EnrollCommand.Request.class, EnrollCommand.Install.class, EnrollCommand.Status.class})
final class EnrollCommand {
    private EnrollCommand() {}

    /** Makes a key and a request. */
    @CommandLine.Command(name = "request", description = "Make a key and a request for its certificate.")
    static final class Request implements Action {
        @Parameters(paramLabel = "DIR", description = "The new directory of the identity.")
        private Path dir = Path.of("");

        @Option(
                names = "--name",
                required = true,
                paramLabel = "NAME",
                description = "Who it is for: a-z, 0-9, '.' and '-'.")
        private String name = "";

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            try {
                NodeId id = Enrolment.request(dir, name, new SecureRandom());
                Path request = dir.resolve(Enrolment.REQUEST);
                Map<String, Object> tree = new LinkedHashMap<>();
                tree.put("name", name);
                tree.put("id", id.toString());
                tree.put("request", request.toString());
                Details details = new Details(session.style())
                        .add("name", name)
                        .add("id", id.toString())
                        .add("request", request.toString());
                session.show(new Shown(tree, List.of(id.toString()), details.toString()));
                session.note("Next, at the authority: rackweave ca issue CA " + name + " --role ROLE --request "
                        + Enrolment.REQUEST + " --out DIR; it must show the same id.");
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw CaCommand.failed(e);
            }
        }
    }

    /** Takes an answer. */
    @CommandLine.Command(
            name = "install",
            description = "Take what 'rackweave ca issue --request' or 'rackweave ca renew' made, roots included.")
    static final class Install implements Action {
        @Parameters(index = "0", paramLabel = "DIR", description = "The directory of the identity.")
        private Path dir = Path.of("");

        @Parameters(index = "1", paramLabel = "ANSWER", description = "The directory that the authority made.")
        private Path answer = Path.of("");

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            try {
                Instant now = session.surroundings().clock().instant();
                session.show(shown(Enrolment.install(dir, answer, now), now, session.style()));
                session.note("A daemon or a host agent that uses it must be started again.");
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw CaCommand.failed(e);
            }
        }
    }

    /** Shows how an identity stands. */
    @CommandLine.Command(name = "status", description = "Show whose identity this is, and until when.")
    static final class Status implements Action {
        @Parameters(
                arity = "0..1",
                paramLabel = "DIR",
                description = "The directory of the identity; without one, the one that this command uses itself.")
        private Optional<Path> dir = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            try {
                Instant now = session.surroundings().clock().instant();
                Path directory = dir.isPresent() ? dir.get() : session.identityDir();
                Enrolment.Standing standing = Enrolment.status(directory, now);
                session.show(shown(standing, now, session.style()));
                if (standing.isToBeRenewed(now)) {
                    session.note("It ends soon. Next, at the authority: rackweave ca renew CA node.cert.pem --out DIR");
                }
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw CaCommand.failed(e);
            }
        }
    }

    private static Shown shown(Enrolment.Standing standing, Instant now, Table.Style style) {
        String id = standing.principal().id().toString();
        List<String> roots = standing.roots().stream().map(Instant::toString).toList();
        long days = Math.max(0, Duration.between(now, standing.notAfter()).toDays());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", standing.principal().name());
        tree.put("id", id);
        tree.put("role", standing.principal().role().word());
        tree.put("rack", standing.rack().toString());
        tree.put("notAfter", standing.notAfter().toString());
        tree.put("daysLeft", days);
        tree.put("toBeRenewed", standing.isToBeRenewed(now));
        tree.put("rootsNotAfter", roots);
        standing.revocations().ifPresent(number -> tree.put("revocations", number));
        standing.groupKey().ifPresent(key -> tree.put("groupKey", key.number()));
        Details details = new Details(style)
                .add("name", standing.principal().name())
                .add("id", id)
                .add("role", standing.principal().role().word())
                .add("rack", standing.rack().toString())
                .add("ends at", standing.notAfter() + ", in " + days + " days")
                .add("roots end at", roots.stream().collect(Collectors.joining(", ")))
                .add(
                        "revocations",
                        standing.revocations().map(number -> "list " + number).orElse("none"))
                .add(
                        "group key",
                        standing.groupKey().map(GroupEpochId::toString).orElse("none"));
        return new Shown(tree, List.of(id), details.toString());
    }
}
