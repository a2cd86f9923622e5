package org.rackweave.hal.switchtec.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong is refused by name, and nothing that comes from a wire throws. */
class MrpcStrictnessTest {
    private static final int FUZZ_ROUNDS = 50_000;
    private static final long SEED = 20_261_121;

    private static Problem problem(Decoded<?> decoded) {
        assertThat(decoded).isInstanceOf(Decoded.Rejected.class);
        return ((Decoded.Rejected<?>) decoded).problem();
    }

    @ParameterizedTest
    @MethodSource("org.rackweave.hal.switchtec.wire.MrpcGoldenTest#requests")
    void aCommandCutAnywhereIsTruncatedAndOneByteMoreIsTooMuch(MrpcCommand<?> command, String hex) {
        byte[] bytes = MrpcGoldenTest.hex(hex);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(problem(MrpcCodec.decodeRequest(Arrays.copyOf(bytes, length))))
                    .as("%d bytes of %s", length, command)
                    .isEqualTo(Problem.TRUNCATED);
        }
        assertThat(problem(MrpcCodec.decodeRequest(Arrays.copyOf(bytes, bytes.length + 1))))
                .isEqualTo(Problem.EXTRA_BYTES);
    }

    @ParameterizedTest
    @MethodSource("org.rackweave.hal.switchtec.wire.MrpcGoldenTest#answers")
    void anAnswerCutAnywhereIsTruncatedAndOneByteMoreIsTooMuch(MrpcCommand<?> command, MrpcAnswer answer, String hex) {
        byte[] bytes = MrpcGoldenTest.hex(hex);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(problem(MrpcCodec.decodeAnswer(command, Arrays.copyOf(bytes, length))))
                    .as("%d bytes of %s", length, answer)
                    .isEqualTo(Problem.TRUNCATED);
        }
        assertThat(problem(MrpcCodec.decodeAnswer(command, Arrays.copyOf(bytes, bytes.length + 1))))
                .isEqualTo(Problem.EXTRA_BYTES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "42 00 7c 00  00|UNKNOWN_COMMAND",
                "0c 00 7c 00  03 00 00 00|UNKNOWN_SUBCOMMAND",
                "0c 00 7c 00  00 30 05 18|VALUE_OUT_OF_RANGE", // partition 48
                "0c 00 7c 00  00 02 ff 18|VALUE_OUT_OF_RANGE", // logical port 255
                "0c 00 7c 00  00 02 05 40|VALUE_OUT_OF_RANGE", // physical port 64
                "0c 00 7c 00  02 40 00 00|VALUE_OUT_OF_RANGE",
                "0b 00 7c 00  00 08 00 00  00 00 00 00|VALUE_OUT_OF_RANGE", // stack 8
                "0b 00 7c 00  01 00 00 00  03 00 00 00|VALUE_OUT_OF_RANGE", // no such width
                "07 00 7c 00  01 00|COUNT_BEYOND_LIMIT",
                "07 00 7c 00  01 13|COUNT_BEYOND_LIMIT", // nineteen ports do not fit into an answer
                "07 00 7c 00  01 01  08 02|VALUE_OUT_OF_RANGE", // clear is neither 0 nor 1
                "8d 00 7c 00  04 18 00 00|VALUE_OUT_OF_RANGE",
                "8d 00 7c 00  03 18 02 00|VALUE_OUT_OF_RANGE",
                "84 00 7c 00  01 01 18 02  00 01 01 00  00 01 00 00 000000000000000000000000000000000000000000000000|DUPLICATE_PORT"
            })
    void aCommandWithAWrongFieldIsRefusedByName(String hex, Problem problem) {
        assertThat(problem(MrpcCodec.decodeRequest(MrpcGoldenTest.hex(hex)))).isEqualTo(problem);
    }

    @Test
    void aFabricBindThatAnnouncesANinthFunctionIsRefused() {
        StringBuilder functions = new StringBuilder("84 00 7c 00  01 01 18 02");
        IntStream.range(0, 8)
                .forEach(index -> functions.append("0").append(index).append("000100"));
        assertThat(problem(MrpcCodec.decodeRequest(MrpcGoldenTest.hex(functions.toString()))))
                .isEqualTo(Problem.COUNT_BEYOND_LIMIT);
    }

    @Test
    void moreThanASwitchTakesIsRefusedBeforeItIsRead() {
        assertThat(problem(MrpcCodec.decodeRequest(new byte[MrpcCodec.MAX_COMMAND_BYTES + 1])))
                .isEqualTo(Problem.COUNT_BEYOND_LIMIT);
    }

    @Test
    void anAnswerToSomethingElseIsNotBelieved() {
        assertThat(problem(MrpcCodec.decodeAnswer(new MrpcCommand.Echo(1), MrpcGoldenTest.hex("01000000"))))
                .isEqualTo(Problem.NOT_WHAT_WAS_ASKED);
        assertThat(problem(MrpcCodec.decodeAnswer(
                        new MrpcCommand.ReadBifurcation(2), MrpcGoldenTest.hex("00 03 0000 08000000"))))
                .isEqualTo(Problem.NOT_WHAT_WAS_ASKED);
        MrpcCommand.BindInfo one = new MrpcCommand.BindInfo(Optional.of(new PhysicalPort(24)));
        assertThat(problem(
                        MrpcCodec.decodeAnswer(one, MrpcGoldenTest.hex("01 000000 08 00 01 10" + "00".repeat(47 * 4)))))
                .isEqualTo(Problem.NOT_WHAT_WAS_ASKED);
    }

    @ParameterizedTest
    @CsvSource({
        "31,'',COUNT_BEYOND_LIMIT", // 49 ports
        "02,08000110 08000210,DUPLICATE_PORT",
        "01,08000113,VALUE_OUT_OF_RANGE", // result 3
        "01,08000120,VALUE_OUT_OF_RANGE", // bound 2
        "01,08300110,VALUE_OUT_OF_RANGE" // bound to partition 48
    })
    void aTableOfBindsThatCannotBeIsRefusedByName(String count, String ports, Problem problem) {
        byte[] bytes = Arrays.copyOf(MrpcGoldenTest.hex(count + "000000" + ports), 196);
        assertThat(problem(MrpcCodec.decodeAnswer(MrpcCommand.BindInfo.ALL, bytes)))
                .isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "0,7d,BAD_SIGNATURE",
        "4,02,UNKNOWN_VERSION",
        "6,09,UNKNOWN_PACKET",
        "7,b3,UNKNOWN_PACKET",
        "10,05,COUNT_BEYOND_LIMIT"
    })
    void anEthernetHeaderWithAWrongFieldIsRefusedByName(int at, String value, Problem problem) {
        byte[] header = MrpcGoldenTest.hex("6d6c7373 01 00 01 b2 00 01 0008 0004 0000");
        header[at] = MrpcGoldenTest.hex(value)[0];
        assertThat(problem(EthernetHeader.decode(header))).isEqualTo(problem);
        assertThat(problem(EthernetHeader.decode(Arrays.copyOf(header, 15)))).isEqualTo(Problem.TRUNCATED);
    }

    @Test
    void whatCannotBeIsNotEvenMade() {
        assertThatThrownBy(() -> new PhysicalPort(64)).hasMessageContaining("physical port is 0 to 63");
        assertThatThrownBy(() -> new LogicalPlace(48, 0)).hasMessageContaining("partition");
        assertThatThrownBy(() -> new StackLanes(List.of(16))).hasMessageContaining("8 ports");
        assertThatThrownBy(() -> new StackLanes(List.of(3, 0, 0, 0, 0, 0, 0, 0)))
                .hasMessageContaining("lanes");
        assertThatThrownBy(() -> new MrpcCommand.FabricBind(new MrpcCommand.FabricPlace(0, 0, 0), List.of(1, 1)))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> new MrpcCommand.Bandwidth(List.of())).hasMessageContaining("1 to 18");
        assertThatThrownBy(() -> new GasRead(0, 513)).hasMessageContaining("1 to 512");
    }

    /** Golden bytes with some bytes changed, and lengths too: nothing throws, and what is accepted is written as what it was read as. */
    @Test
    void bytesThatWereChangedAtRandomNeverThrow() {
        Random random = new Random(SEED);
        List<byte[]> requests = MrpcGoldenTest.requests()
                .map(each -> MrpcGoldenTest.hex((String) each.get()[1]))
                .toList();
        List<Object[]> answers =
                MrpcGoldenTest.answers().map(each -> each.get()).toList();
        int accepted = 0;
        for (int round = 0; round < FUZZ_ROUNDS; round++) {
            byte[] request = changed(requests.get(random.nextInt(requests.size())), random);
            if (MrpcCodec.decodeRequest(request) instanceof Decoded.Accepted<MrpcCodec.Request> good) {
                accepted++;
                byte[] again = MrpcCodec.encode(good.value().pax(), good.value().command());
                assertThat(MrpcCodec.decodeRequest(again)).as("seed %d", SEED).isEqualTo(good);
            }
            Object[] pair = answers.get(random.nextInt(answers.size()));
            survives((MrpcCommand<?>) pair[0], changed(MrpcGoldenTest.hex((String) pair[2]), random));
            EthernetHeader.decode(changed(MrpcGoldenTest.hex("6d6c7373 01 00 01 b2 00 01 0008 0004 0000"), random));
            GasRead.decode(changed(SwitchIdentity.SYSTEM.encode(), random));
            SwitchIdentity.decode(changed(new byte[2], random), changed(new byte[12], random));
        }
        assertThat(accepted).as("commands that were still understood").isBetween(FUZZ_ROUNDS / 20, FUZZ_ROUNDS);
    }

    private static <A extends MrpcAnswer> void survives(MrpcCommand<A> command, byte[] bytes) {
        if (MrpcCodec.decodeAnswer(command, bytes) instanceof Decoded.Accepted<A> good) {
            byte[] again = MrpcCodec.encode(command, good.value(), command.answerBytes());
            assertThat(MrpcCodec.decodeAnswer(command, again))
                    .as("seed %d", SEED)
                    .isEqualTo(good);
        }
    }

    private static byte[] changed(byte[] bytes, Random random) {
        byte[] changed =
                random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 8)) : bytes.clone();
        for (int times = random.nextInt(4); times > 0 && changed.length > 0; times--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        return changed;
    }
}
