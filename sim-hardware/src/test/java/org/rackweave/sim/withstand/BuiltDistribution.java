package org.rackweave.sim.withstand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * The programs as they are delivered.
 *
 * @param home the directory that has {@code bin} and {@code lib}
 */
record BuiltDistribution(Path home) {
    /** Set by the build: the distribution with the simulated interposer in it. */
    private static final String PROPERTY = "rackweave.distribution";

    BuiltDistribution {
        home = home.toAbsolutePath().normalize();
    }

    static BuiltDistribution find() {
        BuiltDistribution found = new BuiltDistribution(Path.of(System.getProperty(PROPERTY, "target/rackweave-lab")));
        if (!Files.isExecutable(found.daemon())) {
            throw new AssertionError(found.daemon() + " is not there: run 'mvn package' first");
        }
        return found;
    }

    Path daemon() {
        return home.resolve("bin/rackweaved");
    }

    Path commandLine() {
        return home.resolve("bin/rackweave");
    }

    Path lab() {
        return home.resolve("bin/rackweave-lab");
    }

    /** A copy where everybody can run it: a checkout may lie in a home directory that others may not enter. */
    BuiltDistribution copiedTo(Path target) {
        copyTree(home, target);
        return new BuiltDistribution(target);
    }

    static void copyTree(Path from, Path target) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, target.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
