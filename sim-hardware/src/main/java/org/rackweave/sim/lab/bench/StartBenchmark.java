package org.rackweave.sim.lab.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.sim.lab.DaemonProcess;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.Rack;
import org.rackweave.sim.lab.RackPlan;

/** What the daemon costs a card: memory, and time to its first answer, beside a JVM with the same flags that does nothing. */
final class StartBenchmark implements Benchmark {
    private static final String NODE = "a";
    private static final double MEGABYTE = 1e6;
    private static final double MAX_MEGABYTES = 88;
    private static final double MAX_RATIO = 3;
    private static final double MAX_ANSWER_MILLIS = 300;

    /** What one start showed. */
    private record Start(double millis, ProcessMemory memory) {}

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String sentence() {
        return "memory and time to the first DTLS answer of rackweaved, beside a bare JVM";
    }

    @Override
    public List<Figure> run(Settings settings) throws LabFailure {
        int runs = settings.effort() == Effort.QUICK ? 3 : 11;
        List<Start> ours = new ArrayList<>();
        List<Start> theirs = new ArrayList<>();
        try (BenchRack bench =
                BenchRack.create(settings.distribution(), RackPlan.of(1, 4, 1 << 20, Duration.ofSeconds(1)))) {
            // In turns, so that what else runs on this machine hits both alike.
            for (int i = 0; i < runs; i++) {
                DaemonProcess daemon = bench.rack().start(NODE);
                ours.add(firstAnswer(bench.rack(), daemon));
                List<String> bare = bareCommand(daemon.pid());
                daemon.kill();
                theirs.add(bareStart(bare));
            }
        }
        return figures(ours, theirs);
    }

    private static List<Figure> figures(List<Start> ours, List<Start> theirs) {
        String jvm = "bare JVM " + Runtime.version().feature();
        double rss = median(
                ours.stream().map(s -> s.memory().residentBytes() / MEGABYTE).toList());
        double bareRss = median(
                theirs.stream().map(s -> s.memory().residentBytes() / MEGABYTE).toList());
        double pss = median(ours.stream()
                .map(s -> s.memory().proportionalBytes() / MEGABYTE)
                .toList());
        double barePss = median(theirs.stream()
                .map(s -> s.memory().proportionalBytes() / MEGABYTE)
                .toList());
        double answer = median(ours.stream().map(Start::millis).toList());
        double bareReady = median(theirs.stream().map(Start::millis).toList());
        String count = ", median of " + ours.size() + " starts";
        return List.of(
                new Figure(
                        "RSS after first answer",
                        rss,
                        "MB",
                        jvm,
                        bareRss,
                        "<= 3 x and <= 88 MB" + count,
                        Figure.Verdict.of(rss <= MAX_RATIO * bareRss && rss <= MAX_MEGABYTES)),
                new Figure(
                        "PSS after first answer",
                        pss,
                        "MB",
                        jvm,
                        barePss,
                        "<= 3 x and <= 88 MB" + count,
                        Figure.Verdict.of(pss <= MAX_RATIO * barePss && pss <= MAX_MEGABYTES)),
                new Figure(
                        "time to first DTLS answer",
                        answer,
                        "ms",
                        jvm,
                        bareReady,
                        "< 300 ms" + count + "; the peer's is to its first line",
                        Figure.Verdict.of(answer < MAX_ANSWER_MILLIS)));
    }

    private static Start firstAnswer(Rack rack, DaemonProcess daemon) throws LabFailure {
        long askedNanos = System.nanoTime();
        rack.ask(NODE, new Command.Describe(), Answer.Description.class);
        double millis = daemon.startTime().toNanos() / 1e6 + (System.nanoTime() - askedNanos) / 1e6;
        return new Start(millis, ProcessMemory.of(daemon.pid()));
    }

    /** The daemon's own java and flags, without what is particular to its jars. */
    private static List<String> bareCommand(long pid) throws LabFailure {
        List<String> command = new ArrayList<>();
        try {
            String text = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.UTF_8);
            for (String word : text.split("\0", -1)) {
                if (word.equals("-cp")) {
                    break;
                }
                if (!word.startsWith("-D") && !word.startsWith("-XX:SharedArchiveFile=")) {
                    command.add(word);
                }
            }
        } catch (IOException failed) {
            throw new LabFailure("cannot read how the daemon was started: " + failed.getMessage(), failed);
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(BareJvm.class.getName());
        return command;
    }

    private static Start bareStart(List<String> command) throws LabFailure {
        long startNanos = System.nanoTime();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                if (!BareJvm.READY.equals(said.readLine())) {
                    throw new LabFailure("the bare JVM did not start: " + String.join(" ", command));
                }
                double millis = (System.nanoTime() - startNanos) / 1e6;
                return new Start(millis, ProcessMemory.of(process.pid()));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException failed) {
            throw new LabFailure("cannot start a bare JVM: " + failed.getMessage(), failed);
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
