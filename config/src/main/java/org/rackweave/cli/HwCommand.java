package org.rackweave.cli;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code rackweave hw}: speaks to one switch or to this machine itself. What a daemon lends of it is left alone unless told twice. */
@CommandLine.Command(
        name = "hw",
        description =
                "Look at a CXL switch or a Switchtec, bind and unbind on it, look at this machine; needs no daemon.",
        subcommands = {
            HwListCommand.class,
            HwHealthCommand.class,
            HwCommand.Show.class,
            HwCommand.Tree.class,
            HwOrders.Port.class,
            HwOrders.Bind.class,
            HwOrders.Unbind.class,
            HwOrders.Bifurcate.class,
            HwOrders.Sanitise.class,
            HwWatchCommand.class,
            HwSelfTestCommand.class
        })
final class HwCommand {
    private HwCommand() {}

    /** Reads everything. */
    @CommandLine.Command(name = "show", description = "Show ports, hosts' sides and what is bound, in tables.")
    static final class Show implements Action {
        @Mixin
        private SwitchOption place = new SwitchOption();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            try (SwitchAtHand atHand = SwitchAtHand.of(place.name(session))) {
                place.show(session, atHand.details(session.style()));
            }
            return ExitCode.DONE;
        }
    }

    /** Reads everything, and asks who holds it. */
    @CommandLine.Command(
            name = "tree",
            description = "Draw a switch, what is bound on it, and who holds that where its daemon can be asked.")
    static final class Tree implements Action {
        @Mixin
        private SwitchOption place = new SwitchOption();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            SwitchName name = place.name(session);
            try (SwitchAtHand atHand = SwitchAtHand.of(name)) {
                SwitchView view = atHand.view();
                place.show(session, new SwitchTree(view, SwitchLoans.asked(session, name)).shown());
            }
            return ExitCode.DONE;
        }
    }
}
