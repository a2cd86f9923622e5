package org.rackweave.hal.switchtec.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.BindResult;
import org.rackweave.hal.switchtec.wire.MrpcCommand.Bandwidth.Afterwards;
import org.rackweave.hal.switchtec.wire.MrpcCommand.Bandwidth.Counted;
import org.rackweave.hal.switchtec.wire.MrpcCommand.FabricPlace;

/**
 * The bytes of each command and answer, written by hand from the layouts of Microchip's headers. If one fails, it is not this file that is
 * to be changed.
 */
class MrpcGoldenTest {
    private static final FabricPlace HOST = new FabricPlace(1, 0x18, 2);

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\|[^\\n]*|\\s", ""));
    }

    /** Words are little-endian: 0x007C000C is the command 0x0C to the switch at hand. */
    static Stream<Arguments> requests() {
        return Stream.of(
                request(new MrpcCommand.Echo(0x12345678), "41 00 7c 00  78 56 34 12"),
                request(new MrpcCommand.Ping(0x0A0B0C0D), "00 01 7c 00  0d 0c 0b 0a"),
                request(new MrpcCommand.ReadPaxId(), "81 00 7c 00"),
                request(new MrpcCommand.DieTemperature(), "04 00 7c 00  02 00 00 00"),
                request(
                        new MrpcCommand.Bandwidth(List.of(
                                new Counted(new PhysicalPort(8), Afterwards.GOES_ON),
                                new Counted(new PhysicalPort(24), Afterwards.STARTS_AT_ZERO))),
                        "07 00 7c 00  01 02  08 00  18 01"),
                request(new MrpcCommand.ReadBifurcation(3), "0b 00 7c 00  00 03 00 00  00 00 00 00"),
                // x8 at port 0 (nibble 4), x8 at port 4 (nibble 4): 0x00040004
                request(
                        new MrpcCommand.Bifurcate(3, new StackLanes(List.of(8, 0, 0, 0, 8, 0, 0, 0))),
                        "0b 00 7c 00  01 03 00 00  04 00 04 00"),
                // one of each: x16 8, x4 2, x2 1, x1 f, off 0, x8 4
                request(
                        new MrpcCommand.Bifurcate(0, new StackLanes(List.of(16, 4, 2, 1, 0, 8, 0, 1))),
                        "0b 00 7c 00  01 00 00 00  28 f1 40 f0"),
                request(new MrpcCommand.Bind(new LogicalPlace(2, 5), new PhysicalPort(24)), "0c 00 7c 00  00 02 05 18"),
                request(new MrpcCommand.Unbind(new LogicalPlace(2, 5)), "0c 00 7c 00  01 02 05 02"),
                request(MrpcCommand.BindInfo.ALL, "0c 00 7c 00  02 ff 00 00"),
                request(new MrpcCommand.BindInfo(Optional.of(new PhysicalPort(24))), "0c 00 7c 00  02 18 00 00"),
                request(MrpcCommand.LinkStatus.ALL, "1c 00 7c 00  00 00 00 00 00 00 00 00"),
                request(new MrpcCommand.LinkStatus(1L << 24 | 1), "1c 00 7c 00  01 00 00 01 00 00 00 00"),
                request(
                        new MrpcCommand.FabricBind(HOST, List.of(0x0100, 0x0203)),
                        "84 00 7c 00  01 01 18 02  00 01 01 00  03 02 00 00  00000000 00000000 00000000 00000000 00000000"
                                + " 00000000"),
                request(new MrpcCommand.FabricUnbind(HOST, 0x0203, 1), "84 00 7c 00  02 01 18 02  03 02 01 00"),
                request(
                        new MrpcCommand.ConfigurePort(new PhysicalPort(24), new PortConfiguration(2, 1, 0, 7)),
                        "88 00 7c 00  00 18 02 01 00 07 00 00"),
                request(new MrpcCommand.ReadPortConfiguration(new PhysicalPort(24)), "88 00 7c 00  01 18 00 00"),
                request(
                        new MrpcCommand.ControlPort(MrpcCommand.ControlPort.Action.HOT_RESET, new PhysicalPort(24), 1),
                        "8d 00 7c 00  03 18 01 00"));
    }

    private static Arguments request(MrpcCommand<?> command, String bytes) {
        return Arguments.of(command, bytes);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aCommandIsTheseBytesAndTheyAreIt(MrpcCommand<?> command, String bytes) {
        assertThat(MrpcCodec.encode(PaxId.LOCAL, command)).isEqualTo(hex(bytes));
        assertThat(MrpcCodec.decodeRequest(hex(bytes)))
                .isEqualTo(new Decoded.Accepted<>(new MrpcCodec.Request(PaxId.LOCAL, command)));
    }

    static Stream<Arguments> answers() {
        MrpcCommand.Bandwidth one =
                new MrpcCommand.Bandwidth(List.of(new Counted(new PhysicalPort(8), Afterwards.GOES_ON)));
        return Stream.of(
                answer(new MrpcCommand.Echo(0x12345678), new MrpcAnswer.Inverted(0xEDCBA987), "87 a9 cb ed"),
                // 0x00004203: phase 3, revision 2, generation 4
                answer(new MrpcCommand.Ping(0), new MrpcAnswer.Pinged(-1, 3, 2, 4), "03 42 00 00  ff ff ff ff"),
                answer(new MrpcCommand.ReadPaxId(), new MrpcAnswer.OwnPaxId(new PaxId(31)), "1f"),
                answer(new MrpcCommand.DieTemperature(), new MrpcAnswer.Temperature(4_321), "e1 10 00 00"),
                answer(
                        one,
                        new MrpcAnswer.Bandwidths(List.of(new MrpcAnswer.PortBandwidth(
                                1_000_000, new MrpcAnswer.Traffic(1, 2, 3), new MrpcAnswer.Traffic(4, 5, -1)))),
                        "40420f0000000000 0100000000000000 0200000000000000 0300000000000000"
                                + " 0400000000000000 0500000000000000 ffffffffffffffff"),
                answer(
                        new MrpcCommand.ReadBifurcation(3),
                        new MrpcAnswer.Bifurcation(3, new StackLanes(List.of(16, 0, 0, 0, 0, 0, 0, 0))),
                        "00 03 00 00  08 00 00 00"),
                answer(new MrpcCommand.Unbind(new LogicalPlace(2, 5)), new MrpcAnswer.Begun(0), "00 00 00 00"),
                answer(
                        MrpcCommand.BindInfo.ALL,
                        new MrpcAnswer.Binds(List.of(
                                bind(8, new LogicalPlace(0, 1), BindResult.DONE),
                                bind(16, new LogicalPlace(2, 5), BindResult.IN_PROGRESS),
                                new MrpcAnswer.PortBind(new PhysicalPort(24), Optional.empty(), BindResult.FAILED))),
                        "03 000000  08 00 01 10  10 02 05 12  18 ff ff 01 " + "00".repeat(45 * 4)),
                answer(
                        MrpcCommand.LinkStatus.ALL,
                        new MrpcAnswer.Links(List.of(new MrpcAnswer.PortLink(
                                new PhysicalPort(8),
                                Optional.of(new LogicalPlace(0, 1)),
                                1,
                                0,
                                8,
                                4,
                                MrpcAnswer.Side.DOWNSTREAM,
                                OptionalInt.of(4),
                                0x0103,
                                0,
                                2))),
                        "08 00 01  10  08 04  00  84  03 01  00 02 " + "ff".repeat(59 * 12)),
                answer(new MrpcCommand.FabricUnbind(HOST, 1, 0), new MrpcAnswer.FabricDone(7), "07"),
                answer(new MrpcCommand.FabricBind(HOST, List.of(1)), new MrpcAnswer.FabricDone(0), "00 000000"),
                answer(
                        new MrpcCommand.ReadPortConfiguration(new PhysicalPort(24)),
                        new MrpcAnswer.Configured(new PortConfiguration(2, 1, 0, 7)),
                        "02 01 00 07"),
                answer(
                        new MrpcCommand.ControlPort(MrpcCommand.ControlPort.Action.DISABLE, new PhysicalPort(1)),
                        new MrpcAnswer.Nothing(),
                        ""));
    }

    private static Arguments answer(MrpcCommand<?> command, MrpcAnswer answer, String bytes) {
        return Arguments.of(command, answer, bytes);
    }

    private static MrpcAnswer.PortBind bind(int port, LogicalPlace place, BindResult last) {
        return new MrpcAnswer.PortBind(new PhysicalPort(port), Optional.of(place), last);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void anAnswerIsTheseBytesAndTheyAreIt(MrpcCommand<?> command, MrpcAnswer answer, String bytes) {
        assertThat(MrpcCodec.encode(command, answer, command.answerBytes())).isEqualTo(hex(bytes));
        assertThat(MrpcCodec.decodeAnswer(command, hex(bytes))).isEqualTo(new Decoded.Accepted<>(answer));
    }

    @Test
    void theSizesAreThoseOfMicrochipsStructures() {
        assertThat(MrpcCommand.BindInfo.ALL.answerBytes()).isEqualTo(196);
        assertThat(MrpcCommand.LinkStatus.ALL.answerBytes()).isEqualTo(60 * 12);
        assertThat(MrpcCodec.encode(PaxId.LOCAL, new MrpcCommand.FabricBind(HOST, List.of(1))))
                .hasSize(4 + 36);
    }

    @Test
    void theSwitchOfAFabricIsInTheUpperBitsOfTheCommandWord() {
        // 0x41 | 5 << 18 = 0x00140041
        assertThat(MrpcCodec.encode(new PaxId(5), new MrpcCommand.Echo(0))).startsWith(0x41, 0x00, 0x14, 0x00);
        assertThat(MrpcCodec.decodeRequest(hex("41 00 14 00  00 00 00 00")))
                .isEqualTo(new Decoded.Accepted<>(new MrpcCodec.Request(new PaxId(5), new MrpcCommand.Echo(0))));
    }

    @Test
    void theSwitchAtHandIsMeantHoweverManyOnesAClientWrites() {
        for (String word : List.of("41 00 7c 00", "41 00 fc ff")) {
            assertThat(MrpcCodec.decodeRequest(hex(word + "  00 00 00 00")))
                    .isEqualTo(new Decoded.Accepted<>(new MrpcCodec.Request(PaxId.LOCAL, new MrpcCommand.Echo(0))));
        }
    }

    @Test
    void afterTheLastFunctionOfAFabricBindTheSendersStackIsIgnored() {
        byte[] bytes = hex("84 00 7c 00  01 01 18 02  00 01 00 5a" + "deadbeef".repeat(7));
        assertThat(MrpcCodec.decodeRequest(bytes))
                .isEqualTo(new Decoded.Accepted<>(
                        new MrpcCodec.Request(PaxId.LOCAL, new MrpcCommand.FabricBind(HOST, List.of(0x0100)))));
    }

    @Test
    void whoAsksForLessGetsTheBeginningAndWhoAsksForMoreGetsZerosBehind() {
        MrpcCommand.Echo echo = new MrpcCommand.Echo(0);
        MrpcAnswer answer = new MrpcAnswer.Inverted(-1);
        assertThat(MrpcCodec.encode(echo, answer, 2)).isEqualTo(hex("ffff"));
        assertThat(MrpcCodec.encode(echo, answer, 6)).isEqualTo(hex("ffffffff0000"));
    }

    /** The reserved bytes are what a known client leaves there: whatever its allocator had. */
    @Test
    void theEthernetHeaderIsInNetworkOrder() {
        byte[] bind = hex("""
                6d 6c 73 73 | "mlss"
                01 00       | version, reserved
                01 b2       | function MRPC, type command
                00 01       | instance, service
                00 08       | bytes that follow
                00 04       | bytes wanted
                00 00       | reserved
                0c 00 7c 00  00 02 05 18
                """);
        MrpcCommand.Bind command = new MrpcCommand.Bind(new LogicalPlace(2, 5), new PhysicalPort(24));
        assertThat(EthernetHeader.frame(
                        EthernetHeader.Packet.MRPC,
                        0,
                        EthernetHeader.COMMANDS,
                        MrpcCodec.encode(PaxId.LOCAL, command),
                        command.answerBytes()))
                .isEqualTo(bind);
        byte[] withGarbage = Arrays.copyOf(bind, 16);
        withGarbage[5] = 0x55;
        withGarbage[15] = 0x77;
        assertThat(EthernetHeader.decode(withGarbage))
                .isEqualTo(new Decoded.Accepted<>(
                        new EthernetHeader(EthernetHeader.Packet.MRPC, 0, EthernetHeader.COMMANDS, 8, 4)));
    }

    @Test
    void theIdentityIsReadFromTheAddressSpace() {
        assertThat(SwitchIdentity.SYSTEM.encode()).isEqualTo(hex("01 10 00 00  00 20 00 00  0c 00 00 00"));
        Decoded<SwitchIdentity> decoded =
                SwitchIdentity.decode(hex("04 01"), hex("36 41 00 00  02 00 00 00  00 05 04 04"));
        assertThat(decoded).isEqualTo(new Decoded.Accepted<>(new SwitchIdentity(0x4136, 2, 0x04040500, 4, 1)));
        assertThat(((Decoded.Accepted<SwitchIdentity>) decoded).value().personality())
                .isEqualTo(SwitchIdentity.Personality.FAN_OUT);
    }

    @Test
    void eachErrorHasItsNumberOnceAndAdvice() {
        assertThat(MrpcError.of(0xA)).contains(MrpcError.LINK_ACTIVE);
        assertThat(MrpcError.of(0x54043)).contains(MrpcError.STACK_PORT_BOUND);
        assertThat(MrpcError.of(0x64001)).contains(MrpcError.NO_THREAD);
        assertThat(MrpcError.of(0)).isEmpty();
        assertThat(MrpcError.values())
                .allSatisfy(error -> assertThat(error.advice()).isNotBlank());
    }
}
