package org.rackweave.hal.mctp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MctpAssemblerTest {
    private static final MctpMessage LONG =
            new MctpMessage(8, 9, MctpMessage.Role.REQUEST, 5, MctpMessage.TYPE_FM_API, Octets.adopt(counting(199)));

    private final MctpAssembler assembler = new MctpAssembler();
    private final Octets stream = new MctpPackets().packetsOf(LONG);

    @Test
    void a_message_comes_out_as_it_went_in_with_the_padding_of_its_last_packet() {
        MctpMessage out = lastOf(stream);

        assertThat(out.body().slice(0, 199)).isEqualTo(LONG.body());
        assertThat(out.body().length()).isEqualTo(4 * MctpLimits.BODY_BYTES - 1);
        assertThat(out.body().zeroFrom(199)).isTrue();
        assertThat(out.tag()).isEqualTo(5);
        assertThat(out.role()).isEqualTo(MctpMessage.Role.REQUEST);
        assertThat(out.destination()).isEqualTo(8);
        assertThat(out.source()).isEqualTo(9);
    }

    @Test
    void a_lost_packet_is_told_by_the_sequence_number() {
        assembler.feed(packet(0));

        assertThat(faultOf(assembler.feed(packet(2)))).isEqualTo(MctpFault.SEQUENCE);
        assertThat(faultOf(assembler.feed(packet(3)))).isEqualTo(MctpFault.NO_START);
    }

    @Test
    void a_packet_that_comes_twice_is_told_by_the_sequence_number() {
        assembler.feed(packet(0));
        assembler.feed(packet(1));

        assertThat(faultOf(assembler.feed(packet(1)))).isEqualTo(MctpFault.SEQUENCE);
    }

    @Test
    void a_start_takes_any_sequence_number_and_drops_what_was_gathered() {
        assembler.feed(packet(0));
        assembler.feed(packet(1));
        MctpPackets later = new MctpPackets();
        later.packetsOf(LONG);
        later.packetsOf(new MctpMessage(0, 0, MctpMessage.Role.REQUEST, 0, 7, Octets.NONE));

        assertThat(lastOf(later.packetsOf(LONG)).body().slice(0, 199)).isEqualTo(LONG.body());
    }

    @Test
    void another_tag_or_endpoint_midway_is_refused() {
        for (int changed = 1; changed < 4; changed++) {
            assembler.feed(packet(0));
            byte[] next = packet(1).toArray();
            next[changed] ^= 0x01;

            assertThat(faultOf(assembler.feed(Octets.adopt(next)))).isEqualTo(MctpFault.CHANGED_MIDWAY);
        }
    }

    @Test
    void a_message_without_end_is_refused_at_the_limit() {
        assembler.feed(packet(0));
        int fed = 1;
        Assembly last = new Assembly.Partial();
        while (last.kind() == Assembly.Kind.PARTIAL) {
            byte[] next = packet(1).toArray();
            next[3] = (byte) (fed % 4 << 4 | 0x08 | 5);
            last = assembler.feed(Octets.adopt(next));
            fed++;
        }

        assertThat(faultOf(last)).isEqualTo(MctpFault.TOO_LONG);
        assertThat(fed).isEqualTo(MctpLimits.MOST_MESSAGE_BYTES / MctpLimits.BODY_BYTES + 1);
    }

    @Test
    void an_integrity_check_and_another_version_are_refused() {
        byte[] checked = new MctpPackets()
                .packetsOf(new MctpMessage(0, 0, MctpMessage.Role.REQUEST, 0, 7, Octets.NONE))
                .toArray();
        checked[4] |= (byte) 0x80;
        assertThat(faultOf(assembler.feed(Octets.copyOf(checked)))).isEqualTo(MctpFault.INTEGRITY_CHECK);

        checked[0] = 2;
        assertThat(faultOf(assembler.feed(Octets.copyOf(checked)))).isEqualTo(MctpFault.VERSION);
    }

    private MctpMessage lastOf(Octets packets) {
        Assembly last = new Assembly.Partial();
        for (int at = 0; at < packets.length(); at += MctpLimits.PACKET_BYTES) {
            last = assembler.feed(packets.slice(at, at + MctpLimits.PACKET_BYTES));
        }
        return ((Assembly.Complete) last).message();
    }

    private Octets packet(int index) {
        return stream.slice(index * MctpLimits.PACKET_BYTES, (index + 1) * MctpLimits.PACKET_BYTES);
    }

    private static MctpFault faultOf(Assembly assembly) {
        return ((Assembly.Refused) assembly).fault();
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int index = 0; index < length; index++) {
            bytes[index] = (byte) (index + 1);
        }
        return bytes;
    }
}
