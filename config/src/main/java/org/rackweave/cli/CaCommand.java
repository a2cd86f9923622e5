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
        subcommands = {
            CaCommand.Init.class,
            CaCommand.Issue.class,
            CaCommand.Renew.class,
            CaCommand.Revoke.class,
            CaCommand.Rollover.class
        })
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
    @CommandLine.Command(
            name = "issue",
            description = "Make a key and a certificate in a new directory, or a certificate for a key made elsewhere.")
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

        @Option(
                names = "--request",
                paramLabel = "FILE",
                description = "What 'rackweave enroll request' wrote: the key was made there, and stays there.")
        private Optional<Path> request = Optional.empty();

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
                Principal issued = request.isPresent()
                        ? authority.issue(name, role, agentOf, request.get(), out, now)
                        : authority.issue(name, role, agentOf, out, now);
                session.show(shown(issued, out, session.style()));
                if (request.isPresent()) {
                    session.note("Is this the id that 'rackweave enroll request' showed there? If not, revoke it."
                            + " Next, there: rackweave enroll install DIR " + out.getFileName());
                }
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw failed(e);
            }
        }
    }

    /** Makes the next certificate of a member. */
    @CommandLine.Command(
            name = "renew",
            description = "Make the next certificate of a member: the same key, name and role, for another year.")
    static final class Renew implements Action {
        @Parameters(index = "0", paramLabel = "DIR", description = "The authority's directory.")
        private Path dir = Path.of("");

        @Parameters(index = "1", paramLabel = "FILE", description = "Its node.cert.pem; it may have expired.")
        private Path certificate = Path.of("");

        @Option(names = "--out", required = true, paramLabel = "DIR", description = "The new directory for it.")
        private Path out = Path.of("");

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            try {
                Instant now = session.surroundings().clock().instant();
                Principal renewed = RackAuthority.open(dir, new SecureRandom()).renew(certificate, out, now);
                session.show(shown(renewed, out, session.style()));
                session.note("Next, where its key is: rackweave enroll install DIR " + out.getFileName());
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw failed(e);
            }
        }
    }

    /** Makes the root that follows. */
    @CommandLine.Command(
            name = "rollover",
            description = "Make the root that is to follow this one, and, once all members believe it, let it sign.")
    static final class Rollover implements Action {
        @Parameters(paramLabel = "DIR", description = "The authority's directory.")
        private Path dir = Path.of("");

        @Option(names = "--complete", description = "The new root signs from now on, and the old one's key is removed.")
        private boolean complete;

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            session.confirm(
                    complete
                            ? "let the new root of " + dir + " sign, for good: whoever does not believe it yet is no"
                                    + " longer reached"
                            : "make the root that is to follow the one of " + dir);
            try {
                RackAuthority authority = RackAuthority.open(dir, new SecureRandom());
                if (complete) {
                    authority.completeRollover();
                    session.note("Next: rackweave ca renew for every member, once more, before the old root ends.");
                } else {
                    authority.rollover(session.surroundings().clock().instant());
                    session.note(
                            "Next: rackweave ca renew for every member; once each has installed it and believes both"
                                    + " roots (rackweave enroll status): rackweave ca rollover " + dir + " --complete");
                }
                return ExitCode.DONE;
            } catch (IdentityException e) {
                throw failed(e);
            }
        }
    }

    private static Shown shown(Principal member, Path out, Table.Style style) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", member.name());
        tree.put("id", member.id().toString());
        tree.put("role", member.role().word());
        member.agentOf().ifPresent(node -> tree.put("agentOf", node.toString()));
        tree.put("directory", out.toString());
        Details details = new Details(style)
                .add("name", member.name())
                .add("id", member.id().toString())
                .add("role", member.role().word())
                .add("agent of", member.agentOf().map(NodeId::toString).orElse(""))
                .add("directory", out.toString());
        return new Shown(tree, List.of(member.id().toString()), details.toString());
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
