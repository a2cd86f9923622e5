package org.rackweave.cli;

import java.util.Optional;
import org.rackweave.config.Parsed;
import picocli.CommandLine.Option;

/** The option that names a switch. */
final class SwitchOption {
    @Option(
            names = "--switch",
            paramLabel = "SWITCH",
            description = "Of a CXL switch HOST:PORT, where it takes MCTP over TCP; of a Switchtec /dev/switchtecN or"
                    + " switchtec:HOST. Without it, the one of this machine's configuration.")
    private Optional<String> text = Optional.empty();

    @Option(names = "--json", description = "The same as -o json.")
    private boolean json;

    boolean isNamed() {
        return text.isPresent();
    }

    SwitchName name(Session session) throws CommandFailed {
        if (text.isPresent()) {
            return parsed(text.get());
        }
        return SwitchName.ownedBy(session.configuration().lending().interposer())
                .orElseThrow(() -> new CommandFailed(
                        ExitCode.USAGE,
                        "no switch is named, and " + session.configurationFile() + " names none either",
                        "add --switch HOST:PORT, --switch switchtec:HOST or --switch /dev/switchtecN"));
    }

    static SwitchName parsed(String text) throws CommandFailed {
        Parsed<SwitchName> parsed = SwitchName.parse(text);
        if (parsed instanceof Parsed.Wrong<SwitchName> wrong) {
            throw new CommandFailed(ExitCode.USAGE, "--switch: " + wrong.found(), wrong.advice());
        }
        return ((Parsed.Value<SwitchName>) parsed).value();
    }

    /** In which form data is written. */
    OutputFormat output(Session session) {
        return json && session.output() == OutputFormat.TABLE ? OutputFormat.JSON : session.output();
    }

    void show(Session session, Shown shown) {
        session.show(shown, output(session));
    }
}
