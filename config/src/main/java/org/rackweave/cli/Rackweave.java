package org.rackweave.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.ResourceKind;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line {@code rackweave}. */
@CommandLine.Command(
        name = "rackweave",
        description = "Look at a rack, borrow from it, and repair it.",
        versionProvider = Version.class,
        subcommands = {
            StatusCommand.class,
            NodesCommand.class,
            SlicesCommand.class,
            LeasesCommand.class,
            LoansCommand.class,
            BorrowCommand.class,
            RenewCommand.class,
            ResizeCommand.class,
            LineCommand.class,
            DemandCommand.class,
            ReleaseCommand.class,
            HostCommand.class,
            AskCommand.class,
            ReturnCommand.class,
            RevokeCommand.class,
            QuarantineCommand.class,
            EventsCommand.class,
            CountersCommand.class,
            AuditCommand.class,
            WipesCommand.class,
            DiscoverCommand.class,
            HwCommand.class,
            ConfigCommand.class,
            CaCommand.class,
            EnrollCommand.class,
            RevocationsCommand.class,
            GroupCommand.class,
            PolicyCommand.class,
            CompletionCommand.class
        })
public final class Rackweave {
    /** Picocli refuses to write help for less. */
    private static final int LEAST_HELP_COLUMNS = 55;

    @Mixin
    private GlobalOptions options = new GlobalOptions();

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli looks for the option, not for the field
    private boolean help;

    @CommandLine.Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("unused") // as above
    private boolean version;

    private final Surroundings surroundings;

    Rackweave(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // What libraries log would stand between our data; what matters of it is in the answers.
        System.setProperty("tinylog.level", System.getProperty("tinylog.level", "off"));
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(new Rackweave(Surroundings.ofProcess()).run(arguments).code());
    }

    /** Runs one command. */
    ExitCode run(String... arguments) {
        CommandLine line = commandLine();
        try {
            ParseResult parsed = line.parseArgs(arguments);
            Optional<Integer> helped = Optional.ofNullable(CommandLine.executeHelpRequest(parsed));
            return helped.isPresent() ? ExitCode.DONE : act(leaf(parsed));
        } catch (ParameterException e) {
            return misused(e);
        } catch (CommandFailed e) {
            return failed(e);
        } catch (RuntimeException e) {
            // Our own mistake. Whoever meets it at a rack can do nothing with a stack trace, and a lot with a next
            // step.
            return failed(new CommandFailed(
                    ExitCode.FAILED,
                    "this is a mistake in rackweave itself: " + e,
                    "report it with the command and the output of 'rackweave --version'"));
        }
    }

    CommandLine commandLine() {
        CommandLine line = new CommandLine(this)
                .setOut(writer(surroundings.out()))
                .setErr(writer(surroundings.err()))
                .setUsageHelpWidth(Math.max(LEAST_HELP_COLUMNS, surroundings.columns()))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        surroundings.isColoured() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .registerConverter(Millis.class, Millis::parse)
                .registerConverter(Path.class, Path::of)
                .registerConverter(
                        OutputFormat.class, word -> word(OutputFormat.ofWord(word), "table, json, yaml, name"))
                .registerConverter(NodeId.class, Rackweave::nodeId)
                .registerConverter(
                        ResourceKind.class,
                        word -> word(
                                ResourceKind.ofWord(word), "memory, pcie-device, function, lanes, accelerator, cores"))
                .registerConverter(Role.class, word -> word(Role.ofWord(word), "node, host-agent, operator, auditor"))
                .registerConverter(ForcedEndEffect.class, word -> word(forcedEnd(word), "tolerated, fatal"))
                .registerConverter(
                        LatencyClass.class, word -> word(LatencyClass.ofWord(word), "host, switch, window, network"))
                .registerConverter(Locality.class, word -> word(Locality.ofWord(word), "any, one-fabric"));
        HelpPage.lay(line);
        return line;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private ExitCode act(ParseResult leaf) throws CommandFailed {
        CommandLine command = leaf.commandSpec().commandLine();
        if (command.getCommand() instanceof Action action) {
            try (Session session = new Session(options, surroundings)) {
                return action.run(session);
            }
        }
        throw new ParameterException(command, "a command is missing: one of " + String.join(", ", names(command)));
    }

    private static List<String> names(CommandLine command) {
        return new ArrayList<>(command.getSubcommands().keySet());
    }

    private static ParseResult leaf(ParseResult parsed) {
        ParseResult leaf = parsed;
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        return leaf;
    }

    private ExitCode misused(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        List<String> near = e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String advice = near.isEmpty()
                ? "see '" + command + " --help'"
                : "did you mean " + String.join(" or ", near) + "? See '" + command + " --help'";
        return failed(new CommandFailed(ExitCode.USAGE, problem(e), advice));
    }

    private static String problem(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            return "'" + String.join(" ", unmatched.getUnmatched()) + "' means nothing here";
        }
        return String.valueOf(e.getMessage());
    }

    private ExitCode failed(CommandFailed e) {
        surroundings.out().flush();
        List<String> lines = e.problem().lines().map(Printable::line).toList();
        surroundings.err().println("rackweave: " + String.join("\n", lines));
        surroundings.err().println("  -> " + Printable.line(e.advice()));
        return e.exitCode();
    }

    private static NodeId nodeId(String text) {
        if (text.length() == 2 * NodeId.BYTES && IdPrefix.isOne(text)) {
            return NodeId.parse(IdPrefix.of(text).digits());
        }
        throw new TypeConversionException("'" + text + "' is no node id; write its 32 hexadecimal digits");
    }

    private static Optional<ForcedEndEffect> forcedEnd(String word) {
        for (ForcedEndEffect effect : ForcedEndEffect.values()) {
            if (effect.word().equals(word)) {
                return Optional.of(effect);
            }
        }
        return Optional.empty();
    }

    private static <T> T word(Optional<T> value, String known) {
        return value.orElseThrow(() -> new TypeConversionException("write one of " + known));
    }
}
