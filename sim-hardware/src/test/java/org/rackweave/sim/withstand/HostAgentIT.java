package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ResourceKind;

/** The broker with its agent: cores really move between two processes that never sleep. Two CPUs are enough. */
class HostAgentIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** As many ticks of CPU time as a processor gives in a second. */
    private static final long A_SECOND_OF_TICKS = 100;

    private final TrialRack rack = TrialRack.of("a");
    private final Operator operator = rack.operator();
    private final List<Process> busy = new ArrayList<>();
    private final int port = freePort();
    private long low;
    private long high;
    private String agentOptions = "";

    @BeforeEach
    void twoBusyProcesses() {
        List<Integer> cpus = allowed(ProcessHandle.current().pid());
        assumeTrue(cpus.size() >= 2, "NOT RUN HERE: two CPUs are needed, and this process may use " + cpus);
        low = startBusy();
        high = startBusy();
        agentOptions = "report: 500ms\ncpus: \"" + cpus.get(0) + "," + cpus.get(1) + "\"\nvms:\n"
                + "  - { name: low, priority: 1, cores: 1..2, pid: " + low + " }\n"
                + "  - { name: high, priority: 5, cores: 0, pid: " + high + " }\n";
        rack.configure("a", rack.standard("a").with("network.coapPort", port));
    }

    @AfterEach
    void close() {
        busy.forEach(Process::destroyForcibly);
        rack.close();
    }

    @Test
    void aCoreMovesFromTheLowerPriorityToTheHigherAndBack() {
        rack.launch("a").awaitReady();
        rack.launchAgent("a", port, agentOptions);
        awaitReport();
        assertThat(allowed(low)).hasSize(2);
        assertThat(state(high)).isEqualTo('T');
        assertThat(shareOfHigh()).isZero();

        AskId ask = ask(1);
        awaitState(ask, AskState.DONE);

        assertThat(allowed(low)).hasSize(1);
        assertThat(allowed(high)).hasSize(1).doesNotContainAnyElementsOf(allowed(low));
        // Each has a CPU of its own; others on this machine may take from either, so that it is rarely one half.
        assertThat(shareOfHigh()).isBetween(0.15, 0.85);

        operator.ask(port, new Command.ReturnAsk(ask));
        awaitState(ask, AskState.RETURNED);
        Soon.is("low has both again", SOON, () -> allowed(low).size() == 2);
        assertThat(state(high)).isEqualTo('T');
        assertThat(operator.auditTrail(port))
                .extracting(AuditRow::action)
                .contains("ask.received", "ask.scaling-down", "host.order", "host.done", "ask.done", "ask.returned");
    }

    @Test
    void ordersWaitForAnAgentThatWasKilled() {
        rack.launch("a").awaitReady();
        TrialProcess agent = rack.launchAgent("a", port, agentOptions);
        awaitReport();
        agent.kill();

        AskId ask = ask(1);
        Soon.is("an order waits", SOON, () -> host().ordersWaiting() == 1);
        assertThat(state(ask)).isEqualTo(AskState.SCALING_DOWN);
        assertThat(allowed(low)).hasSize(2);

        rack.launchAgent("a", port, agentOptions);
        awaitState(ask, AskState.DONE);
        assertThat(allowed(low)).hasSize(1);
    }

    @Test
    void aKilledCardChangesNothingAtTheHostAndGoesOnWhereItWas() {
        TrialProcess card = rack.launch("a");
        card.awaitReady();
        rack.launchAgent("a", port, agentOptions);
        awaitReport();
        AskId ask = ask(1);
        awaitState(ask, AskState.DONE);

        card.kill();
        assertThat(allowed(low)).hasSize(1);
        assertThat(allowed(high)).hasSize(1);
        rack.launch("a").awaitReady();
        awaitReport();

        assertThat(state(ask)).isEqualTo(AskState.DONE);
        assertThat(allowed(low)).hasSize(1);
        operator.ask(port, new Command.ReturnAsk(ask));
        awaitState(ask, AskState.RETURNED);
        Soon.is("low has both again", SOON, () -> allowed(low).size() == 2);
    }

    @Test
    void theSameIsSeenAndAskedForOnTheCommandLine() {
        rack.launch("a").awaitReady();
        rack.launchAgent("a", port, agentOptions);
        awaitReport();

        Ended asked = rack.commandLine(
                "a", "ask", "--vm", "high", "--kind", "cores", "--amount", "1", "--priority", "5", "--wait");

        assertThat(asked.exitCode()).as(asked.errors()).isZero();
        assertThat(asked.output()).contains("done", "high has 1 cores more");
        assertThat(rack.commandLine("a", "host").output()).contains("low", "high", "done");
    }

    // ---- asking ----------------------------------------------------------------------------------------------------

    private AskId ask(long cores) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        AskId id = new AskId(random.nextLong(), random.nextLong());
        Answer answer = operator.ask(port, new Command.AskForVm(id, "high", ResourceKind.CORES, cores, 5, 60_000));
        Operator.expect(Answer.VmAsk.class, answer);
        return id;
    }

    private AskState state(AskId ask) {
        return Operator.expect(Answer.VmAsk.class, operator.ask(port, new Command.ReadAsk(ask)))
                .ask()
                .state();
    }

    private void awaitState(AskId ask, AskState wanted) {
        Soon.is("the ask is " + wanted.word(), SOON, () -> state(ask) == wanted);
    }

    private Answer.Host host() {
        return Operator.expect(Answer.Host.class, operator.ask(port, new Command.ReadHost()));
    }

    private void awaitReport() {
        Soon.is(
                "the agent has reported",
                SOON,
                () -> operator.ask(port, new Command.ReadHost()) instanceof Answer.Host);
    }

    // ---- what the kernel says
    // ----------------------------------------------------------------------------------------

    private long startBusy() {
        try {
            Process process = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
            busy.add(process);
            return process.pid();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> allowed(long pid) {
        String list = read(pid, "status")
                .lines()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow();
        List<Integer> cpus = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            String[] ends = part.split("-", 2);
            for (int cpu = Integer.parseInt(ends[0]); cpu <= Integer.parseInt(ends[ends.length - 1]); cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    private static char state(long pid) {
        String stat = read(pid, "stat");
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    private static long ticks(long pid) {
        String stat = read(pid, "stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** Of the next second of CPU time that both get, which part the higher one gets. */
    private double shareOfHigh() {
        long lowBefore = ticks(low);
        long highBefore = ticks(high);
        Soon.is(
                "both together have used a second of CPU time",
                SOON,
                () -> ticks(low) - lowBefore + ticks(high) - highBefore >= A_SECOND_OF_TICKS);
        double ofHigh = ticks(high) - highBefore;
        return ofHigh / (ofHigh + ticks(low) - lowBefore);
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A card that comes back has to be where its agent looks for it. */
    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
