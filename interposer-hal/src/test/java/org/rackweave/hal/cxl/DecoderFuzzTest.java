package org.rackweave.hal.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.mctp.Assembly;
import org.rackweave.hal.mctp.MctpAssembler;
import org.rackweave.hal.mctp.MctpFault;
import org.rackweave.hal.mctp.MctpLimits;
import org.rackweave.hal.mctp.Octets;

/** Whatever comes, a decoder accepts or refuses by name; what it accepts means the same when it is encoded again. */
class DecoderFuzzTest {
    private static final int ROUNDS = 60_000;
    private static final long SEED = 20261121L;

    private final Random random = new Random(SEED);

    @Test
    void mutated_requests_and_answers_are_accepted_or_refused_by_name() {
        List<Exchange> samples = samples();
        Map<CciFault, Integer> faults = new EnumMap<>(CciFault.class);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Exchange sample = samples.get(random.nextInt(samples.size()));
            for (Dialect dialect : Dialect.values()) {
                accepted += requestHolds(dialect, mutated(sample.request()), faults);
                accepted += answerHolds(dialect, sample.asked(), mutated(sample.response()), faults);
            }
        }
        assertThat(accepted).as("some mutations leave a good message").isGreaterThan(ROUNDS / 20);
        assertThat(faults)
                .containsKeys(
                        CciFault.TRUNCATED,
                        CciFault.EXTRA_BYTES,
                        CciFault.CATEGORY,
                        CciFault.TAG,
                        CciFault.OPCODE,
                        CciFault.COUNT,
                        CciFault.VALUE,
                        CciFault.CONTRADICTION);
    }

    @Test
    void random_payloads_of_every_command_are_accepted_or_refused_by_name() {
        for (Opcode opcode : Opcode.values()) {
            for (int round = 0; round < ROUNDS / 40; round++) {
                Dialect dialect = round % 2 == 0 ? Dialect.CXL3 : Dialect.JRL;
                CciMessage message = CciMessage.request(1, opcode.number(), noise(random.nextInt(48)));
                FmCodec.readRequest(dialect, message)
                        .fold(
                                request -> assertThat(CapturedConversationTest.accepted(
                                                FmCodec.readRequest(dialect, FmCodec.request(dialect, 1, request))))
                                        .isEqualTo(request),
                                (fault, detail) -> assertThat(detail).isNotEmpty());
            }
        }
    }

    @Test
    void random_events_in_records_are_read_or_refused_by_name() {
        List<EventRecord> records = List.of(
                HandWritten.record(HandWritten.BINDING_RECORD),
                HandWritten.record(HandWritten.PORT_RECORD),
                HandWritten.record(HandWritten.CAPACITY_RECORD),
                HandWritten.record(HandWritten.MEMORY_RECORD));
        Map<CciFault, Integer> faults = new EnumMap<>(CciFault.class);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            EventRecord good = records.get(random.nextInt(records.size()));
            byte[] event = good.event().toArray();
            for (int count = random.nextInt(8); count >= 0; count--) {
                event[random.nextInt(event.length)] = (byte) random.nextInt();
            }
            EventRecord mutated = new EventRecord(good.format(), 128, 0, 1, 0, 0, 0, 0, Octets.adopt(event));
            read += FabricEvent.of(mutated)
                    .fold(
                            each -> {
                                EventRecord again = each.record(EventRecord.Severity.INFORMATIONAL, 1, 0);
                                assertThat(CapturedConversationTest.accepted(FabricEvent.of(again)))
                                        .isEqualTo(each);
                                return 1;
                            },
                            (fault, detail) -> counted(faults, fault));
        }
        assertThat(read).isGreaterThan(ROUNDS / 20);
        assertThat(faults).containsKey(CciFault.VALUE);
    }

    @Test
    void random_packets_are_assembled_or_refused_by_name() {
        MctpAssembler assembler = new MctpAssembler();
        Map<MctpFault, Integer> faults = new EnumMap<>(MctpFault.class);
        int complete = 0;
        for (int round = 0; round < ROUNDS * 4; round++) {
            byte[] packet = noise(random.nextInt(200) == 0 ? random.nextInt(80) : MctpLimits.PACKET_BYTES)
                    .toArray();
            if (packet.length > 3 && random.nextInt(50) != 0) {
                packet[0] = 1;
                packet[1] = 0;
                packet[2] = 0;
                packet[3] = (byte) (random.nextInt(6) == 0 ? 0xC8 : (packet[3] & 0x70) | 0x08);
            }
            Assembly assembly = assembler.feed(Octets.adopt(packet));
            complete += assembly.kind() == Assembly.Kind.COMPLETE ? 1 : 0;
            if (assembly instanceof Assembly.Refused refused) {
                faults.merge(refused.fault(), 1, Integer::sum);
            }
        }
        assertThat(complete).isPositive();
        assertThat(faults).containsKeys(MctpFault.PACKET_LENGTH, MctpFault.VERSION, MctpFault.NO_START);
    }

    private int requestHolds(Dialect dialect, Octets bytes, Map<CciFault, Integer> faults) {
        return CciCodec.decode(dialect, bytes)
                .fold(
                        message -> FmCodec.readRequest(dialect, message)
                                .fold(
                                        request -> {
                                            assertThat(CapturedConversationTest.accepted(FmCodec.readRequest(
                                                            dialect, FmCodec.request(dialect, 1, request))))
                                                    .isEqualTo(request);
                                            return 1;
                                        },
                                        (fault, detail) -> counted(faults, fault)),
                        (fault, detail) -> counted(faults, fault));
    }

    private int answerHolds(Dialect dialect, FmRequest<?> asked, Octets bytes, Map<CciFault, Integer> faults) {
        CciCodec.decodePadded(dialect, bytes, 1, MctpLimits.BODY_BYTES);
        return CciCodec.decode(dialect, bytes)
                .fold(
                        message -> FmCodec.readResponse(dialect, 0, asked, message)
                                .fold(
                                        response -> sameAgain(dialect, asked, response),
                                        (fault, detail) -> counted(faults, fault)),
                        (fault, detail) -> counted(faults, fault));
    }

    private static int sameAgain(Dialect dialect, FmRequest<?> asked, FmResponse response) {
        CciMessage again = CciMessage.request(0, asked.opcode().number(), Octets.NONE)
                .answer(ReturnCode.SUCCESS, FmCodec.payload(dialect, response));
        FmResponse read = CapturedConversationTest.accepted(FmCodec.readResponse(dialect, 0, asked, again));
        assertThat(read).isEqualTo(response);
        return 1;
    }

    private static int counted(Map<CciFault, Integer> faults, CciFault fault) {
        faults.merge(fault, 1, Integer::sum);
        return 0;
    }

    private Octets mutated(Octets good) {
        byte[] bytes = good.toArray();
        switch (random.nextInt(5)) {
            case 0 -> bytes = good.slice(0, random.nextInt(bytes.length + 1)).toArray();
            case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(8));
            default -> {
                for (int count = random.nextInt(3); count >= 0; count--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
        }
        return Octets.adopt(bytes);
    }

    private Octets noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Octets.adopt(bytes);
    }

    private record Exchange(FmRequest<?> asked, Octets request, Octets response) {}

    private static List<Exchange> samples() {
        List<Exchange> samples = new ArrayList<>();
        CapturedConversationTest.fabricManagerConversations().forEach(conversation -> {
            Octets request = exact(conversation.request());
            Octets response = exact(conversation.response());
            FmRequest<?> asked = CapturedConversationTest.accepted(FmCodec.readRequest(
                    Dialect.JRL, CapturedConversationTest.accepted(CciCodec.decode(Dialect.JRL, request))));
            samples.add(new Exchange(asked, request, response));
            if (asked instanceof Tunnel.Request tunnel) {
                CciMessage inner = CapturedConversationTest.accepted(FmCodec.readResponse(
                                Dialect.JRL,
                                0,
                                tunnel,
                                CapturedConversationTest.accepted(CciCodec.decode(Dialect.JRL, response))))
                        .message();
                samples.add(new Exchange(
                        CapturedConversationTest.accepted(FmCodec.readRequest(Dialect.JRL, tunnel.message())),
                        CciCodec.encode(Dialect.JRL, tunnel.message()),
                        CciCodec.encode(Dialect.JRL, inner)));
            }
        });
        // The fuzz speaks both dialects to every sample; these start out in that of the specification.
        HandWritten.all()
                .forEach(sample -> samples.add(new Exchange(
                        sample.request(),
                        CciCodec.encode(Dialect.CXL3, sample.requestMessage(1)),
                        CciCodec.encode(Dialect.CXL3, sample.responseMessage(0)))));
        return samples;
    }

    private static Octets exact(List<Octets> packets) {
        return CciCodec.encode(
                Dialect.JRL,
                CapturedConversationTest.accepted(CciCodec.decodePadded(
                        Dialect.JRL, CapturedConversationTest.assembled(packets).body(), 1, MctpLimits.BODY_BYTES)));
    }
}
