package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.EthernetLink;
import org.rackweave.hal.switchtec.SwitchtecClient;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WipeCertificate;

/**
 * Daemons that lend through a simulated Switchtec: three programs, chosen by configuration alone. What is bound is read from the switch by
 * somebody who is none of them. Node a is at partition 0, b at 1.
 */
class SwitchtecLendingIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** An owner looks at each route once a minute. */
    private static final Duration A_ROUND = Duration.ofMinutes(2);

    private static final Pattern LISTENS = Pattern.compile("listens on /([0-9.]+):([0-9]{1,5});");
    private static final int NIC = 16;
    private static final int STACK = 1;
    private static final List<Integer> WHOLE = List.of(16, 0, 0, 0, 0, 0, 0, 0);
    private static final List<Integer> HALVES = List.of(8, 0, 0, 0, 8, 0, 0, 0);

    private final TrialRack rack = TrialRack.of("a", "b");
    private final Operator operator = rack.operator();
    private final Path faults = rack.scratch("switch").resolve("faults");
    private InetSocketAddress switchAddress;
    private TrialProcess ownerProcess;
    private int owner;
    private int borrower;

    @BeforeEach
    void start() {
        TrialProcess lab = rack.launchLab(
                "switch", "switchtec", "--address", "127.0.0.2", "--port", "0", "--faults", faults.toString());
        switchAddress = Soon.get("the switch listens", SOON, () -> {
            Matcher said = LISTENS.matcher(lab.said());
            return said.find()
                    ? Optional.of(new InetSocketAddress(said.group(1), Integer.parseInt(said.group(2))))
                    : Optional.empty();
        });
        rack.configure(
                "a",
                rack.standard("a")
                        .without("lending.interposer.settings.rackDir")
                        .without("lending.interposer.settings.memorySlices")
                        .without("lending.interposer.settings.sliceBytes")
                        .with("lending.interposer.provider", "switchtec")
                        .with("lending.interposer.settings.address", "\"127.0.0.2:" + switchAddress.getPort() + "\"")
                        .with("lending.interposer.settings.hosts", "\"a=0,b=1\"")
                        .with(
                                "lending.interposer.settings.slices",
                                "\"device 16 net/100g wipe none-kept tolerated;"
                                        + " lanes 8 pcie/gen4 tolerated; lanes 12 pcie/gen4 tolerated\"")
                        .with("lending.interposer.settings.splits", "\"1 16 8,0,0,0,8\"")
                        .with("lending.interposer.settings.bindLimit", "\"1s\"")
                        .with("lending.interposer.settings.provenance", "simulated"));
        ownerProcess = rack.launch("a");
        owner = ownerProcess.awaitReady();
        borrower = rack.launch("b").awaitReady();
        operator.awaitNeighbours(borrower, 1);
        awaitAllFree();
    }

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void aDeviceIsBoundToTheBorrowersPartitionAndUnboundWhenItComesBack() throws Exception {
        Ended borrowed = borrow("pcie-device", "1");
        assertThat(borrowed.exitCode()).as(borrowed.errors()).isZero();
        assertThat(placeOf(NIC)).contains(new LogicalPlace(1, 1));
        LeaseView lease = operator.loans(borrower).get(0).leases().get(0);
        assertThat(lease.attachment().map(Attachment::kind)).contains("pcie-device");
        assertThat(lease.attachment().map(Attachment::address)).contains("127.0.0.2:0 partition 1 logical port 1");
        assertThat(lease.wipe().map(WipeCertificate::method)).contains("operator-attests-none-kept");
        assertThat(operator.describe(owner).toString()).contains("Switchtec 127.0.0.2:0");
        giveBack();
        assertThat(placeOf(NIC)).isEmpty();
    }

    @Test
    void halfOfASixteenLanePortIsLentToAnotherNodeAndTakenBack() throws Exception {
        assertThat(lanes()).isEqualTo(WHOLE);
        Ended borrowed = borrow("lanes", "8");
        assertThat(borrowed.exitCode()).as(borrowed.errors()).isZero();
        assertThat(lanes()).isEqualTo(HALVES);
        assertThat(List.of(placeOf(8), placeOf(12)))
                .containsExactlyInAnyOrder(Optional.of(new LogicalPlace(1, 1)), Optional.empty());
        assertThat(operator.loans(borrower).get(0).leases().get(0).wipe().map(WipeCertificate::method))
                .contains("none-needed");
        giveBack();
        assertThat(lanes()).isEqualTo(WHOLE);
    }

    @Test
    void aBindWithoutAnAnswerIsNoLoanAndIsTakenBack() throws Exception {
        Files.writeString(faults, "bind forget 1\n");
        rack.user().give(faults);
        assertThat(borrow("pcie-device", "1").exitCode()).isNotZero();
        awaitAllFree();
        assertThat(placeOf(NIC)).isEmpty();
        assertThat(borrow("pcie-device", "1").exitCode()).isZero();
        assertThat(placeOf(NIC)).contains(new LogicalPlace(1, 1));
    }

    @Test
    void aLoanOutlivesTheOwnersDaemon() throws Exception {
        assertThat(borrow("pcie-device", "1").exitCode()).isZero();
        ownerProcess.kill();
        assertThat(placeOf(NIC)).contains(new LogicalPlace(1, 1));
        owner = rack.launch("a").awaitReady();
        assertThat(slice("port16").state()).isEqualTo(SliceState.ACTIVE);
        assertThat(placeOf(NIC)).contains(new LogicalPlace(1, 1));
    }

    @Test
    void whatAForeignManagerMovedIsPutAsideAndNamedWhenTheOwnerLooks() throws Exception {
        ownerProcess.kill();
        tell(new MrpcCommand.Bind(new LogicalPlace(3, 1), new PhysicalPort(NIC)));
        Soon.is("the foreign bind is done", SOON, () -> placeOf(NIC).isPresent());
        owner = rack.launch("a").awaitReady();
        assertThat(slice("port16").state()).isEqualTo(SliceState.QUARANTINED);
        assertThat(slice("port16").reason()).contains("partition 3 of no known host");
        assertThat(slice("lanes12").state()).isEqualTo(SliceState.FREE);
        assertThat(borrow("pcie-device", "1").exitCode()).isNotZero();
    }

    @Test
    void whatIsLentIsLeftAloneByPeopleUnlessToldTwiceAndNotByARogueManager() throws Exception {
        assertThat(borrow("pcie-device", "1").exitCode()).isZero();
        LogicalPlace lent = placeOf(NIC).orElseThrow();

        Ended tree = rack.commandLine("a", "hw", "tree");
        assertThat(tree.output())
                .contains("port 16, downstream, x8 of x8 gen4: partition 1 logical port 1 (port16 active, b)");
        Ended refused = rack.commandLine("a", "hw", "unbind", "1", "1", "--yes");
        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.errors()).contains("port16 active, b", "--although-lent");
        assertThat(placeOf(NIC)).contains(lent);

        String place = "switchtec:127.0.0.2:" + switchAddress.getPort();
        rack.launchLab("rogue-fm", "--switch", place);
        Soon.is(
                "the rogue manager moved it",
                SOON,
                () -> placeOf(NIC).isPresent() && !placeOf(NIC).get().equals(lent));
        Soon.is("its owner looked", A_ROUND, () -> slice("port16").state() == SliceState.QUARANTINED);
        assertThat(slice("port16").reason()).contains("partition");
    }

    // ---- asking ----------------------------------------------------------------------------------------------------

    private Ended borrow(String kind, String amount) {
        return rack.commandLine("b", "borrow", "--kind", kind, "--amount", amount, "--from", "a");
    }

    private void giveBack() {
        operator.loans(borrower).forEach(loan -> operator.ask(borrower, new Command.ReleaseLoan(loan.id())));
        awaitAllFree();
    }

    private void awaitAllFree() {
        Soon.is("all is free", SOON, () -> operator.slices(owner).stream()
                .allMatch(slice -> slice.state() == SliceState.FREE));
    }

    private SliceView slice(String key) {
        return operator.slices(owner).stream()
                .filter(slice -> slice.id().key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    // ---- what the switch says
    // ----------------------------------------------------------------------------------------

    private Optional<LogicalPlace> placeOf(int port) {
        return tell(MrpcCommand.BindInfo.ALL).ports().stream()
                .filter(bind -> bind.port().id() == port)
                .findFirst()
                .flatMap(MrpcAnswer.PortBind::place);
    }

    private List<Integer> lanes() {
        return tell(new MrpcCommand.ReadBifurcation(STACK)).lanes().widths();
    }

    private <A extends MrpcAnswer> A tell(MrpcCommand<A> command) {
        try (EthernetLink link = EthernetLink.open(switchAddress, 0, SOON)) {
            return new SwitchtecClient(link).answerTo(command);
        } catch (HalException failed) {
            throw new AssertionError(failed);
        }
    }
}
