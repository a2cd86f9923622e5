package org.rackweave.sim.lab;

import org.rackweave.sim.switchtec.SwitchtecCommand;
import picocli.CommandLine.Command;

/** {@code rackweave-lab switch}. */
@Command(
        name = "switch",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "KIND",
        description = "A simulated switch as a program of its own.",
        subcommands = {SwitchtecCommand.class})
final class SwitchCommand {}
