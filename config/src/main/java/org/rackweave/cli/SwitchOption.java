package org.rackweave.cli;

import java.net.InetSocketAddress;
import org.rackweave.config.Parsed;
import org.rackweave.hal.cxl.Drain;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.Outcome;
import picocli.CommandLine.Option;

/** The option that names a switch, and how its outcomes end a command. */
final class SwitchOption {
    @Option(
            names = "--switch",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Where the switch takes MCTP over TCP, such as 10.0.0.9:2508.")
    private String address = "";

    @Option(names = "--json", description = "The same as -o json.")
    private boolean json;

    String address() {
        return address;
    }

    FmClient client() throws CommandFailed {
        Parsed<DaemonAddress> parsed = DaemonAddress.parse(address);
        if (parsed instanceof Parsed.Wrong<DaemonAddress> wrong) {
            throw new CommandFailed(ExitCode.USAGE, "--switch: " + wrong.found(), wrong.advice());
        }
        DaemonAddress place = ((Parsed.Value<DaemonAddress>) parsed).value();
        return new FmClient(new InetSocketAddress(place.host(), place.port()), FmPatience.USUAL);
    }

    void show(Session session, Shown shown) {
        if (json && session.output() == OutputFormat.TABLE) {
            session.out().print(JsonText.document(shown.tree()));
            session.out().flush();
        } else {
            session.show(shown);
        }
    }

    /** The answer; anything else ends the command. After an unknown outcome the path is drained first, and said to be. */
    <R> R answered(FmClient client, Outcome<R> outcome) throws CommandFailed {
        String look = "look with: rackweave hw show --switch " + address;
        return switch (outcome.kind()) {
            case ANSWERED -> ((Outcome.Answered<R>) outcome).response();
            case DECLINED ->
                throw new CommandFailed(
                        ExitCode.CONFLICT, "the switch declined: " + ((Outcome.Declined<R>) outcome).code(), look);
            case NOT_SENT ->
                throw new CommandFailed(
                        ExitCode.FAILED,
                        "nothing was sent: " + ((Outcome.NotSent<R>) outcome).why(),
                        "check the address and that nobody else holds the switch's only connection");
            case UNKNOWN ->
                throw new CommandFailed(
                        ExitCode.UNREACHABLE,
                        "whether it was done is unknown: " + ((Outcome.Unknown<R>) outcome).why() + "; "
                                + drained(client.drain()),
                        look);
        };
    }

    private static String drained(Drain drain) {
        return switch (drain.kind()) {
            case IDLE -> "the switch answers now and does nothing in the background";
            case STUCK -> "the switch cannot be drained either: " + ((Drain.Stuck) drain).why();
        };
    }
}
