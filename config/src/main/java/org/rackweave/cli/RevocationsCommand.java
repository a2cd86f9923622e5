package org.rackweave.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackTrust;
import org.rackweave.crypto.RevocationList;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Carried;
import org.rackweave.protocol.message.Command;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code rackweave revocations}: who is no longer a member, as a node knows it or as a file says. */
@CommandLine.Command(
        name = "revocations",
        description = "Show or install the list of revoked members.",
        subcommands = {RevocationsCommand.Show.class, RevocationsCommand.Install.class})
final class RevocationsCommand {
    private RevocationsCommand() {}

    /** Shows a list, if it is this rack's. */
    @CommandLine.Command(name = "show", description = "Show the list that a node knows, or one in a file.")
    static final class Show implements Action {
        @Parameters(arity = "0..1", paramLabel = "FILE", description = "A list that 'rackweave ca revoke' wrote.")
        private Optional<Path> file = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            if (file.isPresent()) {
                byte[] signed = read(file.get());
                session.show(shown(Optional.of(list(signed, session, file.get().toString())), session.style()));
                return ExitCode.DONE;
            }
            Optional<Carried> told = session.ask(Answer.Revocations.class, new Command.ReadRevocations())
                    .signed();
            Optional<RevocationList> list = told.isEmpty()
                    ? Optional.empty()
                    : Optional.of(list(told.get().bytes(), session, "what the node told"));
            if (list.isEmpty()) {
                session.note("The node knows of no list: nobody was revoked, or nobody told it.");
            }
            session.show(shown(list, session.style()));
            return ExitCode.DONE;
        }
    }

    /** Brings a list to a node. */
    @CommandLine.Command(name = "install", description = "Bring a list to a node, which tells its neighbours.")
    static final class Install implements Action {
        @Parameters(paramLabel = "FILE", description = "The list, as 'rackweave ca revoke' wrote it.")
        private Path file = Path.of("");

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            byte[] signed = read(file);
            RevocationList list = list(signed, session, file.toString());
            session.ask(Answer.Done.class, new Command.InstallRevocations(Carried.of(signed)));
            session.show(shown(Optional.of(list), session.style()));
            session.note("The node has it. Its neighbours fetch it when they hear its next announcement.");
            return ExitCode.DONE;
        }
    }

    private static byte[] read(Path file) throws CommandFailed {
        try {
            return RevocationList.load(file)
                    .filter(signed -> signed.length <= Carried.MAX_BYTES)
                    .orElseThrow(() -> new CommandFailed(
                            ExitCode.NOT_FOUND,
                            "there is no list of revocations at " + file,
                            "'rackweave ca revoke' writes it into the authority's directory"));
        } catch (IdentityException e) {
            throw CaCommand.failed(e);
        }
    }

    private static RevocationList list(byte[] signed, Session session, String where) throws CommandFailed {
        try {
            RackTrust trust = Identity.load(
                            session.identityDir(),
                            session.surroundings().clock().instant())
                    .trust();
            return RevocationList.read(signed, trust)
                    .orElseThrow(() -> new CommandFailed(
                            ExitCode.DENIED,
                            where + " is not a list of revocations that this rack's authority signed",
                            "take the file that 'rackweave ca revoke' wrote, and the identity of the same rack"));
        } catch (IdentityException e) {
            throw CaCommand.failed(e);
        }
    }

    static Shown shown(Optional<RevocationList> list, Table.Style style) {
        List<String> members = list.map(
                        known -> known.members().stream().map(NodeId::toString).toList())
                .orElse(List.of());
        Map<String, Object> tree = new LinkedHashMap<>();
        list.ifPresent(known -> {
            tree.put("number", known.number());
            tree.put("issuedAt", known.issuedAt().toString());
        });
        tree.put("members", members);
        Details details = new Details(style);
        list.ifPresent(known -> details.add("list", Long.toString(known.number()))
                .add("signed at", known.issuedAt().toString())
                .add("members", Integer.toString(members.size())));
        String lines = members.isEmpty() ? "" : "\n" + String.join("\n", members) + "\n";
        return new Shown(tree, members, list.isEmpty() ? "" : details + lines);
    }
}
