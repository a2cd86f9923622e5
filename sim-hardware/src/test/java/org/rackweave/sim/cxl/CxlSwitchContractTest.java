package org.rackweave.sim.cxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.Drain;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponse;
import org.rackweave.hal.cxl.IdentifySwitch;
import org.rackweave.hal.cxl.LdAllocations;
import org.rackweave.hal.cxl.LdInfo;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.PortControl;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.QosFractions;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.mctp.Octets;

/** The client against the simulated switch, over TCP on this machine, in both dialects. */
@Timeout(120)
class CxlSwitchContractTest {
    private static final FmPatience PATIENT = new FmPatience(30_000, 30_000, 30_000);
    private static final FmPatience HASTY = new FmPatience(30_000, 100, 30_000);

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void the_inventory_is_the_plan(Dialect dialect) throws Exception {
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), dialect, 0);
                FmClient client = new FmClient(server.address(), PATIENT)) {
            IdentifySwitch.Response identity = answered(client, new IdentifySwitch.Request());
            assertThat(identity.ports()).isEqualTo(6);
            assertThat(identity.activeVirtualSwitches().ids()).containsExactly(0, 1);
            assertThat(identity.vppbs()).isEqualTo(16);

            PortState.Response ports = answered(client, new PortState.Request(List.of(0, 1, 2, 3, 4, 5, 99)));
            assertThat(ports.ports())
                    .extracting(PortState.Port::device)
                    .containsExactly(
                            PortState.Device.NONE,
                            PortState.Device.NONE,
                            PortState.Device.TYPE_3_SLD,
                            PortState.Device.TYPE_3_MLD,
                            PortState.Device.TYPE_3_MLD,
                            PortState.Device.NONE);
            assertThat(vcs(client, 0)).allMatch(vppb -> vppb.binding() == VcsInfo.Binding.UNBOUND);
            assertThat(answered(client, VcsInfo.Request.allOf(77))
                            .virtualSwitches()
                            .get(0)
                            .state())
                    .isEqualTo(VcsInfo.State.NO_SUCH);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void logical_devices_of_one_device_go_to_different_hosts_and_each_only_once(Dialect dialect) throws Exception {
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), dialect, 0);
                FmClient client = new FmClient(server.address(), PATIENT)) {
            answered(client, new BindVppb.Request(0, 1, 3, 0));
            answered(client, new BindVppb.Request(1, 1, 3, 1));
            assertThat(vcs(client, 0).get(1)).isEqualTo(new VcsInfo.Vppb(VcsInfo.Binding.LD, 3, 0));
            assertThat(vcs(client, 1).get(1)).isEqualTo(new VcsInfo.Vppb(VcsInfo.Binding.LD, 3, 1));

            assertThat(declined(client, new BindVppb.Request(1, 2, 3, 0))).isEqualTo(ReturnCode.INVALID_INPUT);
            assertThat(declined(client, new BindVppb.Request(0, 1, 3, 2))).isEqualTo(ReturnCode.INVALID_INPUT);
            assertThat(declined(client, new BindVppb.Request(0, 2, 3, 4))).isEqualTo(ReturnCode.INVALID_INPUT);
            assertThat(declined(client, new BindVppb.Request(0, 2, 3, BindVppb.WHOLE_PORT)))
                    .isEqualTo(ReturnCode.INVALID_INPUT);
            assertThat(declined(client, new BindVppb.Request(0, 2, 0, BindVppb.WHOLE_PORT)))
                    .as("an upstream port")
                    .isEqualTo(ReturnCode.INVALID_INPUT);
            assertThat(declined(client, new BindVppb.Request(0, 2, 5, BindVppb.WHOLE_PORT)))
                    .as("an empty port")
                    .isEqualTo(ReturnCode.INVALID_INPUT);

            answered(client, new UnbindVppb.Request(0, 1, UnbindVppb.How.SURPRISE));
            answered(client, new BindVppb.Request(1, 2, 3, 0));
            assertThat(vcs(client, 0)).allMatch(vppb -> vppb.binding() == VcsInfo.Binding.UNBOUND);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void allocations_are_set_through_the_tunnel_and_those_of_a_bound_device_stay(Dialect dialect) throws Exception {
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), dialect, 0);
                FmClient client = new FmClient(server.address(), PATIENT)) {
            assertThat(through(client, 3, new LdInfo.Request())).isEqualTo(new LdInfo.Response(16L << 30, 4, 0));
            List<LdAllocations.Range> wanted = List.of(new LdAllocations.Range(30, 2), new LdAllocations.Range(0, 0));
            through(client, 3, new LdAllocations.Set(0, wanted));
            assertThat(through(client, 3, new LdAllocations.Get(0, 2)).ranges()).isEqualTo(wanted);

            assertThat(client.callThrough(3, new LdAllocations.Set(1, List.of(new LdAllocations.Range(1, 0)))))
                    .as("64 units are all there are")
                    .isEqualTo(new Outcome.Declined<>(ReturnCode.INVALID_INPUT, 0));
            answered(client, new BindVppb.Request(0, 1, 3, 0));
            assertThat(client.callThrough(3, new LdAllocations.Set(0, List.of(new LdAllocations.Range(1, 0)))))
                    .isEqualTo(new Outcome.Declined<>(ReturnCode.INVALID_INPUT, 0));
            assertThat(client.callThrough(2, new LdInfo.Request()).kind())
                    .as("a single device has no logical ones")
                    .isEqualTo(Outcome.Kind.DECLINED);

            QosFractions.Fractions fractions = new QosFractions.Fractions(1, Octets.ofHex("8040"));
            through(client, 3, new QosFractions.Set(QosFractions.Of.LIMIT, fractions));
            assertThat(through(client, 3, new QosFractions.Get(QosFractions.Of.LIMIT, 2, 1)))
                    .isEqualTo(fractions);
        }
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void whatever_is_bound_and_unbound_nothing_is_ever_at_two_places(Dialect dialect) throws Exception {
        SwitchPlan quick = SwitchText.parse("""
                background 0ms
                port 0 upstream
                port 1 upstream
                port 2 sld 1GiB
                port 3 mld 1GiB lds 2
                vcs 0 upstream 0 vppbs 3
                vcs 1 upstream 1 vppbs 3
                """);
        Random random = new Random(5);
        int done = 0;
        try (CxlSwitchServer server = CxlSwitchServer.start(quick, dialect, 0);
                FmClient client = new FmClient(server.address(), PATIENT)) {
            for (int round = 0; round < 400; round++) {
                int virtualSwitch = random.nextInt(2);
                int vppb = random.nextInt(4);
                int port = random.nextInt(5);
                int device = random.nextInt(4) == 0 ? BindVppb.WHOLE_PORT : random.nextInt(3);
                Outcome<?> outcome = random.nextBoolean()
                        ? client.call(new BindVppb.Request(virtualSwitch, vppb, port, device))
                        : client.call(new UnbindVppb.Request(virtualSwitch, vppb, UnbindVppb.How.MANAGED));
                done += outcome.kind() == Outcome.Kind.ANSWERED ? 1 : 0;
                Set<String> bound = new HashSet<>();
                for (VcsInfo.Vppb each : List.copyOf(concat(vcs(client, 0), vcs(client, 1)))) {
                    if (each.binding() != VcsInfo.Binding.UNBOUND) {
                        assertThat(bound.add(each.toString()))
                                .as("%s in round %d", each, round)
                                .isTrue();
                    }
                }
            }
        }
        assertThat(done).isGreaterThan(20);
    }

    @Test
    void a_command_that_hangs_is_unknown_and_after_the_drain_reads_as_not_done() throws Exception {
        try (CxlSwitchServer server = withFault("fault bind-vppb hang");
                FmClient client = new FmClient(server.address(), HASTY)) {
            assertThat(client.call(new BindVppb.Request(0, 1, 2, BindVppb.WHOLE_PORT))
                            .kind())
                    .isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(client.drain()).isEqualTo(new Drain.Idle(Drain.Through.SAME_CONNECTION, Optional.empty()));
            assertThat(vcs(client, 0).get(1).binding()).isEqualTo(VcsInfo.Binding.UNBOUND);
        }
    }

    @Test
    void a_command_whose_answer_is_forgotten_is_unknown_and_after_the_drain_reads_as_done() throws Exception {
        try (CxlSwitchServer server = withFault("fault bind-vppb forget");
                FmClient client = new FmClient(server.address(), HASTY)) {
            assertThat(client.call(new BindVppb.Request(0, 1, 2, BindVppb.WHOLE_PORT))
                            .kind())
                    .isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(client.drain().kind()).isEqualTo(Drain.Kind.IDLE);
            assertThat(vcs(client, 0).get(1).binding()).isEqualTo(VcsInfo.Binding.PORT);
        }
    }

    @Test
    void a_bind_that_lands_late_has_landed_when_the_path_is_drained() throws Exception {
        try (CxlSwitchServer server = withFault("fault bind-vppb late 400ms");
                FmClient client = new FmClient(server.address(), HASTY)) {
            assertThat(client.call(new BindVppb.Request(0, 1, 2, BindVppb.WHOLE_PORT))
                            .kind())
                    .isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(vcsOfAnother(server)).as("read too early").isEqualTo(VcsInfo.Binding.UNBOUND);
            Drain drain = client.drain();
            while (drain.kind() == Drain.Kind.STUCK) {
                drain = client.drain();
            }
            assertThat(drain)
                    .isEqualTo(
                            new Drain.Idle(Drain.Through.SAME_CONNECTION, Optional.of(ReturnCode.BACKGROUND_STARTED)));
            assertThat(vcs(client, 0).get(1).binding()).isEqualTo(VcsInfo.Binding.PORT);
        }
    }

    @Test
    void a_firmware_that_lies_is_told_by_reading_only() throws Exception {
        try (CxlSwitchServer server = withFault("fault bind-vppb lie");
                FmClient client = new FmClient(server.address(), PATIENT)) {
            answered(client, new BindVppb.Request(0, 1, 2, BindVppb.WHOLE_PORT));
            assertThat(vcs(client, 0).get(1).binding()).isEqualTo(VcsInfo.Binding.UNBOUND);
        }
    }

    @Test
    void a_client_that_is_kept_waiting_keeps_no_other_waiting_and_faults_are_used_up() throws Exception {
        try (CxlSwitchServer server = withFault("");
                FmClient held = new FmClient(server.address(), HASTY);
                FmClient other = new FmClient(server.address(), PATIENT)) {
            server.tell(new PlannedFault(Opcode.CONTROL_PORT, PlannedFault.Kind.LATE, 60_000, 1));
            server.tell(new PlannedFault(Opcode.CONTROL_PORT, PlannedFault.Kind.FAIL, 0, 2));
            PortControl.Request reset = new PortControl.Request(2, PortControl.Action.ASSERT_PERST);
            assertThat(held.call(reset).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(declined(other, reset)).isEqualTo(ReturnCode.INTERNAL_ERROR);
            assertThat(declined(other, reset)).isEqualTo(ReturnCode.INTERNAL_ERROR);
            answered(other, reset);
            assertThat(answered(other, new PortState.Request(List.of(2)))
                                    .ports()
                                    .get(0)
                                    .linkFlags()
                            & PortState.Port.PERST)
                    .isNotZero();
        }
    }

    @Test
    void a_request_that_a_strangers_program_sent_is_answered_in_its_form() throws Exception {
        // jack show port -p 1, as captured.
        String request = "010000c8" + "07000000015102000000000000" + "0101" + "00".repeat(49);
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), Dialect.JRL, 0);
                Socket socket = new Socket(
                        server.address().getAddress(), server.address().getPort())) {
            assertThat(answerOf(socket, request))
                    .startsWith("010008c0" + "07100000015114000000000000" + "01000000" + "0104");
        }
    }

    /** Nothing is done of a bind of which a byte is missing, and nobody else is kept waiting by who was lost. */
    @Test
    void a_client_that_is_lost_at_any_byte_of_a_bind_has_bound_nothing() throws Exception {
        byte[] bind = HexFormat.of()
                .parseHex("010000c8" + "07000000015206000000000000" + "000102" + "00" + "ffff" + "00".repeat(45));
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), Dialect.JRL, 0)) {
            for (int length = 0; length < bind.length; length++) {
                try (Socket socket = new Socket(
                        server.address().getAddress(), server.address().getPort())) {
                    socket.getOutputStream().write(Arrays.copyOf(bind, length));
                    socket.shutdownOutput();
                    assertThat(socket.getInputStream().readAllBytes())
                            .as("after %d bytes", length)
                            .isEmpty();
                }
            }
            try (FmClient client = new FmClient(server.address(), PATIENT)) {
                assertThat(vcs(client, 0).get(1).binding()).isEqualTo(VcsInfo.Binding.UNBOUND);
            }
            try (Socket socket =
                    new Socket(server.address().getAddress(), server.address().getPort())) {
                assertThat(answerOf(socket, HexFormat.of().formatHex(bind))).startsWith("010008c0" + "0710000001520");
            }
            try (FmClient client = new FmClient(server.address(), PATIENT)) {
                while (vcs(client, 0).get(1).binding() == VcsInfo.Binding.BUSY) {
                    Thread.onSpinWait();
                }
                assertThat(vcs(client, 0).get(1).binding())
                        .as("with its last byte it is one")
                        .isNotEqualTo(VcsInfo.Binding.UNBOUND);
            }
        }
    }

    @Test
    void a_manager_that_gives_the_switch_another_endpoint_id_is_answered_from_it() throws Exception {
        // jack mctp --set-eid 9, then jack show bos, as captured.
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), Dialect.JRL, 0);
                Socket socket = new Socket(
                        server.address().getAddress(), server.address().getPort())) {
            assertThat(answerOf(socket, "010000c8" + "0080010009" + "00".repeat(59)))
                    .startsWith("010008c0" + "00000100000900");
            assertThat(answerOf(socket, "010000c8" + "07000000020000000000000000" + "00".repeat(51)))
                    .as("the second answer of its connection")
                    .isEqualTo("010009d0" + "07100000020008000000000000" + "00".repeat(51));
        }
    }

    @Test
    void a_command_that_is_not_known_and_one_of_a_wrong_length_have_their_return_codes() throws Exception {
        try (CxlSwitchServer server = CxlSwitchServer.start(SwitchPlan.usual(), Dialect.CXL3, 0);
                Socket socket = new Socket(
                        server.address().getAddress(), server.address().getPort())) {
            assertThat(returnCodeOf(socket, "07000000ff5100000000000000")).isEqualTo(ReturnCode.UNSUPPORTED);
            assertThat(returnCodeOf(socket, "0700000001520200000000000000" + "00"))
                    .isEqualTo(ReturnCode.INVALID_PAYLOAD_LENGTH);
            assertThat(returnCodeOf(socket, "07000000025202" + "00".repeat(6) + "0000"))
                    .as("three bytes are due")
                    .isEqualTo(ReturnCode.INVALID_PAYLOAD_LENGTH);
            assertThat(returnCodeOf(socket, "07000000025203" + "00".repeat(6) + "000109"))
                    .as("there is no such option")
                    .isEqualTo(ReturnCode.INVALID_INPUT);
        }
    }

    @Test
    void a_plan_that_makes_no_sense_says_which_line() {
        assertThatThrownBy(() -> SwitchText.parse("port 0 upstrem")).hasMessageContaining("port 0 upstrem");
        assertThatThrownBy(() -> SwitchText.parse("port 0 mld 1GiB lds 3")).hasMessageContaining("256 MiB");
        assertThatThrownBy(() -> SwitchText.parse("vcs 0 upstream 7 vppbs 2")).hasMessageContaining("port 7");
        assertThatThrownBy(() -> SwitchText.parse("port 0 empty\nport 0 empty")).hasMessageContaining("twice");
        assertThatThrownBy(() -> SwitchText.parse("fault identify lie")).hasMessageContaining("cannot lie");
    }

    private static ReturnCode returnCodeOf(Socket socket, String message) throws IOException {
        String packet = "010000c8" + message + "00".repeat(64 - message.length() / 2);
        return new ReturnCode(Integer.parseInt(answerOf(socket, packet).substring(26, 28), 16));
    }

    private static String answerOf(Socket socket, String packet) throws IOException {
        socket.getOutputStream().write(HexFormat.of().parseHex(packet));
        byte[] answer = new byte[68];
        new DataInputStream(socket.getInputStream()).readFully(answer);
        return HexFormat.of().formatHex(answer);
    }

    private static CxlSwitchServer withFault(String line) throws IOException {
        return CxlSwitchServer.start(SwitchText.parse("""
                        port 0 upstream
                        port 2 sld 1GiB
                        vcs 0 upstream 0 vppbs 3
                        """ + line), Dialect.CXL3, 0);
    }

    private static VcsInfo.Binding vcsOfAnother(CxlSwitchServer server) throws IOException {
        try (FmClient other = new FmClient(server.address(), PATIENT)) {
            return vcs(other, 0).get(1).binding();
        }
    }

    private static List<VcsInfo.Vppb> vcs(FmClient client, int id) {
        return answered(client, VcsInfo.Request.allOf(id))
                .virtualSwitches()
                .get(0)
                .entries();
    }

    private static List<VcsInfo.Vppb> concat(List<VcsInfo.Vppb> first, List<VcsInfo.Vppb> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static <R extends FmResponse> R answered(FmClient client, FmRequest<R> request) {
        return answer(client.call(request));
    }

    private static <R extends FmResponse> R through(FmClient client, int port, FmRequest<R> request) {
        return answer(client.callThrough(port, request));
    }

    private static <R> R answer(Outcome<R> outcome) {
        assertThat(outcome.kind()).as("%s", outcome).isEqualTo(Outcome.Kind.ANSWERED);
        return ((Outcome.Answered<R>) outcome).response();
    }

    private static <R extends FmResponse> ReturnCode declined(FmClient client, FmRequest<R> request) {
        Outcome<R> outcome = client.call(request);
        assertThat(outcome.kind()).as("%s", outcome).isEqualTo(Outcome.Kind.DECLINED);
        return ((Outcome.Declined<R>) outcome).code();
    }
}
