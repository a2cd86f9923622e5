package org.rackweave.cli;

import java.util.List;
import java.util.Optional;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmDryRun;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.PortControl;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.cxl.VcsInfo;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code rackweave hw}: speaks to one CXL switch itself, without a daemon. It knows nothing of loans: whoever changes a switch that a
 * daemon owns takes memory from under a host.
 */
@CommandLine.Command(
        name = "hw",
        description = "Show a CXL switch, bind and unbind on it; needs no daemon and knows no loans.",
        subcommands = {HwCommand.Show.class, HwCommand.Port.class, HwCommand.Bind.class, HwCommand.Unbind.class})
final class HwCommand {
    private static final int MOST_ID = 255;

    /** Reads everything. */
    @CommandLine.Command(name = "show", description = "Show ports, virtual switches and what is bound.")
    static final class Show implements Action {
        @Mixin
        private SwitchOption place = new SwitchOption();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            try (FmClient client = place.client()) {
                place.show(session, HwText.of(place.answered(client, SwitchInventory.read(client)), session.style()));
            }
            return ExitCode.DONE;
        }
    }

    /** Resets a port. */
    @CommandLine.Command(name = "port", description = "Reset a port, or hold it in reset.")
    static final class Port implements Action {
        @Mixin
        private SwitchOption place = new SwitchOption();

        @Mixin
        private DryRun dryRun = new DryRun();

        @Parameters(index = "0", paramLabel = "PORT", description = "The physical port.")
        private int port;

        @Parameters(index = "1", paramLabel = "ACTION", description = "assert-perst, deassert-perst or reset-ppb.")
        private String action = "";

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            PortControl.Request request =
                    new PortControl.Request(id("PORT", port), oneOf(PortControl.Action.values(), action, "ACTION"));
            if (dryRun.shows(session, place, request)) {
                return ExitCode.DONE;
            }
            session.confirm("do " + action + " to port " + port + " of " + place.address() + " under whoever uses it");
            try (FmClient client = place.client()) {
                place.answered(client, client.call(request));
            }
            return ExitCode.DONE;
        }
    }

    /** Gives a port or logical device to a virtual switch. */
    @CommandLine.Command(name = "bind", description = "Bind a port, or a logical device behind it, to a vPPB.")
    static final class Bind implements Action {
        @Mixin
        private SwitchOption place = new SwitchOption();

        @Mixin
        private DryRun dryRun = new DryRun();

        @Parameters(index = "0", paramLabel = "VCS", description = "The virtual switch.")
        private int virtualSwitch;

        @Parameters(index = "1", paramLabel = "VPPB", description = "The vPPB of it.")
        private int vppb;

        @Parameters(index = "2", paramLabel = "PORT", description = "The physical port.")
        private int port;

        @Option(names = "--ld", paramLabel = "N", description = "The logical device; without it, the whole port.")
        private Optional<Integer> logicalDevice = Optional.empty();

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            int device = logicalDevice.isPresent() ? id("--ld", logicalDevice.get()) : BindVppb.WHOLE_PORT;
            BindVppb.Request request =
                    new BindVppb.Request(id("VCS", virtualSwitch), id("VPPB", vppb), id("PORT", port), device);
            if (dryRun.shows(session, place, request)) {
                return ExitCode.DONE;
            }
            session.confirm(
                    "bind port " + port + logicalDevice.map(ld -> " ld " + ld).orElse("") + " to vPPB " + vppb
                            + " of virtual switch " + virtualSwitch + " at " + place.address());
            try (FmClient client = place.client()) {
                place.answered(client, client.call(request));
                VcsInfo.Vppb now = readBack(place, client, virtualSwitch, vppb);
                boolean isThere = now.port() == port
                        && (logicalDevice.isPresent()
                                ? now.binding() == VcsInfo.Binding.LD && now.logicalDevice() == device
                                : now.binding() == VcsInfo.Binding.PORT);
                shows(isThere, now);
            }
            return ExitCode.DONE;
        }
    }

    /** Takes it back. */
    @CommandLine.Command(name = "unbind", description = "Unbind a vPPB.")
    static final class Unbind implements Action {
        @Mixin
        private SwitchOption place = new SwitchOption();

        @Mixin
        private DryRun dryRun = new DryRun();

        @Parameters(index = "0", paramLabel = "VCS", description = "The virtual switch.")
        private int virtualSwitch;

        @Parameters(index = "1", paramLabel = "VPPB", description = "The vPPB of it.")
        private int vppb;

        @Option(
                names = "--how",
                paramLabel = "WORD",
                description = "wait-for-link-down, managed or surprise (${DEFAULT-VALUE}).")
        private String how = "managed";

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            UnbindVppb.Request request = new UnbindVppb.Request(
                    id("VCS", virtualSwitch), id("VPPB", vppb), oneOf(UnbindVppb.How.values(), how, "--how"));
            if (dryRun.shows(session, place, request)) {
                return ExitCode.DONE;
            }
            session.confirm("take what is bound to vPPB " + vppb + " of virtual switch " + virtualSwitch + " at "
                    + place.address() + " from its host");
            try (FmClient client = place.client()) {
                place.answered(client, client.call(request));
                VcsInfo.Vppb now = readBack(place, client, virtualSwitch, vppb);
                shows(now.binding() == VcsInfo.Binding.UNBOUND, now);
            }
            return ExitCode.DONE;
        }
    }

    /** Shows the bytes in place of sending them. */
    static final class DryRun {
        @Option(names = "--dry-run", description = "Show the bytes that would be sent, and send nothing.")
        private boolean isWanted;

        boolean shows(Session session, SwitchOption place, FmRequest<?> request) {
            if (isWanted) {
                List<FmRequest<?>> requests = List.of(request);
                place.show(session, HwText.dryRun(requests, FmDryRun.bytesOf(requests)));
            }
            return isWanted;
        }
    }

    private HwCommand() {}

    private static VcsInfo.Vppb readBack(SwitchOption place, FmClient client, int virtualSwitch, int vppb)
            throws CommandFailed {
        VcsInfo.Response info = place.answered(client, client.call(VcsInfo.Request.allOf(virtualSwitch)));
        return info.virtualSwitches().stream()
                .flatMap(each -> each.entries().stream())
                .skip(vppb)
                .findFirst()
                .orElseThrow(() -> new CommandFailed(
                        ExitCode.FAILED,
                        "the switch said that it was done and has no such vPPB",
                        "do not trust this switch; look at its firmware"));
    }

    private static void shows(boolean isAsOrdered, VcsInfo.Vppb now) throws CommandFailed {
        if (!isAsOrdered) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "the switch said that it was done, but the vPPB is " + HwText.word(now.binding()) + " "
                            + HwText.target(now),
                    "another manager may be at work, or the firmware is wrong: find out before you go on");
        }
    }

    private static int id(String what, int value) throws CommandFailed {
        if (value < 0 || value > MOST_ID) {
            throw new CommandFailed(
                    ExitCode.USAGE, what + " " + value + " is out of range", "write a number from 0 to " + MOST_ID);
        }
        return value;
    }

    private static <E extends Enum<E>> E oneOf(E[] values, String word, String what) throws CommandFailed {
        for (E each : values) {
            if (HwText.word(each).equals(word)) {
                return each;
            }
        }
        throw new CommandFailed(
                ExitCode.USAGE,
                what + ": '" + word + "' means nothing here",
                "write one of "
                        + String.join(
                                ", ", List.of(values).stream().map(HwText::word).toList()));
    }
}
