package org.rackweave.sim.machines;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.rackweave.sim.lab.LabFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rackweave-lab machines}. */
@Command(
        name = "machines",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Machines with kernels of their own, emulated by QEMU.")
public final class MachinesCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "prepare",
            mixinStandardHelpOptions = true,
            description = {
                "Make the image that machines are started from: a Debian 13 with kernel, Java and QEMU.",
                "Takes root, debootstrap, 3 GiB of disk and some minutes; nothing when it is there already."
            })
    int prepare(
            @Option(
                            names = "--cache",
                            paramLabel = "DIR",
                            description = "Where it is kept (~/.cache/rackweave-lab/machines).")
                    Optional<Path> cache)
            throws LabFailure {
        PrintWriter out = spec.commandLine().getOut();
        MachineImage image = MachineImage.prepare(cache.orElseGet(MachineImage::usualCache), out);
        out.println("ready: " + image.directory());
        out.flush();
        return 0;
    }
}
