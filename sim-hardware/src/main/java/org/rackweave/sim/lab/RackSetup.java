package org.rackweave.sim.lab;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Stream;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.sim.interposer.InProcessInterposerProvider;

/** Makes the files of a rehearsal rack: an authority, the identities that it issues, and a configuration for each node. */
public final class RackSetup {
    private static final String GROUP = "239.82.87.1";

    private final RackLayout layout;
    private final RackPlan plan;

    private RackSetup(RackLayout layout, RackPlan plan) {
        this.layout = layout;
        this.plan = plan;
    }

    /** Makes everything in a directory that is empty or not there yet. */
    public static RackLayout create(Path directory, RackPlan plan) throws LabFailure {
        RackLayout layout = new RackLayout(directory);
        try {
            requireEmpty(layout.root());
            Files.createDirectories(
                    layout.root(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            RackSetup setup = new RackSetup(layout, plan);
            setup.issueIdentities();
            setup.writeConfigurations();
        } catch (IOException failed) {
            throw new LabFailure("cannot make a rack in " + layout.root() + ": " + failed.getMessage(), failed);
        } catch (IdentityException failed) {
            throw LabFailure.because(failed);
        }
        return layout;
    }

    /** The group that a rehearsal rack's announcements go to. */
    static InetAddress group() throws IOException {
        return InetAddress.getByName(GROUP);
    }

    private static void requireEmpty(Path directory) throws IOException, LabFailure {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw new LabFailure(directory + " is not empty; name another directory, or remove this one");
            }
        }
    }

    private void issueIdentities() throws IdentityException {
        Instant now = Instant.now();
        RackAuthority authority = RackAuthority.create(layout.authority(), "rehearsal", now, new SecureRandom());
        for (String name : plan.names()) {
            authority.issue(name, Role.NODE, layout.identity(name), now);
        }
        authority.issue(RackLayout.OPERATOR, Role.OPERATOR, layout.identity(RackLayout.OPERATOR), now);
        authority.issue(RackLayout.AUDITOR, Role.AUDITOR, layout.identity(RackLayout.AUDITOR), now);
    }

    private void writeConfigurations() throws IOException {
        int port = freePort();
        Files.writeString(layout.multicastPort(), port + "\n");
        for (String name : plan.names()) {
            Files.createDirectories(layout.node(name));
            Files.createDirectories(layout.state(name));
            Files.writeString(layout.configuration(name), configuration(name, port), StandardCharsets.UTF_8);
        }
    }

    /** Its own port for each rack, so that two on one machine do not hear each other. */
    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        }
    }

    private String configuration(String name, int port) throws IOException {
        long floorMillis = plan.termFloor().toMillis();
        return String.format(
                Locale.ROOT,
                """
                # Made by rackweave-lab for a rehearsal on this machine. Terms are far shorter than a real rack has them.
                node:
                  identityDir: %s
                  stateDir: %s
                network:
                  interfaces: [lo]
                  multicastPort: %d
                  ipv4Group: "%s"
                  coapAddress: "127.0.0.1"
                  coapPort: 0
                announce:
                  minPeriod: 200ms
                  helloPeriod: 5s
                lending:
                  interposer:
                %s
                  claims: ["*"]
                  minTerm: %dms
                  reservation: 10s
                  firstTerm: %dms
                  grace: 5s
                borrowing:
                  defaultTerm: 30s
                  requestTimeout: 10s
                %s
                """,
                quoted(layout.identity(name)),
                quoted(layout.state(name)),
                port,
                GROUP,
                interposer(name).indent(4).stripTrailing(),
                floorMillis,
                Math.max(5_000, floorMillis),
                ledger());
    }

    /** A measurement writes the audit trail of years, which a ledger for a BMC's flash has no room for. */
    private String ledger() {
        return switch (plan.hardware()) {
            case FILE_WINDOWS, CXL_SWITCHES -> "";
            case IN_PROCESS -> "ledger: { maxSize: 8GiB }";
        };
    }

    private String interposer(String name) throws IOException {
        return switch (plan.hardware()) {
            case CXL_SWITCHES -> CxlHardware.write(layout, plan, name);
            case FILE_WINDOWS ->
                String.format(
                        Locale.ROOT,
                        "provider: simulated%nsettings: { rackDir: %s, memorySlices: \"%d\", sliceBytes: \"%d\" }",
                        quoted(layout.hardware().root()),
                        plan.slices(),
                        plan.sliceBytes());
            case IN_PROCESS ->
                String.format(
                        Locale.ROOT,
                        "provider: %s%nsettings: { slices: \"%d\" }",
                        InProcessInterposerProvider.NAME,
                        plan.slices());
        };
    }

    static String quoted(Path path) {
        return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
