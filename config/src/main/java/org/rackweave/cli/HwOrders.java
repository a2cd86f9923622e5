package org.rackweave.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code rackweave hw} that change a switch. */
final class HwOrders {
    private HwOrders() {}

    /** Acts on a port. */
    @CommandLine.Command(name = "port", description = "Reset a port, hold it in reset, switch it off and on.")
    static final class Port implements Action {
        @Mixin
        private HwOrderOptions options = new HwOrderOptions();

        @Parameters(index = "0", paramLabel = "PORT", description = "The physical port.")
        private int port;

        @Parameters(
                index = "1",
                paramLabel = "ACTION",
                description =
                        "Of a CXL switch: assert-perst, deassert-perst, reset-ppb. Of a Switchtec (fabric firmware):"
                                + " disable, enable, retrain, begin-hot-reset, end-hot-reset.")
        private String action = "";

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            return options.run(
                    session,
                    new SwitchOrder.OnPort(port, action),
                    "do " + action + " to port " + port + " under whoever uses it");
        }
    }

    /** Gives a port or logical device to a host. */
    @CommandLine.Command(name = "bind", description = "Bind a port, or a logical device behind it, to a host's side.")
    static final class Bind implements Action {
        @Mixin
        private HwOrderOptions options = new HwOrderOptions();

        @Parameters(index = "0", paramLabel = "HOST", description = "The virtual switch, or the partition.")
        private int host;

        @Parameters(index = "1", paramLabel = "SLOT", description = "The vPPB of it, or the logical port.")
        private int slot;

        @Parameters(index = "2", paramLabel = "PORT", description = "The physical port.")
        private int port;

        @Option(
                names = "--ld",
                paramLabel = "N",
                description = "The logical device, on a CXL switch; without it, the whole port.")
        private Optional<Integer> logicalDevice = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            OptionalInt ld = logicalDevice.map(OptionalInt::of).orElse(OptionalInt.empty());
            return options.run(
                    session,
                    new SwitchOrder.Bind(host, slot, port, ld),
                    "bind " + new SwitchView.Target(port, ld) + " to slot " + slot + " of host " + host);
        }
    }

    /** Takes it back. */
    @CommandLine.Command(name = "unbind", description = "Take what is bound to a host's side from it.")
    static final class Unbind implements Action {
        @Mixin
        private HwOrderOptions options = new HwOrderOptions();

        @Parameters(index = "0", paramLabel = "HOST", description = "The virtual switch, or the partition.")
        private int host;

        @Parameters(index = "1", paramLabel = "SLOT", description = "The vPPB of it, or the logical port.")
        private int slot;

        @Option(
                names = "--how",
                paramLabel = "WORD",
                description = "On a CXL switch: wait-for-link-down, managed or surprise (managed).")
        private Optional<String> how = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            return options.run(
                    session,
                    new SwitchOrder.Unbind(host, slot, how),
                    "take what is bound to slot " + slot + " of host " + host + " from it");
        }
    }

    /** Shows or sets how a stack is split. */
    @CommandLine.Command(
            name = "bifurcate",
            description = "Show how the lanes of a Switchtec's stack are split, or split them anew.")
    static final class Bifurcate implements Action {
        @Mixin
        private HwOrderOptions options = new HwOrderOptions();

        @Parameters(index = "0", paramLabel = "STACK", description = "The stack, 0 to 7.")
        private int stack;

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "WIDTHS",
                split = ",",
                description = "Lanes of the stack's ports in their order, such as 8,0,0,0,8. Without it, show them.")
        private List<Integer> widths = new ArrayList<>();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            return widths.isEmpty()
                    ? shown(session)
                    : options.run(
                            session,
                            new SwitchOrder.Bifurcate(stack, widths),
                            "split stack " + stack + " into " + SwitchtecAtHand.widths(widths)
                                    + ", which disturbs every port of it,");
        }

        private ExitCode shown(Session session) throws CommandFailed {
            SwitchOption place = options.place();
            try (SwitchAtHand atHand = SwitchAtHand.of(place.name(session))) {
                List<Integer> now = atHand.stackLanes(stack);
                String text = SwitchtecAtHand.widths(now);
                place.show(
                        session,
                        new Shown(HwText.stack(stack, now), List.of(text), "stack " + stack + ": " + text + "\n"));
            }
            return ExitCode.DONE;
        }
    }

    /** Has a device wipe a logical device. */
    @CommandLine.Command(
            name = "sanitise",
            description = "Have the device behind a port of a CXL switch wipe one of its logical devices, to the end.")
    static final class Sanitise implements Action {
        @Mixin
        private HwOrderOptions options = new HwOrderOptions();

        @Parameters(index = "0", paramLabel = "PORT", description = "The physical port of the pooled device.")
        private int port;

        @Parameters(index = "1", paramLabel = "LD", description = "The logical device, which is bound to nobody.")
        private int logicalDevice;

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            return options.run(
                    session,
                    new SwitchOrder.Sanitise(port, logicalDevice),
                    "wipe all of logical device " + logicalDevice + " of port " + port);
        }
    }
}
