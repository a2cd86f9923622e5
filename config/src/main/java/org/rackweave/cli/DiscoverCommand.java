package org.rackweave.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.rackweave.hal.discovery.BadManifestException;
import org.rackweave.hal.discovery.Capture;
import org.rackweave.hal.discovery.Discovery;
import org.rackweave.hal.inventory.Inventory;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code rackweave discover}: what a machine has; needs no daemon and no rights. */
@CommandLine.Command(name = "discover", description = "Show what this machine has; needs no daemon and no rights.")
final class DiscoverCommand implements Action {
    private static final Path THIS_MACHINE = Path.of("/");

    @Option(names = "--json", description = "The same as -o json.")
    private boolean json;

    @Option(
            names = "--capture",
            paramLabel = "FILE",
            description = "Write what was read to this new file, made-up serial numbers in the place of real ones.")
    private Optional<Path> capture = Optional.empty();

    @Option(
            names = "--made",
            paramLabel = "TEXT",
            description = "With --capture: how the machine was made, for whoever reads the file.")
    private String made = "not told";

    @Option(names = "--from", paramLabel = "FILE", description = "Of the machine that was captured in this file.")
    private Optional<Path> from = Optional.empty();

    @Option(names = "--root", paramLabel = "DIR", description = "Of the machine whose file system is mounted here.")
    private Optional<Path> root = Optional.empty();

    @Option(names = "--offers", description = "Show what of it the configuration would offer, and why not the rest.")
    private boolean offers;

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        if (from.isPresent() && (root.isPresent() || capture.isPresent())) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "--from reads a captured machine, --root and --capture a real one",
                    "give --from alone, or without it the others");
        }
        if (capture.isPresent()) {
            write(session, capture.get());
            return ExitCode.DONE;
        }
        Shown found = offers
                ? OffersText.of(inventory(), session.configuration().lending(), session.style())
                : DiscoveryText.of(inventory(), session.style());
        if (json && session.output() == OutputFormat.TABLE) {
            session.out().print(JsonText.document(found.tree()));
            session.out().flush();
        } else {
            session.show(found);
        }
        return ExitCode.DONE;
    }

    private Inventory inventory() throws CommandFailed {
        if (from.isPresent()) {
            return captured(from.get());
        }
        if (root.isPresent() && !Files.isDirectory(root.get())) {
            throw new CommandFailed(
                    ExitCode.FAILED, root.get() + ": this is no directory", "name where the file system is mounted");
        }
        return root.isPresent() ? Discovery.ofDirectory(root.get()).inventory() : Discovery.ofThisMachine();
    }

    private static Inventory captured(Path file) throws CommandFailed {
        try {
            return Discovery.of(Capture.open(file).tree()).inventory();
        } catch (BadManifestException e) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    file + ": " + e.getMessage(),
                    "name a file that 'rackweave discover --capture' wrote");
        } catch (IOException e) {
            throw FileTrouble.reading(file, e);
        }
    }

    private void write(Session session, Path file) throws CommandFailed {
        try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW)) {
            Capture.write(root.orElse(THIS_MACHINE), made, out);
        } catch (IOException e) {
            throw FileTrouble.writing(file, e);
        }
        session.note("Wrote " + file + "; look at it with: rackweave discover --from " + file);
    }
}
