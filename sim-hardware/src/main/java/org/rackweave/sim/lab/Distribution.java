package org.rackweave.sim.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The programs that this one lies beside.
 *
 * @param home the directory that has {@code bin} and {@code lib}
 */
public record Distribution(Path home) {
    /** Set by the script that starts the lab. */
    public static final String HOME_VARIABLE = "RACKWEAVE_HOME";

    public Distribution {
        Objects.requireNonNull(home);
        home = home.toAbsolutePath().normalize();
    }

    /** The distribution whose script started this process. */
    public static Distribution ofThisProcess() throws LabFailure {
        String home = System.getenv(HOME_VARIABLE);
        if (home == null || home.isEmpty()) {
            throw new LabFailure("start the lab by its script bin/rackweave-lab, which says where its programs are");
        }
        Distribution distribution = new Distribution(Path.of(home));
        for (Path program : new Path[] {distribution.daemon(), distribution.commandLine(), distribution.lab()}) {
            if (!Files.isExecutable(program)) {
                throw new LabFailure(program + " is missing or may not be run; build the distribution again");
            }
        }
        return distribution;
    }

    public Path daemon() {
        return home.resolve("bin/rackweaved");
    }

    public Path commandLine() {
        return home.resolve("bin/rackweave");
    }

    public Path lab() {
        return home.resolve("bin/rackweave-lab");
    }
}
