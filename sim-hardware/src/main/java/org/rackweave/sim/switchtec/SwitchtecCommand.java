package org.rackweave.sim.switchtec;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.sim.lab.LabFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rackweave-lab switch switchtec}. */
@Command(
        name = "switchtec",
        mixinStandardHelpOptions = true,
        description =
                "A simulated Microchip Switchtec (PSX or PAX) that any client of its Ethernet protocol can talk to.")
public final class SwitchtecCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--address",
            paramLabel = "IP",
            description = "Where it listens; one loopback address a switch (${DEFAULT-VALUE}).")
    private String address = "127.0.0.2";

    @Option(names = "--port", paramLabel = "PORT", description = "TCP port; clients know only ${DEFAULT-VALUE}.")
    private int port = EthernetHeader.TCP_PORT;

    @Option(names = "--config", paramLabel = "FILE", description = "What it is (four hosts, 36 lanes to lend).")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description = "Where it keeps how it stands; goes before --config (nowhere).")
    private Optional<Path> state = Optional.empty();

    @Option(names = "--faults", paramLabel = "FILE", description = "What shall go wrong: COMMAND FAULT [TIME] [COUNT].")
    private Optional<Path> faults = Optional.empty();

    @Override
    public Integer call() throws LabFailure {
        SwitchtecConfig what = read();
        try (SwitchtecServer server =
                SwitchtecServer.start(new InetSocketAddress(address, port), what, new SwitchtecFaults(faults), state)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("a " + server.config().product() + " listens on " + server.address() + "; end it with Ctrl-C");
            out.flush();
            new CountDownLatch(1).await();
            return 0;
        } catch (IOException failed) {
            throw new LabFailure("a switch at " + address + ", port " + port + ": " + failed.getMessage(), failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private SwitchtecConfig read() throws LabFailure {
        try {
            return SwitchtecConfig.parse(
                    config.isPresent()
                            ? Files.readString(config.get(), StandardCharsets.UTF_8)
                            : SwitchtecConfig.USUAL);
        } catch (IOException unreadable) {
            throw new LabFailure(
                    "--config: cannot read " + unreadable.getMessage() + "; see LAB.md for one", unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new LabFailure("--config: " + wrong.getMessage(), wrong);
        }
    }
}
