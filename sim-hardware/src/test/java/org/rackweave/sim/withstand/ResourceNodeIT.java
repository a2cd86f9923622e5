package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/**
 * A Resource Node: a chassis program with eight modules behind a CXL switch and a Switchtec, and the daemon of its card, which has no host
 * of its own. Nodes b and c borrow. Two supplies of 700 W: 700 W may be on.
 */
class ResourceNodeIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** An owner looks at each route once a minute. */
    private static final Duration A_ROUND = Duration.ofMinutes(2);

    private static final Pattern CXL = Pattern.compile("CXL switch at [0-9.]+:([0-9]{1,5})");
    private static final Pattern SWITCHTEC = Pattern.compile("Switchtec at [0-9.]+:([0-9]{1,5})");
    private static final String PLAN = """
            supply 7-0058 700W
            supply 7-0059 700W
            fans 8-0020
            link b 10-0050
            link c 10-0051
            slot 1 cxl 4 25W 9-0048
            slot 2 cxl 5 25W 9-0049
            slot 3 cxl 6 25W 9-004a
            slot 4 cxl 7 25W 9-004b
            slot 5 switchtec 16 25W 9-004c
            slot 6 switchtec 20 25W 9-004d
            slot 7 switchtec 24 350W 9-004e
            slot 8 switchtec 28 350W 9-004f
            cxl port 0 upstream
            cxl port 1 upstream
            cxl port 2 upstream
            cxl port 4 sld 4MiB
            cxl port 5 sld 4MiB
            cxl port 6 sld 4MiB
            cxl port 7 sld 4MiB
            cxl vcs 0 upstream 0 vppbs 4 windows {dir}/b/{vppb}.mem
            cxl vcs 1 upstream 1 vppbs 4 windows {dir}/c/{vppb}.mem
            cxl vcs 2 upstream 2 vppbs 4 windows {dir}/wash/{vppb}.mem
            cxl memory {dir}/devices
            switchtec partitions 2
            switchtec logical-ports 4
            switchtec bind-time 10
            switchtec stack 0 4,0,4
            switchtec stack 2 8,0,0,0,8
            switchtec stack 3 8,0,0,0,8
            switchtec upstream 0 0
            switchtec upstream 2 1
            """;

    private final TrialRack rack = TrialRack.of("a", "b", "c");
    private final Operator operator = rack.operator();
    private final Path chassis = rack.scratch("chassis");
    private final Path plan = rack.scratch("plan").resolve("plan");
    private int card;
    private int b;
    private int c;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(plan, PLAN, StandardCharsets.UTF_8);
        rack.user().give(plan);
        TrialProcess program = rack.launchLab(
                "chassis",
                "--config",
                plan.toString(),
                "--dir",
                chassis.toString(),
                "--address",
                "127.0.0.2",
                "--port",
                "0");
        int cxl = port(program, CXL);
        int switchtec = port(program, SWITCHTEC);
        rack.configure(
                "a",
                rack.standard("a")
                        .without("lending.interposer.settings.rackDir")
                        .without("lending.interposer.settings.memorySlices")
                        .without("lending.interposer.settings.sliceBytes")
                        .with("node.host", "none")
                        .with("lending.interposer.provider", "chassis")
                        .with("lending.interposer.settings", settings(cxl, switchtec)));
        card = rack.launch("a").awaitReady();
        b = rack.launch("b").awaitReady();
        c = rack.launch("c").awaitReady();
        operator.awaitNeighbours(b, 2);
        operator.awaitNeighbours(c, 2);
        awaitAllFree();
    }

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void whatIsLentHasPowerAndWhatIsIdleSleeps() throws Exception {
        assertThat(power()).isEqualTo("00000000");
        borrowed("b", "memory", "4MiB", "");
        assertThat(power().indexOf('1')).isBetween(0, 3);
        borrowed("c", "pcie-device", "1", "accel/gpu");
        assertThat(power()).matches("[01]{4}00(10|01)");
        assertThat(power().chars().filter(slot -> slot == '1').count()).isEqualTo(2);
        // The window of b's host is the module's own memory.
        Path window = Path.of(operator.loans(b)
                .get(0)
                .leases()
                .get(0)
                .attachment()
                .orElseThrow()
                .address());
        assertThat(window).hasSize(4 << 20);

        Ended own = rack.commandLine("a", "borrow", "--kind", "memory", "--amount", "4MiB");
        assertThat(own.exitCode()).isNotZero();
        assertThat(own.errors()).contains("it lends and never borrows");

        giveBack();
        assertThat(power()).isEqualTo("00000000");
    }

    @Test
    void aLoanBeyondTheBudgetIsRefusedByNameAndNothingIsQuarantined() {
        borrowed("b", "pcie-device", "1", "accel/gpu");
        borrowed("c", "pcie-device", "1", "accel/gpu");
        assertThat(power()).isEqualTo("00000011");
        Ended third = borrow("b", "memory", "4MiB", "");
        assertThat(third.exitCode()).isNotZero();
        assertThat(third.errors()).contains("no more than 700 W may be");
        assertThat(power()).isEqualTo("00000011");
        Soon.is("the slice is free again", SOON, () -> states().stream()
                .allMatch(state -> state == SliceState.FREE || state == SliceState.ACTIVE));
    }

    @Test
    void withoutASupplyNothingNewIsLentTheOperatorIsToldAndLoansGoOn() throws Exception {
        borrowed("b", "memory", "4MiB", "");
        String lent = power();
        faults("supply 7-0058 fails");
        Soon.is("the operator is told", SOON, () -> told("hardware.warning").contains("power supply 7-0058"));
        Ended refused = borrow("c", "pcie-device", "1", "accel/gpu");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.errors()).contains("power supply 7-0058", "nothing new is lent before it works again");
        assertThat(power()).isEqualTo(lent);
        assertThat(operator.loans(b).get(0).state()).isEqualTo(LoanState.ACTIVE);
        Soon.is("what was refused is free again", SOON, () -> states().stream()
                .allMatch(state -> state == SliceState.FREE || state == SliceState.ACTIVE));

        faults("");
        Soon.is("the repair is told", SOON, () -> told("hardware.recovered").contains("power supply 7-0058"));
        borrowed("c", "pcie-device", "1", "accel/gpu");
    }

    @Test
    void aModuleThatIsPulledOutIsToldAndItsLoanEndsInQuarantineUntilItIsBack() throws Exception {
        borrowed("c", "pcie-device", "1", "accel/gpu");
        int slot = power().indexOf('1') + 1;
        String key = slot == 7 ? "port24" : "port28";
        faults("slot " + slot + " pulled");
        Soon.is(
                "the operator is told",
                SOON,
                () -> told("hardware.warning").contains("slot " + slot) && power().equals("00000000"));
        assertThat(operator.loans(c).get(0).state()).isEqualTo(LoanState.ACTIVE);
        operator.loans(c).forEach(loan -> operator.ask(c, new Command.ReleaseLoan(loan.id())));
        Soon.is("it is put aside", A_ROUND, () -> slice(key).state() == SliceState.QUARANTINED);
        assertThat(slice(key).reason()).contains("nothing is in it");

        faults("");
        Soon.is("it is seen to be back", SOON, () -> told("hardware.recovered").contains("slot " + slot));
        Ended ended = rack.commandLine("a", "quarantine", "end", key, "--yes");
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        Soon.is("it is lent again", SOON, () -> slice(key).state() == SliceState.FREE);
    }

    // ---- asking ----------------------------------------------------------------------------------------------------

    private static String settings(int cxl, int switchtec, Path chassis) {
        return "{ root: " + chassis
                + ", modules: \"1 port4 25W 9-0048; 2 port5 25W 9-0049; 3 port6 25W 9-004a; 4 port7 25W 9-004b;"
                + " 5 nvme0 25W 9-004c; 6 nvme1 25W 9-004d; 7 gpu0 350W 9-004e; 8 gpu1 350W 9-004f\""
                + ", supplies: \"7-0058, 7-0059\", fans: \"8-0020\", links: \"b 10-0050, c 10-0051\""
                + ", cxl-switch.switch: \"127.0.0.1:" + cxl + "\""
                + ", cxl-switch.lend: \"4=4MiB, 5=4MiB, 6=4MiB, 7=4MiB\", cxl-switch.hosts: \"b=0, c=1\""
                + ", cxl-switch.wash: \"2\", cxl-switch.washWindow: \"" + chassis + "/wash/{vppb}.mem\""
                + ", cxl-switch.windows: \"" + chassis + "/{host}/{vppb}.mem\", cxl-switch.forcedEnd: tolerated"
                + ", switchtec.address: \"127.0.0.2:" + switchtec + "\", switchtec.hosts: \"b=0,c=1\""
                + ", switchtec.provenance: simulated, switchtec.slices: \""
                + "device 16 storage/nvme wipe none-kept on nvme0 tolerated;"
                + " device 20 storage/nvme wipe none-kept on nvme1 tolerated;"
                + " device 24 accel/gpu wipe none-kept on gpu0 tolerated;"
                + " device 28 accel/gpu wipe none-kept on gpu1 tolerated\" }";
    }

    private String settings(int cxl, int switchtec) {
        return settings(cxl, switchtec, chassis);
    }

    private static int port(TrialProcess program, Pattern said) {
        return Soon.get("the chassis listens", SOON, () -> {
            Matcher matcher = said.matcher(program.said());
            return matcher.find() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
        });
    }

    private Ended borrow(String node, String kind, String amount, String capability) {
        return capability.isEmpty()
                ? rack.commandLine(node, "borrow", "--kind", kind, "--amount", amount, "--from", "a")
                : rack.commandLine(
                        node, "borrow", "--kind", kind, "--amount", amount, "--capability", capability, "--from", "a");
    }

    private void borrowed(String node, String kind, String amount, String capability) {
        Ended ended = borrow(node, kind, amount, capability);
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
    }

    private void giveBack() {
        for (int node : List.of(b, c)) {
            operator.loans(node).forEach(loan -> operator.ask(node, new Command.ReleaseLoan(loan.id())));
        }
        awaitAllFree();
    }

    private void awaitAllFree() {
        Soon.is("all is free", SOON, () -> states().stream().allMatch(state -> state == SliceState.FREE));
    }

    private List<SliceState> states() {
        return operator.slices(card).stream().map(SliceView::state).toList();
    }

    private SliceView slice(String key) {
        return operator.slices(card).stream()
                .filter(slice -> slice.id().key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private String told(String kind) {
        return Operator.expect(Answer.Events.class, operator.ask(card, new Command.ReadEvents(0))).events().stream()
                .filter(event -> event.kind().equals(kind))
                .map(EventView::text)
                .collect(Collectors.joining("\n"));
    }

    // ---- at the chassis --------------------------------------------------------------------------------------------

    private void faults(String text) throws IOException {
        Path faults = chassis.resolve("faults");
        Files.writeString(faults, text);
        rack.user().give(faults);
    }

    private String power() {
        return IntStream.rangeClosed(1, 8).mapToObj(this::powerOf).collect(Collectors.joining());
    }

    private String powerOf(int slot) {
        try {
            return Files.readString(chassis.resolve("sys/bus/pci/slots/" + slot + "/power"))
                    .strip();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
