package org.rackweave.sim.lab.bench;

import com.sun.jna.Memory;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.CciCodec;
import org.rackweave.hal.cxl.CciMessage;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmCodec;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponse;
import org.rackweave.hal.cxl.IdentifySwitch;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.cxl.pool.CxlSwitchProvider;
import org.rackweave.hal.mctp.Octets;
import org.rackweave.sim.cxl.CxlSwitchServer;
import org.rackweave.sim.cxl.SwitchPlan;
import org.rackweave.sim.cxl.SwitchText;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;
import org.rackweave.sim.lab.ScratchDirectory;

/** What the hands cost: commands to a CXL switch, their codec, a large inventory, a bind, a wipe. The switch is simulated. */
final class HalBenchmark implements Benchmark {
    private static final int PORTS = 255;
    private static final int VIRTUAL_SWITCHES = 64;
    private static final int VPPBS = 16;
    private static final long COMMAND_NANOS = 200_000;
    private static final double INVENTORY_GOAL_MILLIS = 250;
    private static final double CODEC_GOAL_MICROS = 1;
    private static final double CODEC_GOAL_BYTES = 200;
    private static final long DEVICE_MILLIS = 50;
    private static final long MEBIBYTE = 1L << 20;
    private static final double GIBIBYTE = 1L << 30;
    private static final String PEER = "jack";

    /** What nobody reads, so that nothing is optimised away. */
    private long sink;

    /** What a call took. */
    private record Cost(double micros, double bytes) {}

    @Override
    public String name() {
        return "hal";
    }

    @Override
    public String sentence() {
        return "commands to a CXL switch and their codec, a large inventory, bind to ready, a wipe";
    }

    @Override
    public List<Figure> run(Settings settings) throws LabFailure {
        boolean isQuick = settings.effort() == Effort.QUICK;
        List<Figure> figures = new ArrayList<>();
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            figures.add(commands(isQuick ? 1_000 : 20_000, isQuick ? 10 : 100));
            figures.addAll(codec(isQuick ? 200_000 : 2_000_000));
            figures.add(inventory(isQuick ? 5 : 50));
            figures.addAll(binds(scratch.path(), isQuick ? 5 : 50));
            figures.addAll(wipes(scratch.path(), (isQuick ? 512 : 2_048) * MEBIBYTE));
        } catch (IOException failed) {
            throw new LabFailure("the simulated switch failed: " + failed.getMessage(), failed);
        }
        return figures;
    }

    // ---- commands --------------------------------------------------------------------------------------------------

    private Figure commands(int count, int peerCount) throws LabFailure, IOException {
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), Dialect.JRL);
                FmClient client = new FmClient(server.address(), FmPatience.USUAL)) {
            List<FmRequest<?>> requests = List.of(
                    new IdentifySwitch.Request(),
                    new PortState.Request(List.of(0, 1, 2, 3, 4, 5)),
                    VcsInfo.Request.allOf(0));
            double ours = 0;
            // The first round warms up.
            for (int round = 0; round < 2; round++) {
                long startNanos = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    sink += answered(client.call(requests.get(i % requests.size())))
                            .opcodeHint();
                }
                ours = count / seconds(startNanos);
            }
            Optional<Path> peer = onPath();
            String goal = "faster than a process a command; 3 kinds of reads, loopback";
            if (peer.isEmpty()) {
                return new Figure(
                        "commands", ours, "1/s", PEER, 0, goal + "; jack is not on the PATH", Figure.Verdict.ABSENT);
            }
            double theirs = jack(peer.get(), server.address(), peerCount);
            return new Figure("commands", ours, "1/s", PEER, theirs, goal, Figure.Verdict.of(ours > theirs));
        }
    }
}
