package org.rackweave.hal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConfigurationSpaceTest {
    /** From byte 256 on, as Linux 6.12 showed a root port of QEMU 10.0 with the IOMMU on: AER, then ACS at 148h with control 001Dh. */
    private static byte[] rootPort() {
        ByteBuffer space = ByteBuffer.wrap(new byte[4096]).order(ByteOrder.LITTLE_ENDIAN);
        space.putInt(0x100, 0x14820001).putInt(0x148, 0x0001000d).putInt(0x14c, 0x001d005f);
        return space.array();
    }

    /** ATS alone, version 1, at 100h. */
    private static byte[] endpoint(int control) {
        ByteBuffer space = ByteBuffer.wrap(new byte[4096]).order(ByteOrder.LITTLE_ENDIAN);
        space.putInt(0x100, 0x0001000f).putShort(0x106, (short) control);
        return space.array();
    }

    @Test
    void aPortRedirectsPeersWhenRequestsAndCompletionsAndWhatGoesUpAreToldTo() {
        assertThat(new ConfigurationSpace(rootPort()).redirectsPeers()).isTrue();
        for (int bit : new int[] {2, 3, 4}) {
            byte[] open = rootPort();
            open[0x14e] = (byte) (open[0x14e] & ~(1 << bit));
            assertThat(new ConfigurationSpace(open).redirectsPeers())
                    .as("bit %s", bit)
                    .isFalse();
        }
        assertThat(new ConfigurationSpace(endpoint(0)).redirectsPeers()).isFalse();
    }

    @Test
    void addressesAreTranslatedWhenTheHighestBitSaysSo() {
        assertThat(new ConfigurationSpace(endpoint(0x8000)).translatesAddresses())
                .isTrue();
        assertThat(new ConfigurationSpace(endpoint(0x001f)).translatesAddresses())
                .isFalse();
        assertThat(new ConfigurationSpace(rootPort()).translatesAddresses()).isFalse();
    }

    @Test
    void whatAnOrdinaryUserMayReadIsNotTheWhole() {
        ConfigurationSpace part = new ConfigurationSpace(Arrays.copyOf(rootPort(), 64));
        assertThat(part.isWhole()).isFalse();
        assertThat(part.redirectsPeers()).isFalse();
    }

    @Test
    void aListInACircleOrOfNonsenseHasAnEnd() {
        byte[] circle = rootPort();
        ByteBuffer.wrap(circle).order(ByteOrder.LITTLE_ENDIAN).putInt(0x148, 0x10010001);
        assertThat(new ConfigurationSpace(circle).redirectsPeers()).isFalse();
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            byte[] nonsense = new byte[round % 4097];
            random.nextBytes(nonsense);
            ConfigurationSpace space = new ConfigurationSpace(nonsense);
            assertThat(space.isWhole()).isEqualTo(nonsense.length == 4096);
            assertThat(space.redirectsPeers() && space.translatesAddresses() && nonsense.length < 264)
                    .isFalse();
        }
    }
}
