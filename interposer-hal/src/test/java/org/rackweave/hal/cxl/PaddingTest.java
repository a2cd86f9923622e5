package org.rackweave.hal.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.mctp.MctpLimits;
import org.rackweave.hal.mctp.Octets;

/** What follows a message in its last packet. */
class PaddingTest {
    private static final int IN_PACKET_BYTES = MctpLimits.BODY_BYTES - 1;

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void zerosFillThePacket(Dialect dialect) {
        assertThat(padded(dialect, 0)).isInstanceOf(Decoded.Accepted.class);
    }

    @Test
    void whatAnEarlierAnswerLeftIsNoPartOfTheMessageOfAPeerThatLeavesIt() {
        assertThat(padded(Dialect.JRL, 0x5A)).isEqualTo(padded(Dialect.JRL, 0));
    }

    @Test
    void whereTheTextHoldsAnythingButZerosIsRefused() {
        assertThat(padded(Dialect.CXL3, 0x5A))
                .isInstanceOfSatisfying(Decoded.Refused.class, refused -> assertThat(refused.fault())
                        .isEqualTo(CciFault.EXTRA_BYTES));
    }

    private static Decoded<CciMessage> padded(Dialect dialect, int last) {
        CciMessage done =
                CciMessage.request(3, Opcode.BIND_VPPB.number(), Octets.NONE).answer(ReturnCode.SUCCESS, Octets.NONE);
        byte[] packet = new byte[IN_PACKET_BYTES];
        CciCodec.encode(dialect, done).copyTo(packet, 0);
        packet[packet.length - 1] = (byte) last;
        return CciCodec.decodePadded(dialect, Octets.adopt(packet), 1, MctpLimits.BODY_BYTES);
    }
}
