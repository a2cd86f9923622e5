package org.rackweave.daemon.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.rackweave.crypto.IdentityException;
import org.rackweave.daemon.Version;
import org.rackweave.hal.HalException;

/** The agent's program. */
public final class RackweaveAgent {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private static final String HELP = """
            Usage: rackweave-agent --config FILE
                   rackweave-agent --help | --version

            Runs on a server: tells its card which VMs it has, and gives them more or less as the card says.

              --config FILE   what it is told, for example:

                card: "[fd00::1]:5684"
                identityDir: /etc/rackweave/agent
                vms:
                  - { name: batch, priority: 1, cores: 1..6, pid: 4711 }
                  - { name: db, priority: 5, cores: 2, memory: 1GiB..4GiB, cgroup: /sys/fs/cgroup/db }

            Exit status: 1 failed (stderr says why), 2 wrong usage or configuration.
            """;

    private RackweaveAgent() {}

    public static void main(String[] args) {
        List<String> words = List.of(args);
        if (words.equals(List.of("--help")) || words.equals(List.of("-h"))) {
            System.out.print(HELP);
        } else if (words.equals(List.of("--version"))) {
            System.out.println("rackweave-agent " + Version.text());
        } else if (words.size() == 2 && words.get(0).equals("--config")) {
            run(Path.of(words.get(1)));
        } else {
            System.err.print(HELP);
            System.exit(USAGE);
        }
    }

    private static void run(Path file) {
        AgentConfigurationReader.Outcome outcome = AgentConfigurationReader.load(file);
        if (outcome.configuration().isEmpty()) {
            outcome.problems().forEach(problem -> System.err.println("rackweave-agent: " + file + ": " + problem));
            System.exit(USAGE);
        }
        AgentConfiguration configuration = outcome.configuration().orElseThrow();
        try {
            HostAgent agent = HostAgent.start(configuration);
            Runtime.getRuntime().addShutdownHook(new Thread(agent::close, "stop"));
            System.out.println(
                    "rackweave-agent ready vms=" + configuration.vms().size());
        } catch (IOException | IdentityException | HalException | ControlException e) {
            System.err.println("rackweave-agent: " + e.getMessage());
            System.exit(FAILED);
        }
    }
}
