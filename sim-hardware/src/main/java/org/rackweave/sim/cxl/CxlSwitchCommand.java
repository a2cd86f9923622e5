package org.rackweave.sim.cxl;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.sim.lab.LabFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rackweave-lab switch cxl}. */
@Command(
        name = "cxl",
        mixinStandardHelpOptions = true,
        description = {
            "A CXL switch for fabric managers: FM-API over MCTP and TCP, on this machine's own network.",
            "Prints its address and runs until it is stopped; its bindings last as long, and what is in its memory longer."
        })
public final class CxlSwitchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "TCP port; 0: a free one. Without it, the one of the configuration.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--dialect",
            paramLabel = "NAME",
            defaultValue = "cxl3",
            description = "cxl3 or jrl (${DEFAULT-VALUE}).")
    private Dialect dialect = Dialect.CXL3;

    @Option(names = "--config", paramLabel = "FILE", description = "Ports, virtual switches and faults.")
    private Optional<Path> config = Optional.empty();

    @Override
    public Integer call() throws LabFailure {
        PrintWriter out = spec.commandLine().getOut();
        SwitchPlan plan = plan(config);
        try (CxlSwitchServer server = CxlSwitchServer.start(plan, dialect, port.orElse(plan.tcpPort()))) {
            out.printf(
                    Locale.ROOT,
                    "%s:%d%n",
                    server.address().getAddress().getHostAddress(),
                    server.address().getPort());
            out.flush();
            server.awaitClose();
            return 0;
        } catch (IOException failed) {
            throw new LabFailure(
                    "cannot start the switch: " + failed
                            + "; see that its TCP port is free and its memory directory can be" + " written",
                    failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static SwitchPlan plan(Optional<Path> config) throws LabFailure {
        try {
            return config.isPresent()
                    ? SwitchText.parse(Files.readString(config.get(), StandardCharsets.UTF_8))
                    : SwitchPlan.usual();
        } catch (IOException unreadable) {
            throw new LabFailure(
                    "--config: cannot read " + unreadable.getMessage() + "; see LAB.md for one", unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new LabFailure("--config: " + wrong.getMessage(), wrong);
        }
    }
}
