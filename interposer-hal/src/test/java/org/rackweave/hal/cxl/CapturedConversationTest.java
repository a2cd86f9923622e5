package org.rackweave.hal.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rackweave.hal.cxl.Conversations.Conversation;
import org.rackweave.hal.mctp.Assembly;
import org.rackweave.hal.mctp.MctpAssembler;
import org.rackweave.hal.mctp.MctpLimits;
import org.rackweave.hal.mctp.MctpMessage;
import org.rackweave.hal.mctp.MctpPackets;
import org.rackweave.hal.mctp.Octets;

/** Our codec against what jack and cse, and QEMU, put on the wire. */
class CapturedConversationTest {
    static Stream<Conversation> fabricManagerConversations() {
        return Conversations.captured().stream()
                .filter(each -> !each.title().startsWith("raw client"))
                .filter(each -> assembled(each.request()).type() == MctpMessage.TYPE_FM_API);
    }

    @Test
    void the_capture_has_the_conversations_that_these_tests_live_from() {
        assertThat(fabricManagerConversations()).hasSizeGreaterThanOrEqualTo(28);
    }

    @ParameterizedTest
    @MethodSource("fabricManagerConversations")
    void a_request_is_understood_and_encoded_again_to_the_same_packets(Conversation conversation) {
        MctpMessage carrier = assembled(conversation.request());
        CciMessage captured = message(carrier);
        FmRequest<?> request = accepted(FmCodec.readRequest(Dialect.JRL, captured));

        CciMessage again = FmCodec.request(Dialect.JRL, captured.tag(), request);

        assertThat(again).isEqualTo(captured);
        assertThat(packets(carrier, again)).isEqualTo(conversation.request());
    }

    @ParameterizedTest
    @MethodSource("fabricManagerConversations")
    void an_answer_is_understood_and_encoded_again_to_the_same_packets(Conversation conversation) {
        FmRequest<?> request = accepted(FmCodec.readRequest(Dialect.JRL, message(assembled(conversation.request()))));
        MctpMessage carrier = assembled(conversation.response());
        CciMessage captured = message(carrier);

        Octets payload = captured.payload();
        if (captured.returnCode().equals(ReturnCode.SUCCESS)) {
            payload = FmCodec.payload(
                    Dialect.JRL, accepted(FmCodec.readResponse(Dialect.JRL, captured.tag(), request, captured)));
        }

        CciMessage again = CciMessage.request(captured.tag(), captured.opcode(), Octets.NONE)
                .answer(captured.returnCode(), payload);
        assertThat(again).isEqualTo(captured);
        assertThat(packets(carrier, again)).isEqualTo(conversation.response());
    }

    @ParameterizedTest
    @MethodSource("fabricManagerConversations")
    void what_the_capture_says_of_a_message_is_what_is_read(Conversation conversation) {
        List<CciMessage> read =
                List.of(message(assembled(conversation.request())), message(assembled(conversation.response())));
        List<String> notes = conversation.notes().stream()
                .filter(note -> note.startsWith("= FM-API"))
                .toList();
        assertThat(notes).hasSize(2);
        for (int index = 0; index < 2; index++) {
            CciMessage message = read.get(index);
            assertThat(notes.get(index))
                    .contains(String.format(" tag=%d ", message.tag()))
                    .contains(String.format(" opcode=0x%04x ", message.opcode()))
                    .contains(String.format(" rc=0x%04x ", message.returnCode().number()))
                    .contains(" len=" + message.payload().length() + " ")
                    .endsWith(" payload=" + message.payload());
        }
    }

    @ParameterizedTest
    @MethodSource("fabricManagerConversations")
    void what_a_tunnel_carries_is_understood_too(Conversation conversation) {
        FmRequest<?> request = accepted(FmCodec.readRequest(Dialect.JRL, message(assembled(conversation.request()))));
        if (request instanceof Tunnel.Request tunnel) {
            CciMessage answer = message(assembled(conversation.response()));
            Tunnel.Response carried = accepted(FmCodec.readResponse(Dialect.JRL, answer.tag(), tunnel, answer));
            FmRequest<?> inner = accepted(FmCodec.readRequest(Dialect.JRL, tunnel.message()));
            FmResponse read =
                    accepted(FmCodec.readResponse(Dialect.JRL, tunnel.message().tag(), inner, carried.message()));

            assertThat(FmCodec.request(Dialect.JRL, tunnel.message().tag(), inner))
                    .isEqualTo(tunnel.message());
            assertThat(FmCodec.payload(Dialect.JRL, read))
                    .isEqualTo(carried.message().payload());
        }
    }

    @Test
    void the_arguments_of_a_command_line_are_the_fields_of_its_request() {
        assertThat(innerRequestOf("jack set qos control -p 1 -m 52 -s 63 -k 18 -q 21 -i 74"))
                .isEqualTo(new QosControl.Set(new QosControl.Settings(0, 52, 63, 18, 21, 74)));
        assertThat(innerRequestOf("jack set qos limit -p 1 -f 0xf,0xe,0xd,0xc"))
                .isEqualTo(new QosFractions.Set(
                        QosFractions.Of.LIMIT, new QosFractions.Fractions(0, Octets.ofHex("0f0e0d0c"))));
        assertThat(innerRequestOf("jack set ld allocations -p 1 --range1 0,1,2,3 --range2 4,5,6,7"))
                .isEqualTo(new LdAllocations.Set(
                        0,
                        List.of(
                                new LdAllocations.Range(0, 4),
                                new LdAllocations.Range(1, 5),
                                new LdAllocations.Range(2, 6),
                                new LdAllocations.Range(3, 7))));
        assertThat(requestOf("jack port bind -p 4 -l 1 -c 1 -b 0")).isEqualTo(new BindVppb.Request(1, 0, 4, 1));
        assertThat(requestOf("jack port unbind -c 1 -b 7"))
                .isEqualTo(new UnbindVppb.Request(1, 7, UnbindVppb.How.SURPRISE));
        assertThat(requestOf("jack port config -p 0 -r 0 -e 0 -f 0xF"))
                .isEqualTo(new PpbConfig.Request(0, 0, 0x0F, PpbConfig.Access.READ, 0));
        assertThat(requestOf("jack port ctrl -p 1 --deassert-perst"))
                .isEqualTo(new PortControl.Request(1, PortControl.Action.DEASSERT_PERST));
        assertThat(requestOf("jack ld config -p 1 -l 0 -r 0 -e 0 -f 0xF"))
                .isEqualTo(new LdConfig.Request(1, 0, 0x0F, PpbConfig.Access.READ, 0, 0));
        assertThat(requestOf("jack ld mem -p 1 -l 0 -o 0x1000 -n 4 -f 0xf -d 0xf -w --data 0xa1a2a3a4"))
                .isEqualTo(new LdMemory.Request(
                        1, 0x0F, 0x0F, PpbConfig.Access.WRITE, 0, 4, 0x1000, Octets.ofHex("a4a3a2a1")));
        assertThat(requestOf("jack set limit -n 12")).isEqualTo(new ResponseLimit.Set(12));
    }

    @Test
    void an_answer_of_64_bytes_that_lost_its_last_one_is_truncated() {
        Conversation known = Conversations.captured().stream()
                .filter(each -> each.title().startsWith("raw client"))
                .findFirst()
                .orElseThrow();

        assertThat(decoded(assembled(known.response())))
                .isInstanceOfSatisfying(Decoded.Refused.class, refused -> assertThat(refused.fault())
                        .isEqualTo(CciFault.TRUNCATED));
    }

    @Test
    void annotated_goldens_are_what_their_notes_say() {
        CciMessage bind = accepted(CciCodec.decode(Dialect.JRL, Conversations.golden("bind-vppb-request-jrl.txt")));
        assertThat(accepted(FmCodec.readRequest(Dialect.JRL, bind))).isEqualTo(new BindVppb.Request(0, 4, 4, 0));

        CciMessage vcs = accepted(CciCodec.decode(Dialect.JRL, Conversations.golden("vcs-info-response-jrl.txt")));
        VcsInfo.VirtualSwitch zero = accepted(FmCodec.readResponse(Dialect.JRL, 0, VcsInfo.Request.allOf(0), vcs))
                .virtualSwitches()
                .get(0);
        assertThat(zero.state()).isEqualTo(VcsInfo.State.ENABLED);
        assertThat(zero.entries()).hasSize(8);
        assertThat(zero.entries().get(0)).isEqualTo(new VcsInfo.Vppb(VcsInfo.Binding.PORT, 0, 0));
        assertThat(zero.entries().get(4)).isEqualTo(new VcsInfo.Vppb(VcsInfo.Binding.LD, 4, 0));
        assertThat(zero.entries().get(5).binding()).isEqualTo(VcsInfo.Binding.UNBOUND);

        Octets stateBytes = Conversations.golden("port-state-response-cxl3.txt");
        CciMessage state = accepted(CciCodec.decode(Dialect.CXL3, stateBytes));
        PortState.Response ports =
                accepted(FmCodec.readResponse(Dialect.CXL3, 7, new PortState.Request(List.of(0, 1, 2)), state));
        assertThat(ports.ports().get(0).device()).isEqualTo(PortState.Device.TYPE_3_MLD);
        assertThat(ports.ports().get(1).logicalDevices()).isEqualTo(3);
        assertThat(ports.ports().get(2).state()).isEqualTo(PortState.State.UPSTREAM);
        assertThat(CciCodec.encode(
                        Dialect.CXL3, state.answer(ReturnCode.SUCCESS, FmCodec.payload(Dialect.CXL3, ports))))
                .isEqualTo(stateBytes);
    }

    @Test
    void what_qemu_answers_is_understood_in_the_dialect_of_the_specification() {
        Identify.Response identity = answered(new Identify.Request(), "identify op=0001");
        assertThat(identity.vendorId()).isEqualTo(0x19E5);
        assertThat(identity.serial()).isEqualTo(0x4D2);
        assertThat(identity.componentType()).contains(0);

        IdentifySwitch.Response device = answered(new IdentifySwitch.Request(), "identify switch");
        assertThat(device.ports()).isEqualTo(3);
        assertThat(device.activePorts().ids()).containsExactly(0, 1, 2);
        assertThat(device.hdmDecoders()).isEqualTo(4);

        PortState.Response ports = answered(new PortState.Request(List.of(0, 1, 2)), "get phys port state 0,1,2");
        assertThat(ports.ports()).extracting(PortState.Port::id).containsExactly(0, 1, 2);

        Tunnel.Request tunnel = new Tunnel.Request(
                0, Tunnel.Target.DEVICE, FmCodec.request(Dialect.CXL3, 0x11, new Identify.Request()));
        assertThat(FmCodec.request(Dialect.CXL3, 0, tunnel).payload())
                .isEqualTo(Octets.ofHex("00000c00" + "001100010000000000000000"));
        Tunnel.Request unknown =
                new Tunnel.Request(0, Tunnel.Target.DEVICE, CciMessage.request(0x12, 0x5600, Octets.NONE));
        assertThat(answered(unknown, "tunnel port0 get DCD").message().returnCode())
                .isEqualTo(ReturnCode.UNSUPPORTED);
    }

    private static <R extends FmResponse> R answered(FmRequest<R> request, String line) {
        CciMessage answer = CciMessage.request(1, request.opcode().number(), Octets.NONE)
                .answer(ReturnCode.SUCCESS, Conversations.mailbox(line));
        R read = accepted(FmCodec.readResponse(Dialect.CXL3, 1, request, answer));
        assertThat(FmCodec.payload(Dialect.CXL3, read)).isEqualTo(answer.payload());
        return read;
    }

    private static FmRequest<?> requestOf(String title) {
        return accepted(FmCodec.readRequest(
                Dialect.JRL, message(assembled(Conversations.titled(title).request()))));
    }

    private static FmRequest<?> innerRequestOf(String title) {
        return accepted(FmCodec.readRequest(Dialect.JRL, ((Tunnel.Request) requestOf(title)).message()));
    }

    static MctpMessage assembled(List<Octets> packets) {
        MctpAssembler assembler = new MctpAssembler();
        List<Assembly> all = new ArrayList<>();
        packets.forEach(packet -> all.add(assembler.feed(packet)));
        Assembly last = all.remove(all.size() - 1);
        assertThat(all).allMatch(each -> each.kind() == Assembly.Kind.PARTIAL);
        assertThat(last.kind()).isEqualTo(Assembly.Kind.COMPLETE);
        return ((Assembly.Complete) last).message();
    }

    private static Decoded<CciMessage> decoded(MctpMessage carrier) {
        return CciCodec.decodePadded(Dialect.JRL, carrier.body(), 1, MctpLimits.BODY_BYTES);
    }

    private static CciMessage message(MctpMessage carrier) {
        return accepted(decoded(carrier));
    }

    private static List<Octets> packets(MctpMessage like, CciMessage message) {
        Octets stream = new MctpPackets()
                .packetsOf(new MctpMessage(
                        like.destination(),
                        like.source(),
                        like.role(),
                        like.tag(),
                        like.type(),
                        CciCodec.encode(Dialect.JRL, message)));
        List<Octets> packets = new ArrayList<>();
        for (int at = 0; at < stream.length(); at += MctpLimits.PACKET_BYTES) {
            packets.add(stream.slice(at, at + MctpLimits.PACKET_BYTES));
        }
        return packets;
    }

    static <T> T accepted(Decoded<T> decoded) {
        return decoded.fold(value -> value, (fault, detail) -> {
            throw new AssertionError(fault + ": " + detail);
        });
    }
}
