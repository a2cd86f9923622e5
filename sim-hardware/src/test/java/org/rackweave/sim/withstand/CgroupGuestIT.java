package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.machines.Guest;

/**
 * The broker with its agent on a kernel with cgroup v2: a guest with three CPUs, of which two groups share two, and 320 MiB,
 * and the card's daemon outside. What moved is read by a shell of the guest, which knows nothing of the agent.
 */
@Tag("machines")
class CgroupGuestIT {
    /** A guest that is emulated on processors that others use too is slow. */
    private static final Duration SOON = Duration.ofMinutes(3);

    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final Path FILES = TrialGuest.FILES;
    private static final long MIB = 1L << 20;
    private static final long TWO_SECONDS_MICROS = 2_000_000;

    private static final String OPTIONS = """
            report: 500ms
            cpus: "1-2"
            memory: 320MiB
            vms:
              - { name: batch, priority: 1, cores: 0..2, memory: 64MiB..256MiB, cgroup: /sys/fs/cgroup/batch }
              - { name: db, priority: 5, cores: 0, memory: 64MiB, cgroup: /sys/fs/cgroup/db }
            """;

    /** Said by GNU's shell of a process that a signal ended: 128 and SIGKILL. */
    private static final int KILLED = 137;

    private static final int PORT = freePort();
    private static TrialRack rack;
    private static Operator operator;
    private static TrialGuest guest;

    @BeforeAll
    static void aGuestWithTheAgentsFilesAndItsCardOutside() throws Exception {
        rack = TrialRack.of("a");
        operator = rack.operator();
        rack.configure("a", rack.standard("a").with("network.coapPort", PORT));
        rack.launch("a").awaitReady();
        Path files = rack.agentFiles("a", "10.0.2.2:" + PORT, FILES, OPTIONS);
        Path logs = Files.createDirectories(Path.of("target/machines"));
        guest = TrialGuest.boot(new Guest.Shape(3, 1024 * MIB, Optional.of(files)), logs, ANSWER);
        shell("echo '+cpuset +memory' > /sys/fs/cgroup/cgroup.subtree_control");
        shell("mkdir /sys/fs/cgroup/batch /sys/fs/cgroup/db");
        startAgent();
    }

    @AfterAll
    static void switchOff() throws LabFailure {
        try {
            if (guest != null) {
                System.out.println(shell("cat /tmp/agent.log"));
                guest.close();
            }
        } finally {
            if (rack != null) {
                rack.close();
            }
        }
    }

    /** The first test finds groups without any limit, and later ones what the one before has given back. */
    @BeforeEach
    void normalShares() {
        awaitShares(2, 0, 256, 64);
    }

    @AfterEach
    void emptyGroups() {
        shell("rm -f /dev/shm/batch");
        endLoops();
        // A test that failed in the middle is to spoil no other.
        Operator.expect(Answer.VmAsks.class, operator.ask(PORT, new Command.ListAsks())).asks().stream()
                .filter(ask -> ask.state().isLive())
                .forEach(ask -> operator.ask(PORT, new Command.ReturnAsk(ask.id())));
    }

    @Test
    void coresMoveBetweenTwoGroupsOfBusyProcessesAndBack() {
        startLoops("batch");
        startLoops("db");
        assertThat(isFrozen("db")).isTrue();
        assertThat(shareOfDb()).isZero();

        String first = ask("cores", "1");

        assertThat(cpus("batch")).hasSize(1);
        assertThat(cpus("db")).hasSize(1).doesNotContainAnyElementsOf(cpus("batch"));
        assertThat(allowedToALoopOf("batch")).isEqualTo(cpus("batch"));
        assertThat(allowedToALoopOf("db")).isEqualTo(cpus("db"));
        // Each has a CPU of its own; what the agent and the kernel need comes from either.
        assertThat(shareOfDb()).isBetween(0.3, 0.7);

        // batch is guaranteed none at all: what has no core stands still.
        String second = ask("cores", "1");

        assertThat(isFrozen("batch")).isTrue();
        assertThat(cpus("db")).hasSize(2);
        assertThat(shareOfDb()).isEqualTo(1.0);

        giveBack(second);
        Soon.is("batch runs again", SOON, () -> !isFrozen("batch"));
        giveBack(first);
        awaitShares(2, 0, 256, 64);
        assertThat(shareOfDb()).isZero();
    }

    @Test
    void memoryMovesAndTheKernelEnforcesIt() {
        String core = ask("cores", "1");
        assertThat(takesInDb(100)).isEqualTo(KILLED);
        assertThat(timesKilledForMemory()).isEqualTo(1);
        // What is only cached can be reclaimed.
        inGroup("batch", "dd if=/dev/vda of=/dev/null bs=1M count=300");
        assertThat(number("/sys/fs/cgroup/batch/memory.current")).isGreaterThan(200 * MIB);

        String ask = ask("memory", "64MiB");

        assertThat(limit("batch")).isEqualTo(192 * MIB);
        assertThat(number("/sys/fs/cgroup/batch/memory.current")).isLessThanOrEqualTo(192 * MIB);
        assertThat(limit("db")).isEqualTo(128 * MIB);
        assertThat(takesInDb(100)).isZero();
        assertThat(timesKilledForMemory()).isEqualTo(1);

        giveBack(ask);
        awaitShares(1, 1, 256, 64);
        assertThat(takesInDb(100)).isEqualTo(KILLED);
        assertThat(timesKilledForMemory()).isEqualTo(2);
        giveBack(core);
    }

    @Test
    void memoryThatIsInUseIsNotTaken() {
        // Pages of a file in memory, and there is no swap: the kernel cannot reclaim them.
        assertThat(inGroup("batch", "dd if=/dev/zero of=/dev/shm/batch bs=1M count=220"))
                .isZero();

        Ended refused = asked("memory", "64MiB");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.output() + refused.errors()).contains("refused", "cannot do with");
        assertThat(limit("batch")).isEqualTo(256 * MIB);
        assertThat(limit("db")).isEqualTo(64 * MIB);
        assertThat(shell("cat /sys/fs/cgroup/batch/memory.high")).isEqualTo("max");
        assertThat(shell("cat /sys/fs/cgroup/batch/memory.events")).contains("oom_kill 0");
    }

    @Test
    void aKilledAgentLeavesWhatIsAndItsSuccessorDoesWhatWasAskedMeanwhile() {
        startLoops("batch");
        startLoops("db");
        String first = ask("cores", "1");
        killAgent();
        assertThat(shareOfDb()).isBetween(0.3, 0.7);

        Ended waiting =
                rack.commandLine("a", "ask", "--vm", "db", "--kind", "cores", "--amount", "1", "--priority", "5");
        assertThat(waiting.exitCode()).as(waiting.errors()).isZero();
        assertThat(cpus("batch")).hasSize(1);
        assertThat(isFrozen("batch")).isFalse();

        // An emulated CPU that loops takes time from the one that an agent starts on.
        endLoops();
        startAgent();
        awaitShares(0, 2, 256, 64);
        giveBack(idIn(waiting));
        giveBack(first);
    }

    // ---- asking ----------------------------------------------------------------------------------------------------

    private static String ask(String kind, String amount) {
        Ended ended = asked(kind, amount);
        assertThat(ended.exitCode()).as(ended.output() + ended.errors()).isZero();
        assertThat(ended.output()).contains("done");
        return idIn(ended);
    }

    private static Ended asked(String kind, String amount) {
        return rack.commandLine(
                "a", "ask", "--vm", "db", "--kind", kind, "--amount", amount, "--priority", "5", "--wait");
    }

    private static String idIn(Ended asked) {
        Matcher matcher = Pattern.compile("(?m)^ask +([0-9a-f]{32})$").matcher(asked.output());
        assertThat(matcher.find()).as(asked.output()).isTrue();
        return matcher.group(1);
    }

    private static void giveBack(String ask) {
        Ended ended = rack.commandLine("a", "return", ask);
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
    }

    // ---- the agent in the guest ------------------------------------------------------------------------------------

    private static void startAgent() {
        shell("setsid " + FILES + "/rackweave/bin/rackweave-agent --config " + FILES
                + "/agent.yaml > /tmp/agent.log 2>&1 & echo $! > /tmp/agent.pid");
        Soon.is("the agent is ready: " + shell("cat /tmp/agent.log"), SOON, () -> shell("cat /tmp/agent.log")
                .contains("rackweave-agent ready vms=2"));
    }

    private static void killAgent() {
        shell("kill -9 $(cat /tmp/agent.pid); while [ -d /proc/$(cat /tmp/agent.pid) ]; do sleep 0.1; done");
    }

    // ---- what the guest's kernel says ------------------------------------------------------------------------------

    private static String shell(String command) {
        return guest.shell(command);
    }

    private static Guest.Answer run(String command) {
        return guest.run(command);
    }

    /** Two that never sleep. */
    private static void startLoops(String group) {
        for (int loop = 0; loop < 2; loop++) {
            shell("setsid sh -c 'echo $$ > /sys/fs/cgroup/" + group
                    + "/cgroup.procs; while :; do :; done' > /dev/null 2>&1 &");
        }
        Soon.is(
                "two loops are in " + group,
                SOON,
                () -> number("/sys/fs/cgroup/" + group + "/cgroup.procs", "wc -l <") == 2);
    }

    private static void endLoops() {
        shell("for group in batch db; do echo 1 > /sys/fs/cgroup/$group/cgroup.kill; done");
    }

    /** What a command in this group ends with. */
    private static int inGroup(String group, String command) {
        return run("sh -c 'echo $$ > /sys/fs/cgroup/" + group + "/cgroup.procs; exec " + command + "' 2>/dev/null")
                .exitCode();
    }

    private static void awaitShares(int batchCpus, int dbCpus, long batchMib, long dbMib) {
        Soon.is(
                "batch has " + batchCpus + " CPUs and " + batchMib + " MiB, db has " + dbCpus + " and " + dbMib,
                SOON,
                () -> cpus("batch").size() == batchCpus
                        && cpus("db").size() == dbCpus
                        && shell("cat /sys/fs/cgroup/batch/memory.max").equals(Long.toString(batchMib * MIB))
                        && shell("cat /sys/fs/cgroup/db/memory.max").equals(Long.toString(dbMib * MIB)));
    }

    private static boolean isFrozen(String group) {
        return shell("cat /sys/fs/cgroup/" + group + "/cgroup.events").contains("frozen 1");
    }

    /** Where it may run now. */
    private static Set<String> cpus(String group) {
        return isFrozen(group) ? Set.of() : cpuSet(shell("cat /sys/fs/cgroup/" + group + "/cpuset.cpus.effective"));
    }

    private static Set<String> allowedToALoopOf(String group) {
        return cpuSet(shell("sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/$(head -n 1 /sys/fs/cgroup/" + group
                + "/cgroup.procs)/status"));
    }

    private static Set<String> cpuSet(String list) {
        Set<String> cpus = new TreeSet<>();
        for (String part : list.split(",", -1)) {
            String[] ends = part.split("-", 2);
            for (int cpu = Integer.parseInt(ends[0]); cpu <= Integer.parseInt(ends[ends.length - 1]); cpu++) {
                cpus.add(Integer.toString(cpu));
            }
        }
        return cpus;
    }

    /** Of the CPU time that both groups use from now on, until it is two seconds, which part db uses. */
    private static double shareOfDb() {
        long batchBefore = usedMicros("batch");
        long dbBefore = usedMicros("db");
        Soon.is(
                "both together have used two seconds of CPU time",
                SOON,
                () -> usedMicros("batch") - batchBefore + usedMicros("db") - dbBefore >= TWO_SECONDS_MICROS);
        double ofDb = usedMicros("db") - dbBefore;
        return ofDb / (ofDb + usedMicros("batch") - batchBefore);
    }

    private static long usedMicros(String group) {
        return Long.parseLong(shell("sed -n 's/^usage_usec //p' /sys/fs/cgroup/" + group + "/cpu.stat"));
    }

    private static long limit(String group) {
        return number("/sys/fs/cgroup/" + group + "/memory.max");
    }

    private static long number(String file) {
        return number(file, "cat");
    }

    private static long number(String file, String command) {
        return Long.parseLong(shell(command + " " + file));
    }

    /** How a process of db ends that needs so much memory. */
    private static int takesInDb(int mebibytes) {
        return inGroup("db", "dd if=/dev/zero of=/dev/null count=1 bs=" + mebibytes + "M");
    }

    private static long timesKilledForMemory() {
        return Long.parseLong(shell("sed -n 's/^oom_kill //p' /sys/fs/cgroup/db/memory.events"));
    }

    /** A card has to be where the agent was told to look for it. */
    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
