package org.rackweave.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.rackweave.config.Configuration;
import org.rackweave.config.Configuration.Network;
import org.rackweave.config.ConfigurationLoader;
import org.rackweave.config.ConfigurationProblem;
import org.rackweave.config.ConfigurationResult;
import org.rackweave.config.Parsed;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.NodeView;

/** Finds the daemon that a command is meant for, when it is first needed. */
final class DaemonFinder implements AutoCloseable {
    private static final long LOOK_UP_MILLIS = 10_000;

    private final GlobalOptions options;
    private final Surroundings surroundings;
    private Optional<Daemon> open = Optional.empty();
    private Optional<Configuration> known = Optional.empty();

    DaemonFinder(GlobalOptions options, Surroundings surroundings) {
        this.options = options;
        this.surroundings = surroundings;
    }

    Daemon daemon() throws CommandFailed {
        if (open.isEmpty()) {
            open = Optional.of(surroundings.connector().connect(address(), identityDir()));
        }
        return open.get();
    }

    Path configurationFile() {
        return namedConfiguration().orElse(GlobalOptions.DEFAULT_CONFIGURATION);
    }

    Configuration configuration() throws CommandFailed {
        if (known.isEmpty()) {
            // On a laptop there is no daemon and no file: the defaults say where a daemon would be. A file that was
            // named has to be there.
            known = Optional.of(
                    namedConfiguration().isEmpty() && Files.notExists(configurationFile())
                            ? Configuration.defaults()
                            : loaded(configurationFile()));
        }
        return known.get();
    }

    @Override
    public void close() {
        open.ifPresent(Daemon::close);
    }

    /** What a configuration file says, or the end of the command with all that is wrong with it. */
    static Configuration loaded(Path file) throws CommandFailed {
        ConfigurationResult result = ConfigurationLoader.load(file);
        if (result instanceof ConfigurationResult.Faulty faulty) {
            List<String> lines = faulty.problems().stream()
                    .map(ConfigurationProblem::toString)
                    .toList();
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "the configuration does not hold:\n  " + String.join("\n  ", lines),
                    "correct it, then: rackweave config check " + file);
        }
        return ((ConfigurationResult.Loaded) result).configuration();
    }

    private Optional<Path> namedConfiguration() {
        return options.configuration().or(() -> fromEnvironment(GlobalOptions.CONFIGURATION_VARIABLE));
    }

    Path identityDir() {
        return options.identity()
                .or(() -> fromEnvironment(GlobalOptions.IDENTITY_VARIABLE))
                .orElse(GlobalOptions.DEFAULT_IDENTITY);
    }

    private Optional<Path> fromEnvironment(String variable) {
        return Optional.ofNullable(surroundings.environment().get(variable))
                .filter(value -> !value.isEmpty())
                .map(Path::of);
    }

    private DaemonAddress address() throws CommandFailed {
        Optional<String> node = options.node();
        if (node.isEmpty()) {
            return localAddress();
        }
        return DaemonAddress.isMeant(node.get()) ? parsed(node.get()) : lookedUp(node.get());
    }

    private static DaemonAddress parsed(String text) throws CommandFailed {
        Parsed<DaemonAddress> parsed = DaemonAddress.parse(text);
        if (parsed instanceof Parsed.Wrong<DaemonAddress> wrong) {
            throw new CommandFailed(ExitCode.USAGE, "--node: " + wrong.found(), wrong.advice());
        }
        return ((Parsed.Value<DaemonAddress>) parsed).value();
    }

    private DaemonAddress lookedUp(String name) throws CommandFailed {
        try (Daemon local = surroundings.connector().connect(localAddress(), identityDir())) {
            Answer answer =
                    local.ask(new Command.ListNodes(), options.timeoutMillis().orElse(LOOK_UP_MILLIS));
            if (answer instanceof Answer.Refused refused) {
                throw Session.failure(refused);
            }
            if (answer instanceof Answer.Nodes nodes) {
                NodeView node = NodeChoice.among(nodes.nodes(), name);
                DaemonAddress address = node.liveness().equals("self") ? localAddress() : parsed(node.endpoint());
                return address.expecting(node.id());
            }
            throw new CommandFailed(
                    ExitCode.FAILED, "this machine's daemon cannot name other nodes", "use --node HOST:PORT");
        }
    }

    private DaemonAddress localAddress() throws CommandFailed {
        Network network = configuration().network();
        boolean wildcard = network.coapAddress().matches("[0:.]+");
        String host = wildcard ? "127.0.0.1" : network.coapAddress();
        return new DaemonAddress(host, network.coapPort() == 0 ? chosenPort() : network.coapPort(), Optional.empty());
    }

    private int chosenPort() throws CommandFailed {
        Path file = configuration().node().stateDir().resolve(Network.COAP_PORT_FILE);
        try {
            String text = Files.readString(file).strip();
            if (text.matches("[0-9]{1,5}")) {
                return Math.max(1, Math.min(65_535, Integer.parseInt(text)));
            }
            throw new CommandFailed(ExitCode.FAILED, file + " holds no port", "restart the daemon, which writes it");
        } catch (IOException e) {
            throw new CommandFailed(
                    ExitCode.UNREACHABLE,
                    "the daemon's port is not known, as " + file + " cannot be read",
                    "start rackweaved, or say where it is: --config FILE or --node HOST:PORT");
        }
    }
}
