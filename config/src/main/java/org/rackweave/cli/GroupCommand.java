package org.rackweave.cli;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.GroupKeyView;
import picocli.CommandLine;

/** {@code rackweave group}: which keys a node's announcements are sealed with; never the keys. */
@CommandLine.Command(
        name = "group",
        description = "Show or replace the key that announcements are sealed with.",
        subcommands = {GroupCommand.Show.class, GroupCommand.Rotate.class})
final class GroupCommand {
    private GroupCommand() {}

    /** Shows which keys a node has. */
    @CommandLine.Command(name = "show", description = "Show which keys a node has, and who has not got the newest.")
    static final class Show implements Action {
        @Override
        public ExitCode run(Session session) throws CommandFailed {
            session.show(shown(session.ask(Answer.Group.class, new Command.ReadGroup()), session.style()));
            return ExitCode.DONE;
        }
    }

    /** Makes a new key. */
    @CommandLine.Command(name = "rotate", description = "Make a new key now, which spreads to all members by itself.")
    static final class Rotate implements Action {
        @Override
        public ExitCode run(Session session) throws CommandFailed {
            session.ask(Answer.Done.class, new Command.RotateGroupKey());
            session.show(shown(session.ask(Answer.Group.class, new Command.ReadGroup()), session.style()));
            session.note("The node has made it. It is used as soon as all neighbours say to have it, or after 30 s.");
            return ExitCode.DONE;
        }
    }

    private static Shown shown(Answer.Group group, Table.Style style) {
        Table table = new Table(style, "KEY", ">LIST", "AGE", "MADE AT", "MAKER", "STANDING");
        List<Object> trees = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (GroupKeyView key : group.keys()) {
            String name = name(key);
            String standing = key.standing().name().toLowerCase(Locale.ROOT).replace('_', '-');
            String madeAt = key.madeAtMillis() == 0 ? "-" : Phrases.moment(key.madeAtMillis());
            table.row(
                    name,
                    Long.toString(key.mark().revocations()),
                    Phrases.rough(key.ageMillis()),
                    madeAt,
                    key.maker().brief(),
                    standing);
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("number", key.mark().number());
            tree.put("hash", hash(key));
            tree.put("revocations", key.mark().revocations());
            tree.put("ageMillis", key.ageMillis());
            tree.put("madeAtMillis", key.madeAtMillis());
            tree.put("maker", key.maker().toString());
            tree.put("standing", standing);
            trees.add(tree);
            names.add(name);
        }
        List<String> lacking = group.lacking().stream().map(NodeId::toString).toList();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("keys", trees);
        all.put("lacking", lacking);
        String tail =
                lacking.isEmpty() ? "" : "\nHave not said to have the newest:\n" + String.join("\n", lacking) + "\n";
        return new Shown(all, names, table + tail);
    }

    private static String name(GroupKeyView key) {
        return key.mark().number() + ":" + hash(key);
    }

    private static String hash(GroupKeyView key) {
        return HexFormat.of().toHexDigits(key.mark().hash());
    }
}
