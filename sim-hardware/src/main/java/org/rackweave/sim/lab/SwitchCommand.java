package org.rackweave.sim.lab;

import org.rackweave.sim.cxl.CxlSwitchCommand;
import org.rackweave.sim.switchtec.SwitchtecCommand;
import picocli.CommandLine.Command;

/** {@code rackweave-lab switch}. */
@Command(
        name = "switch",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Simulated switches, as programs that speak the real ones' protocols.",
        subcommands = {CxlSwitchCommand.class, SwitchtecCommand.class})
final class SwitchCommand {}
