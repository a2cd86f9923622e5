package org.rackweave.sim.lab;

import org.rackweave.sim.chassis.ChassisCommand;
import org.rackweave.sim.lab.adversary.AdversaryCommand;
import org.rackweave.sim.lab.adversary.RogueManagerCommand;
import org.rackweave.sim.lab.attack.AttackCommand;
import org.rackweave.sim.lab.bench.BenchCommand;
import org.rackweave.sim.lab.demo.DemoCommand;
import org.rackweave.sim.machines.MachinesCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code rackweave-lab}. */
@Command(
        name = "rackweave-lab",
        mixinStandardHelpOptions = true,
        version = "rackweave-lab 0.1.0",
        description = "Rehearse a rack of real daemons on this machine, without root and without a network.",
        subcommands = {
            RackCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            HostCommand.class,
            SimulateCommand.class,
            AdversaryCommand.class,
            AttackCommand.class,
            RogueManagerCommand.class,
            MachinesCommand.class,
            SwitchCommand.class,
            ChassisCommand.class,
            CommandLine.HelpCommand.class
        })
public final class RackweaveLab implements Runnable {
    private static final int FAILED = 1;

    @Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    private RackweaveLab() {}

    /** Runs one command and ends the process with 0 when all held, 1 when something did not, 2 for wrong usage. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new RackweaveLab())
                .setUsageHelpWidth(80)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failed, command, result) -> told(failed, command));
    }

    /** What the lab could not do is a sentence; what it did not foresee is a trace, because then it has a mistake. */
    private static int told(Exception failed, CommandLine command) throws Exception {
        if (failed instanceof LabFailure) {
            command.getErr().println("rackweave-lab: " + failed.getMessage());
            command.getErr().flush();
            return FAILED;
        }
        throw failed;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command; 'rackweave-lab demo' is a good first one");
    }
}
