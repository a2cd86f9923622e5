package org.rackweave.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rackweave.config.Configuration;
import org.rackweave.config.ConfigurationLoader;
import org.rackweave.config.ConfigurationResult;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.daemon.ledger.StateDirectory;
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
                   rackweaved ledger check [--config FILE]
                   rackweaved --help | --version

            The daemon of one node: finds what its server has, tells its neighbours, and lends what is idle.

              --config FILE   its configuration (default: RACKWEAVE_CONFIG, else /etc/rackweave/rackweave.yaml;
                              'rackweave config init' writes one that explains itself)
              ledger check    reads the whole ledger while no daemon runs: its structure, and the chain of its
                              audit trail

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
        boolean check = rest.equals(List.of("ledger", "check"));
        if (!check && !rest.isEmpty()) {
            System.err.println("rackweaved: cannot make sense of: " + String.join(" ", rest) + "\n");
            System.err.print(HELP);
            return USAGE;
        }
        ConfigurationResult result = ConfigurationLoader.load(file);
        if (result instanceof ConfigurationResult.Faulty faulty) {
            faulty.problems().forEach(problem -> System.err.println("rackweaved: " + problem));
            return USAGE;
        }
        Configuration configuration = ((ConfigurationResult.Loaded) result).configuration();
        return check ? checkLedger(configuration) : serve(configuration);
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

    private static int checkLedger(Configuration configuration) {
        try (StateDirectory state = StateDirectory.take(configuration.node().stateDir());
                Ledger ledger = Ledger.open(state, configuration.ledger().maxBytes())) {
            List<String> problems = ledger.verify();
            problems.forEach(problem -> System.err.println("rackweaved: " + problem));
            System.out.println(
                    ledger.slices().size() + " slices, " + ledger.loans().size() + " loans, "
                            + ledger.lastAuditNumber() + " audit rows: "
                            + (problems.isEmpty() ? "sound" : problems.size() + " problems"));
            return problems.isEmpty() ? DONE : FAILED;
        } catch (LedgerException e) {
            System.err.println("rackweaved: " + e.getMessage());
            return FAILED;
        }
    }
}
