package org.rackweave.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.rackweave.hal.discovery.Telemetry;
import org.rackweave.hal.health.MachineHealth;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code rackweave hw health}: how this machine and its devices are; needs no switch and no daemon. */
@CommandLine.Command(
        name = "health",
        description =
                "Show how this machine is: errors and links of its PCIe devices, temperatures, fans, power, errors of"
                        + " its memory. Ends with 1 when something is not well.")
final class HwHealthCommand implements Action {
    @Option(names = "--json", description = "The same as -o json.")
    private boolean json;

    @Option(names = "--root", paramLabel = "DIR", description = "Of the machine whose file system is mounted here.")
    private Path root = Path.of("/");

    @Option(
            names = "--over",
            paramLabel = "TIME",
            description = "Look twice with this time between, such as 10s, and show what was used and what grew.")
    private Optional<Millis> over = Optional.empty();

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        if (!Files.isDirectory(root)) {
            throw new CommandFailed(
                    ExitCode.FAILED, root + ": this is no directory", "name where the file system is mounted");
        }
        if (over.isPresent() && over.get().value() < 1) {
            throw new CommandFailed(ExitCode.USAGE, "--over is no time", "write a time such as 10s");
        }
        try (Telemetry telemetry = Telemetry.ofDirectory(root)) {
            HealthText text = looked(session, telemetry);
            OutputFormat form = json && session.output() == OutputFormat.TABLE ? OutputFormat.JSON : session.output();
            session.show(text.shown(), form);
            return text.isWell() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private HealthText looked(Session session, Telemetry telemetry) throws CommandFailed {
        MachineHealth first = telemetry.read();
        if (over.isEmpty()) {
            return new HealthText(first, Optional.empty(), session.style());
        }
        long startNanos = System.nanoTime();
        session.pause(over.get().value());
        MachineHealth second = telemetry.read();
        // The looks themselves take time too, and a busy machine pauses for longer than it was told.
        long tookMillis = Math.max(over.get().value(), (System.nanoTime() - startNanos) / 1_000_000);
        return new HealthText(second, Optional.of(new HealthText.Earlier(first, tookMillis)), session.style());
    }
}
