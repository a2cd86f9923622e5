package org.rackweave.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code rackweave completion}: a script that lets a shell complete our words. */
@CommandLine.Command(
        name = "completion",
        description = "Write a script for bash or zsh: source <(rackweave completion).")
final class CompletionCommand implements Action {
    @CommandLine.Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public ExitCode run(Session session) {
        CommandLine root = spec.root().commandLine();
        session.out().print(AutoComplete.bash(root.getCommandName(), root));
        session.out().flush();
        return ExitCode.DONE;
    }
}
