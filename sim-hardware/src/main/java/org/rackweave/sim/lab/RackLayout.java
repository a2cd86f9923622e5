package org.rackweave.sim.lab;

import java.nio.file.Path;
import java.util.Objects;
import org.rackweave.sim.interposer.RackDirectory;

/**
 * Where everything of a rehearsal rack lies, all under one directory.
 *
 * <pre>
 * ca/                    the rack's authority
 * identities/NAME/       key and certificate of each node, of "operator" and of "auditor"
 * nodes/NAME/            rackweave.yaml, state/ and the logs of each run
 * hardware/              what the simulated interposers keep, see {@link RackDirectory}
 * hardware/NAME/switch   the plan of a node's CXL switch, in a rack that has some, see {@link CxlHardware}
 * multicast              the port that this rack's announcements go to
 * processes              the daemons that were started, one a line
 * </pre>
 *
 * @param root the directory
 */
public record RackLayout(Path root) {
    public static final String OPERATOR = "operator";
    public static final String AUDITOR = "auditor";

    public RackLayout {
        Objects.requireNonNull(root);
        root = root.toAbsolutePath().normalize();
    }

    public Path authority() {
        return root.resolve("ca");
    }

    public Path identity(String name) {
        return root.resolve("identities").resolve(name);
    }

    public Path node(String name) {
        return root.resolve("nodes").resolve(name);
    }

    public Path configuration(String name) {
        return node(name).resolve("rackweave.yaml");
    }

    public Path state(String name) {
        return node(name).resolve("state");
    }

    public RackDirectory hardware() {
        return new RackDirectory(root.resolve("hardware"));
    }

    public Path multicastPort() {
        return root.resolve("multicast");
    }

    public Path processes() {
        return root.resolve("processes");
    }
}
