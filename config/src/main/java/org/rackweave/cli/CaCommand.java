package org.rackweave.cli;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.RevocationList;
import org.rackweave.crypto.Role;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackweave ca}: the rack's certificate authority, a directory that is kept off line; needs no daemon. */
@CommandLine.Command(
        name = "ca",
        description = "Make the rack's certificate authority, and identities with it.",
        subcommands = {CaCommand.Init.class, CaCommand.Issue.class, CaCommand.Revoke.class})
final class CaCommand {
    /** Makes an authority. */
    @CommandLine.Command(name = "init", description = "Make the authority of a new rack in a new directory.")
    static final class Init implements Action {
        @Parameters(paramLabel = "DIR", description = "The new directory. Keep it off line: it is the rack.")
        private Path dir = Path.of("");

        @Option(names = "--rack", required = true, paramLabel = "NAME", description = "What the rack is called.")
        private String rack = "";

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            try {
                Instant now = session.surroundings().clock().instant();
                RackAuthority authority = RackAuthority.create(dir, rack, now, new SecureRandom());
                Map<String, Object> tree = new LinkedHashMap<>();
                tree.put("rack", rack);
                tree.put("id", authority.rackId().toString());
                tree.put("directory", dir.toString());
                Details details = new Details(session.style())
                        .add("rack", rack)
                        .add("id", authority.rackId().toString())
                        .add("directory", dir.toString());
                session.show(new Shown(tree, List.of(authority.rackId().toString()), details.toString()));
                session.note("Next: rackweave ca issue " + dir + " NAME --role node --out DIR");
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw failed(e);
            }
        }
    }

    /** Makes an identity. */
    @CommandLine.Command(name = "issue", description = "Make a key and a certificate in a new directory.")
    static final class Issue implements Action {
        @Parameters(index = "0", paramLabel = "DIR", description = "The authority's directory.")
        private Path dir = Path.of("");

        @Parameters(index = "1", paramLabel = "NAME", description = "Who it is for: a-z, 0-9, '.' and '-'.")
        private String name = "";

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "node, host-agent, operator or auditor.")
        private Role role = Role.AUDITOR;

        @Option(names = "--agent-of", paramLabel = "ID", description = "For a host agent: the id of its node.")
        private Optional<NodeId> agentOf = Optional.empty();

        @Option(names = "--out", required = true, paramLabel = "DIR", description = "The new directory for it.")
        private Path out = Path.of("");

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            if ((role == Role.HOST_AGENT) != agentOf.isPresent()) {
                throw new CommandFailed(
                        ExitCode.USAGE,
                        role == Role.HOST_AGENT ? "a host agent is some node's" : "only a host agent is some node's",
                        "give --agent-of ID with --role host-agent, and only then");
            }
            try {
                Instant now = session.surroundings().clock().instant();
                RackAuthority authority = RackAuthority.open(dir, new SecureRandom());
                Principal issued = authority.issue(name, role, agentOf, out, now);
                Map<String, Object> tree = new LinkedHashMap<>();
                tree.put("name", issued.name());
                tree.put("id", issued.id().toString());
                tree.put("role", issued.role().word());
                issued.agentOf().ifPresent(node -> tree.put("agentOf", node.toString()));
                tree.put("directory", out.toString());
                Details details = new Details(session.style())
                        .add("name", issued.name())
                        .add("id", issued.id().toString())
                        .add("role", issued.role().word())
                        .add("agent of", issued.agentOf().map(NodeId::toString).orElse(""))
                        .add("directory", out.toString());
                session.show(new Shown(tree, List.of(issued.id().toString()), details.toString()));
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw failed(e);
            }
        }
    }

    /** Revokes members. */
    @CommandLine.Command(name = "revoke", description = "Sign a list of members that are believed no more, for good.")
    static final class Revoke implements Action {
        @Parameters(index = "0", paramLabel = "DIR", description = "The authority's directory.")
        private Path dir = Path.of("");

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "MEMBER",
                description = "Name (all who were issued it) or id of a node, host agent, operator or auditor.")
        private List<String> members = List.of();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            session.confirm("revoke " + String.join(", ", members)
                    + " for good: no session with them, and what they hold is taken back");
            try {
                Instant now = session.surroundings().clock().instant();
                RevocationList list =
                        RackAuthority.open(dir, new SecureRandom()).revoke(members, now);
                session.show(RevocationsCommand.shown(Optional.of(list), session.style()));
                session.note("Next: rackweave revocations install " + dir.resolve(RevocationList.FILE)
                        + ", at any one node; the others hear of it");
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw failed(e);
            }
        }
    }

    /** A bad name is a wrong use; a directory that cannot be used is a failure. */
    static CommandFailed failed(IdentityException e) {
        String message = String.valueOf(e.getMessage());
        String advice = "; " + e.advice();
        String problem = message.endsWith(advice) ? message.substring(0, message.length() - advice.length()) : message;
        ExitCode exitCode =
                switch (e.reason()) {
                    case NOT_ISSUABLE -> ExitCode.USAGE;
                    case NOT_TRUSTED -> ExitCode.DENIED;
                    case MISSING,
                            ALREADY_EXISTS,
                            PERMISSIONS,
                            WRONG_OWNER,
                            MALFORMED,
                            KEY_MISMATCH,
                            EXPIRED,
                            NOT_YET_VALID,
                            COUNTER_LOST,
                            INPUT_OUTPUT -> ExitCode.FAILED;
                };
        return new CommandFailed(exitCode, problem, e.advice());
    }
}
