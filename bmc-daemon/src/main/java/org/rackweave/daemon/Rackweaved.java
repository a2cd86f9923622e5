package org.rackweave.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rackweave.config.Configuration;
import org.rackweave.config.ConfigurationLoader;
import org.rackweave.config.ConfigurationResult;
import org.tinylog.Logger;

/** The daemon's program. */
public final class Rackweaved {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /** What a process ends with when a bug of ours stopped it: a service manager starts it anew. */
    private static final int BUG = 70;

    private static final String HELP = """
            Usage: rackweaved [--config FILE]
                   rackweaved ledger check [FILE] [--head NUMBER:HASH] [--ca FILE] [--config FILE]
                   rackweaved ledger export [FILE] [--config FILE]
                   rackweaved ledger backup FILE [--config FILE]
                   rackweaved ledger restore FILE [--head NUMBER:HASH] [--config FILE]
                   rackweaved --help | --version

            The daemon of one node: finds what its server has, tells its neighbours, and lends what is idle.

              --config FILE   its configuration (default: RACKWEAVE_CONFIG, else /etc/rackweave/rackweave.yaml;
                              'rackweave config init' writes one that explains itself)
              ledger check    reads a whole ledger: its structure, its rows, the chain of its audit trail, and who
                              signed it. Without FILE this node's own, while no daemon runs; else a backup, or an
                              export. --head is the row and hash that you wrote down elsewhere and that must be in
                              it; --ca the certificate of the rack's root (default: the one in node.identityDir)
              ledger export   prints the audit trail, one JSON object a line, for 'ledger check' anywhere. Without
                              FILE of this node's own ledger, while no daemon runs; else of a backup
              ledger backup   writes a copy to FILE, which must not be there; a daemon may run
              ledger restore  puts a backup in the place of the ledger, at once or, while a daemon runs, at its next
                              start. Slices that were free are wiped before they are offered, epochs leap above all
                              that were used since, and the ledger from before is kept beside it

            Exit status: 0 done, 1 failed (stderr says why), 2 wrong usage or configuration.
            """;

    private Rackweaved() {}

    public static void main(String[] args) {
        int status = run(List.of(args));
        if (status >= 0) {
            System.exit(status);
        }
    }

    /** Returns a negative number when the daemon runs, else what the process is to end with. */
    private static int run(List<String> args) {
        Path file = Path.of(System.getenv().getOrDefault("RACKWEAVE_CONFIG", "/etc/rackweave/rackweave.yaml"));
        List<String> rest = args;
        int option = args.indexOf("--config");
        if (option >= 0 && option + 1 < args.size()) {
            file = Path.of(args.get(option + 1));
            rest = new ArrayList<>(args);
            rest.subList(option, option + 2).clear();
        }
        if (rest.equals(List.of("--help")) || rest.equals(List.of("-h"))) {
            System.out.print(HELP);
            return DONE;
        }
        if (rest.equals(List.of("--version"))) {
            System.out.println("rackweaved " + Version.text());
            return DONE;
        }
        Optional<LedgerCommand> command = rest.isEmpty() || !rest.get(0).equals("ledger")
                ? Optional.empty()
                : LedgerCommand.of(rest.subList(1, rest.size()));
        if (command.isEmpty() && !rest.isEmpty()) {
            System.err.println("rackweaved: cannot make sense of: " + String.join(" ", rest) + "\n");
            System.err.print(HELP);
            return USAGE;
        }
        if (command.isPresent() && command.get().needsNoConfiguration()) {
            return command.get().run(Optional.empty(), System.out, System.err);
        }
        ConfigurationResult result = ConfigurationLoader.load(file);
        if (result instanceof ConfigurationResult.Faulty faulty) {
            faulty.problems().forEach(problem -> System.err.println("rackweaved: " + problem));
            return USAGE;
        }
        Configuration configuration = ((ConfigurationResult.Loaded) result).configuration();
        return command.isPresent()
                ? command.get().run(Optional.of(configuration), System.out, System.err)
                : serve(configuration);
    }

    private static int serve(Configuration configuration) {
        // tinylog reads its level once, before the first line.
        System.setProperty("tinylog.level", configuration.log().level().name().toLowerCase(Locale.ROOT));
        try {
            Daemon daemon = Daemon.start(configuration, Rackweaved::stopOnBug);
            Runtime.getRuntime().addShutdownHook(new Thread(daemon::close, "stop"));
            System.out.println("rackweaved ready node=" + daemon.name() + " coap=" + daemon.port());
            return -1;
        } catch (StartException e) {
            System.err.println("rackweaved: " + e.getMessage());
            return FAILED;
        }
    }

    private static void stopOnBug(Throwable bug) {
        Logger.error(bug, "a bug of rackweaved stops it; the ledger makes a restart safe. Please report this trace");
        Runtime.getRuntime().halt(BUG);
    }
}
