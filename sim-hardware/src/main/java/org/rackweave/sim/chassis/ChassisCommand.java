package org.rackweave.sim.chassis;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.sim.lab.LabFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rackweave-lab chassis}. */
@Command(
        name = "chassis",
        mixinStandardHelpOptions = true,
        description = {
            "A Resource Node without its card: modules, slots, supplies, fans and links, and the switches that route.",
            "Its slots and sensors are files under --dir, as Linux shows them under /sys. Runs until it is stopped."
        })
public final class ChassisCommand implements Callable<Integer> {
    /** As soon as this after a slot was told to be on, its link is up. */
    private static final long TURN_MILLIS = 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "What it has; see LAB.md.")
    private Path config = Path.of("");

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            required = true,
            description = "Where it shows itself and keeps how it stands; its card is told --dir as root.")
    private Path directory = Path.of("");

    @Option(names = "--address", paramLabel = "IP", description = "Where its Switchtec listens (${DEFAULT-VALUE}).")
    private String address = "127.0.0.2";

    @Option(names = "--port", paramLabel = "PORT", description = "TCP port of that; 0: a free one (${DEFAULT-VALUE}).")
    private int port = EthernetHeader.TCP_PORT;

    @Override
    public Integer call() throws LabFailure {
        PrintWriter out = spec.commandLine().getOut();
        try (ChassisServer server = ChassisServer.start(plan(), directory, new InetSocketAddress(address, port))) {
            server.cxlAddress().ifPresent(at -> out.println("CXL switch at " + text(at)));
            server.switchtecAddress().ifPresent(at -> out.println("Switchtec at " + text(at)));
            out.println("slots and sensors below " + directory + "; end it with Ctrl-C");
            out.flush();
            run(server, out);
            return 0;
        } catch (IOException failed) {
            throw new LabFailure("the chassis in " + directory + ": " + failed.getMessage(), failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static String text(InetSocketAddress at) {
        return at.getAddress().getHostAddress() + ":" + at.getPort();
    }

    /** What cannot be understood or written now is told once, and tried again: the file is being corrected meanwhile. */
    private static void run(ChassisServer server, PrintWriter out) throws InterruptedException {
        Optional<String> told = Optional.empty();
        while (true) {
            Thread.sleep(TURN_MILLIS);
            Optional<String> seen;
            try {
                seen = server.turn();
            } catch (IOException failed) {
                seen = Optional.of(String.valueOf(failed.getMessage()));
            }
            if (seen.isPresent() && !seen.equals(told)) {
                out.println(seen.get());
                out.flush();
            }
            told = seen;
        }
    }

    private ChassisPlan plan() throws LabFailure {
        try {
            return ChassisPlan.parse(
                    Files.readString(config, StandardCharsets.UTF_8),
                    directory.toAbsolutePath().toString());
        } catch (IOException unreadable) {
            throw new LabFailure(
                    "--config: cannot read " + unreadable.getMessage() + "; see LAB.md for one", unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new LabFailure("--config: " + wrong.getMessage(), wrong);
        }
    }
}
