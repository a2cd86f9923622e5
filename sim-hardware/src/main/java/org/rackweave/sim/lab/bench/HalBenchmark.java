package org.rackweave.sim.lab.bench;

import com.sun.jna.Memory;
import com.sun.management.ThreadMXBean;
import java.io.File;
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
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.CciCodec;
import org.rackweave.hal.cxl.CciMessage;
import org.rackweave.hal.cxl.Decoded;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmCodec;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponse;
import org.rackweave.hal.cxl.IdentifySwitch;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.ReturnCode;
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

/** What hands cost: commands to a CXL switch, their codec, a large inventory, a bind, a wipe. The switch is a simulated one. */
final class HalBenchmark implements Benchmark {
    private static final String JACK = "jack";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final int PORTS = 255;
    private static final int VIRTUAL_SWITCHES = 64;
    private static final int VPPBS = 16;
    /** What a switch is given for each command of the large inventory. */
    private static final long COMMAND_NANOS = 200_000;

    private static final double INVENTORY_GOAL_MILLIS = 250;
    private static final double CODEC_GOAL_MICROS = 1;
    private static final double CODEC_GOAL_BYTES = 200;
    private static final long DEVICE_MILLIS = 50;
    private static final long MEBIBYTE = 1L << 20;
    private static final double GIBIBYTE = 1L << 30;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MICROS_PER_MILLI = 1e3;

    /** How often each thing is done. */
    private record Counts(int commands, int processes, int messages, int inventories, int binds, long wipedBytes) {
        static Counts of(Effort effort) {
            return switch (effort) {
                case QUICK -> new Counts(2_000, 20, 200_000, 5, 5, 512 * MEBIBYTE);
                case FULL -> new Counts(30_000, 200, 3_000_000, 50, 50, 2_048 * MEBIBYTE);
            };
        }
    }

    /** What one call takes. */
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
        Counts counts = Counts.of(settings.effort());
        Path scratch = ScratchDirectory.create("rackweave-hal-");
        Path memory = inMemory().orElse(scratch);
        try {
            List<Figure> figures = new ArrayList<>();
            figures.add(commands(counts));
            figures.addAll(codec(counts.messages()));
            figures.add(inventory(counts.inventories()));
            figures.addAll(binds(scratch, counts.binds()));
            figures.addAll(wipes(memory, counts.wipedBytes()));
            return figures;
        } catch (IOException failed) {
            throw new LabFailure("the simulated switch failed: " + failed.getMessage(), failed);
        } catch (HalException failed) {
            throw new LabFailure("the interposer failed: " + failed.getMessage(), failed);
        } finally {
            ScratchDirectory.remove(scratch);
            if (!memory.equals(scratch)) {
                ScratchDirectory.remove(memory);
            }
        }
    }

    /** A wipe of files on a disk would measure the disk. */
    private static Optional<Path> inMemory() throws LabFailure {
        try {
            return Files.isWritable(SHARED_MEMORY)
                    ? Optional.of(Files.createTempDirectory(SHARED_MEMORY, "rackweave-hal-"))
                    : Optional.empty();
        } catch (IOException failed) {
            throw new LabFailure("cannot make a directory in " + SHARED_MEMORY + ": " + failed.getMessage(), failed);
        }
    }

    // ---- commands --------------------------------------------------------------------------------------------------

    private static Figure commands(Counts counts) throws LabFailure, IOException {
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), Dialect.JRL);
                FmClient client = new FmClient(server.address(), FmPatience.USUAL)) {
            List<FmRequest<?>> requests = List.of(
                    new IdentifySwitch.Request(),
                    new PortState.Request(List.of(0, 1, 2, 3, 4, 5)),
                    VcsInfo.Request.allOf(0));
            ask(client, requests, counts.commands());
            long startNanos = System.nanoTime();
            ask(client, requests, counts.commands());
            double ours = counts.commands() / secondsSince(startNanos);
            Optional<Path> jack = onPath(JACK);
            String goal = "faster than a process and a connection a command; identify, ports, virtual switch in turn";
            if (jack.isEmpty()) {
                return new Figure(
                        "FM-API commands", ours, "/s", JACK, 0, goal + "; no jack on the PATH", Figure.Verdict.ABSENT);
            }
            double theirs = jack(jack.get(), server.address(), counts.processes());
            return new Figure("FM-API commands", ours, "/s", JACK, theirs, goal, Figure.Verdict.of(ours > theirs));
        }
    }

    private static void ask(FmClient client, List<FmRequest<?>> requests, int count) throws LabFailure {
        for (int i = 0; i < count; i++) {
            answered(client.call(requests.get(i % requests.size())));
        }
    }

    private static double jack(Path jack, InetSocketAddress address, int count) throws LabFailure {
        List<List<String>> commands =
                List.of(List.of("show", "switch"), List.of("show", "port", "-a"), List.of("show", "vcs", "-c", "0"));
        long startNanos = System.nanoTime();
        for (int i = 0; i < count; i++) {
            List<String> command = new ArrayList<>(List.of(jack.toString()));
            command.addAll(commands.get(i % commands.size()));
            command.addAll(List.of("-T", address.getAddress().getHostAddress(), "-P", "" + address.getPort()));
            // It ends with 0 whatever happened; an answer is what it printed.
            if (ProgramRun.of(Map.of(), command).output().isBlank()) {
                throw new LabFailure(String.join(" ", command) + " printed nothing");
            }
        }
        return count / secondsSince(startNanos);
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    // ---- codec -----------------------------------------------------------------------------------------------------

    private static List<Figure> codec(int count) throws LabFailure, IOException {
        BindVppb.Request bind = new BindVppb.Request(1, 2, 3, 4);
        Octets bindBytes = CciCodec.encode(Dialect.CXL3, FmCodec.request(Dialect.CXL3, 7, bind));
        PortState.Request asked = new PortState.Request(List.of(2));
        Octets answerBytes;
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), Dialect.CXL3);
                FmClient client = new FmClient(server.address(), FmPatience.USUAL)) {
            PortState.Response state = answered(client.call(asked));
            answerBytes = CciCodec.encode(
                    Dialect.CXL3,
                    CciMessage.request(7, asked.opcode().number(), Octets.NONE)
                            .answer(ReturnCode.SUCCESS, FmCodec.payload(Dialect.CXL3, state)));
        }
        List<Figure> figures = new ArrayList<>();
        figures.addAll(codec("encode a bind", count, bindBytes, () -> encoded(bind)));
        figures.addAll(codec("decode a bind", count, bindBytes, () -> decodedRequest(bindBytes)));
        figures.addAll(codec("decode a port's state", count, answerBytes, () -> decodedResponse(asked, answerBytes)));
        return figures;
    }

    private static Octets encoded(FmRequest<?> request) {
        return CciCodec.encode(Dialect.CXL3, FmCodec.request(Dialect.CXL3, 7, request));
    }

    private static Decoded<FmRequest<?>> decodedRequest(Octets bytes) {
        return CciCodec.decode(Dialect.CXL3, bytes)
                .fold(message -> FmCodec.readRequest(Dialect.CXL3, message), Decoded.Refused::new);
    }

    private static <R extends FmResponse> Decoded<R> decodedResponse(FmRequest<R> asked, Octets bytes) {
        return CciCodec.decode(Dialect.CXL3, bytes)
                .fold(message -> FmCodec.readResponse(Dialect.CXL3, 7, asked, message), Decoded.Refused::new);
    }

    private static List<Figure> codec(String what, int count, Octets bytes, Supplier<Object> call) {
        Cost ours = cost(count, call);
        Cost copy = cost(count, bytes::toArray);
        return List.of(
                new Figure(
                        what,
                        ours.micros(),
                        "us",
                        "a copy of it",
                        copy.micros(),
                        "<= " + CODEC_GOAL_MICROS + " us, header included",
                        Figure.Verdict.of(ours.micros() <= CODEC_GOAL_MICROS)),
                new Figure(
                        what + ", allocated",
                        ours.bytes(),
                        "B",
                        "a copy of it",
                        copy.bytes(),
                        String.format(Locale.ROOT, "<= %.0f B", CODEC_GOAL_BYTES),
                        Figure.Verdict.of(ours.bytes() <= CODEC_GOAL_BYTES)));
    }

    private static Cost cost(int count, Supplier<Object> call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int hashes = hashes(count, call);
        long bytesBefore = threads.getCurrentThreadAllocatedBytes();
        long startNanos = System.nanoTime();
        hashes += hashes(count, call);
        long nanos = System.nanoTime() - startNanos;
        long bytes = threads.getCurrentThreadAllocatedBytes() - bytesBefore;
        if (hashes == 1) {
            // Hardly ever: it is there so that what was made is used.
            System.out.println();
        }
        return new Cost(nanos / 1e3 / count, (double) bytes / count);
    }

    private static int hashes(int count, Supplier<Object> call) {
        int hashes = 0;
        for (int i = 0; i < count; i++) {
            hashes += System.identityHashCode(call.get().getClass());
        }
        return hashes;
    }

    // ---- a large inventory -----------------------------------------------------------------------------------------

    private static Figure inventory(int rounds) throws LabFailure, IOException {
        StringBuilder plan = new StringBuilder();
        for (int port = 0; port < PORTS; port++) {
            plan.append("port ").append(port).append(port < VIRTUAL_SWITCHES ? " upstream\n" : " sld 256MiB\n");
        }
        for (int id = 0; id < VIRTUAL_SWITCHES; id++) {
            plan.append(String.format(Locale.ROOT, "vcs %d upstream %d vppbs %d%n", id, id, VPPBS));
        }
        Histogram millis = new Histogram(3);
        int commands = 0;
        try (CxlSwitchServer server =
                        CxlSwitchServer.startSlow(SwitchText.parse(plan.toString()), Dialect.CXL3, COMMAND_NANOS);
                FmClient client = new FmClient(server.address(), FmPatience.USUAL)) {
            for (int i = 0; i <= rounds; i++) {
                long answeredBefore = server.answered();
                long startNanos = System.nanoTime();
                SwitchInventory read = answered(SwitchInventory.read(client));
                if (read.ports().size() != PORTS || read.virtualSwitches().size() != VIRTUAL_SWITCHES) {
                    throw new LabFailure(
                            "the inventory is not whole: " + read.ports().size() + " ports, "
                                    + read.virtualSwitches().size() + " virtual switches");
                }
                commands = (int) (server.answered() - answeredBefore);
                if (i > 0) {
                    millis.recordValue((System.nanoTime() - startNanos) / 1_000);
                }
            }
        }
        double ours = millis.getValueAtPercentile(50) / MICROS_PER_MILLI;
        return new Figure(
                "inventory of 255 ports",
                ours,
                "ms",
                "200 us a command",
                commands * COMMAND_NANOS / 1e6,
                String.format(
                        Locale.ROOT,
                        "< %.0f ms; with 64 virtual switches of %d vPPBs, %d commands one after the other",
                        INVENTORY_GOAL_MILLIS,
                        VPPBS,
                        commands),
                Figure.Verdict.of(ours < INVENTORY_GOAL_MILLIS));
    }

    // ---- bind to ready, and a wipe ---------------------------------------------------------------------------------

    private static List<Figure> binds(Path scratch, int rounds) throws LabFailure, IOException, HalException {
        Histogram bind = new Histogram(3);
        Histogram unbind = new Histogram(3);
        try (CxlSwitchServer server = start(scratch, DEVICE_MILLIS, 256 * MEBIBYTE);
                Interposer interposer = open(scratch, server, "device")) {
            String slice = interposer.slices().get(0).key();
            for (int i = 0; i < rounds; i++) {
                long startNanos = System.nanoTime();
                interposer.bind(slice, "a", i + 1L);
                long boundNanos = System.nanoTime();
                interposer.unbind(slice, i + 1L);
                bind.recordValue((boundNanos - startNanos) / 1_000);
                unbind.recordValue((System.nanoTime() - boundNanos) / 1_000);
            }
        }
        return List.of(routed("bind to read back", bind), routed("unbind to read back", unbind));
    }

    private static Figure routed(String what, Histogram micros) {
        double ours = micros.getValueAtPercentile(50) / MICROS_PER_MILLI;
        return new Figure(
                what,
                ours,
                "ms",
                "device's part",
                DEVICE_MILLIS,
                String.format(
                        Locale.ROOT,
                        "ours, %.1f ms, less than the device's: idle before, bind, polls, read back; p50",
                        ours - DEVICE_MILLIS),
                Figure.Verdict.of(ours < 2 * DEVICE_MILLIS));
    }

    private static List<Figure> wipes(Path scratch, long bytes) throws LabFailure, IOException, HalException {
        double memset = memset(bytes);
        List<Figure> figures = new ArrayList<>();
        for (String wipe : List.of("device", "host")) {
            Path directory = Files.createDirectory(scratch.resolve("wiped-by-" + wipe));
            try (CxlSwitchServer server = start(directory, 0, bytes);
                    Interposer interposer = open(directory, server, wipe)) {
                String slice = interposer.slices().get(0).key();
                interposer.sanitise(slice);
                long startNanos = System.nanoTime();
                WipeReport report = interposer.sanitise(slice);
                double ours = bytes / GIBIBYTE / secondsSince(startNanos);
                if (report.verifiedBytes() != bytes) {
                    throw new LabFailure("of " + bytes + " bytes " + report.verifiedBytes() + " are zero");
                }
                figures.add(new Figure(
                        "wipe, " + report.method(),
                        ours,
                        "GiB/s",
                        "memset",
                        memset,
                        ">= 1/10 of memset: written as a file, read back whole",
                        Figure.Verdict.of(ours >= memset / 10)));
            }
        }
        return figures;
    }

    /** The C library's, on memory that is there already. */
    private static double memset(long bytes) {
        long once = Math.min(bytes, 256 * MEBIBYTE);
        try (Memory memory = new Memory(once)) {
            memory.clear();
            long startNanos = System.nanoTime();
            for (long done = 0; done < bytes; done += once) {
                memory.clear();
            }
            return bytes / GIBIBYTE / secondsSince(startNanos);
        }
    }

    private static CxlSwitchServer start(Path directory, long backgroundMillis, long bytes) throws IOException {
        return CxlSwitchServer.start(
                SwitchText.parse(String.format(Locale.ROOT, """
                        background %1$dms
                        memory %2$s/devices
                        port 0 upstream
                        port 1 upstream
                        port 2 mld %3$dMiB lds 1
                        vcs 0 upstream 0 vppbs 4 windows %2$s/host/{vppb}.mem
                        vcs 1 upstream 1 vppbs 1 windows %2$s/wash/{vppb}.mem
                        """, backgroundMillis, directory, bytes / MEBIBYTE)),
                Dialect.CXL3);
    }

    private static Interposer open(Path directory, CxlSwitchServer server, String wipe)
            throws IOException, HalException {
        InetSocketAddress address = server.address();
        return new CxlSwitchProvider()
                .open(
                        "b",
                        Map.of(
                                "switch",
                                address.getAddress().getHostAddress() + ":" + address.getPort(),
                                "lend",
                                "2",
                                "hosts",
                                "a=0",
                                "wash",
                                "1",
                                "washWindow",
                                directory + "/wash/{vppb}.mem",
                                "windows",
                                directory + "/host/{vppb}.mem",
                                "wipe",
                                wipe));
    }

    // ---- all of them -----------------------------------------------------------------------------------------------

    private static <R> R answered(Outcome<R> outcome) throws LabFailure {
        if (outcome instanceof Outcome.Answered<R> answered) {
            return answered.response();
        }
        throw new LabFailure("the simulated switch did not answer: " + outcome);
    }

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
    }
}
