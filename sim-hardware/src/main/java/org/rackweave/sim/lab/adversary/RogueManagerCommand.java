package org.rackweave.sim.lab.adversary;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.rackweave.config.Parsed;
import org.rackweave.config.TimeSpan;
import org.rackweave.hal.settings.HostPort;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.sim.lab.JsonText;
import org.rackweave.sim.lab.LabFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rackweave-lab rogue-fm}. */
@Command(
        name = "rogue-fm",
        mixinStandardHelpOptions = true,
        description = {
            "Be a second fabric manager: move what is bound on a switch, behind the back of whoever manages it.",
            "The daemon that owns the switch quarantines what was moved when it looks; 'rackweave slices' says why."
        })
public final class RogueManagerCommand implements Callable<Integer> {
    private static final String SWITCHTEC = "switchtec:";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--switch",
            required = true,
            paramLabel = "SWITCH",
            description = "HOST:PORT of a CXL switch; switchtec:HOST of a Switchtec. It need not be a simulated one.")
    private String where = "";

    @Option(names = "--seed", paramLabel = "N", description = "Which one, and where to (${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--times", paramLabel = "N", description = "How often (${DEFAULT-VALUE}).")
    private int times = 1;

    @Option(names = "--every", paramLabel = "TIME", description = "Time between two strikes (${DEFAULT-VALUE}).")
    private String every = "2s";

    @Override
    public Integer call() throws LabFailure {
        long pauseMillis = millis(every);
        Random random = new Random(seed);
        PrintWriter out = spec.commandLine().getOut();
        try (RogueManager rogue = at(where)) {
            for (int strike = 0; strike < times; strike++) {
                if (strike > 0) {
                    Thread.sleep(pauseMillis);
                }
                Optional<String> what = rogue.strike(random);
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("pid", ProcessHandle.current().pid());
                line.put("what", what.orElse("nothing is there to move"));
                out.println(JsonText.line(line));
                out.flush();
            }
            return 0;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    static RogueManager at(String where) throws LabFailure {
        if (where.startsWith(SWITCHTEC)) {
            return RogueSwitchtecManager.at(
                    address(where, HostPort.parse(where.substring(SWITCHTEC.length()), EthernetHeader.TCP_PORT)));
        }
        return new RogueCxlManager(address(where, HostPort.parse(where)));
    }

    private static InetSocketAddress address(String where, Optional<HostPort> place) throws LabFailure {
        return place.map(HostPort::socket)
                .orElseThrow(() ->
                        new LabFailure("--switch: '" + where + "' is no address; write HOST:PORT, or switchtec:HOST"));
    }

    private static long millis(String text) throws LabFailure {
        Parsed<Long> parsed = TimeSpan.parse(text);
        if (parsed instanceof Parsed.Wrong<Long> wrong) {
            throw new LabFailure("--every: " + wrong.found() + "; " + wrong.advice());
        }
        return ((Parsed.Value<Long>) parsed).value();
    }
}
