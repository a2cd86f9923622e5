package org.rackweave.sim.withstand;

import java.util.List;
import java.util.function.Supplier;
import org.rackweave.hal.cxl.BackgroundStatus;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.IdentifySwitch;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.cxl.pool.SwitchRoute;

/** Asks a switch through the route that is its argument, in a machine that has no tests: one line for each command. */
final class SwitchMailboxProgram {
    private SwitchMailboxProgram() {}

    public static void main(String[] arguments) {
        try (FmClient client = new FmClient(SwitchRoute.parse(arguments[0]).orElseThrow(), FmPatience.USUAL)) {
            say("0001", client::greet);
            say("0002", () -> client.call(new BackgroundStatus.Request()));
            say("5100", () -> client.call(new IdentifySwitch.Request()));
            say("5101", () -> client.call(new PortState.Request(List.of(0, 1))));
            say("5300 0001", () -> client.callThrough(1, new Identify.Request()));
            say("5200", () -> client.call(VcsInfo.Request.allOf(0)));
        }
    }

    private static void say(String command, Supplier<Outcome<?>> asked) {
        System.out.println(command + " -> " + asked.get());
    }
}
