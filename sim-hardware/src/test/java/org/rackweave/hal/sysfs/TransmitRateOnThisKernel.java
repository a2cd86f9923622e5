package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nativelinux.RouteNetlink;

/**
 * What a virtual function may send, on the machine that runs this, which is a guest: the network device {@code link} has two of them and a
 * link of 1000 Mbit/s that is up, and the driver of {@code eth0} limits nothing.
 */
public class TransmitRateOnThisKernel {
    private final String link = System.getProperty("link");
    private RouteNetlink rates;

    @BeforeEach
    void open() throws Exception {
        rates = RouteNetlink.open();
    }

    @AfterEach
    void close() {
        rates.close();
    }

    @Test
    void aRateIsSetForOneFunctionAndReadBackAndTakenAway() throws Exception {
        assertThat(rates.transmitRate(link, 0)).isZero();
        rates.setTransmitRate(link, 1, 200);
        assertThat(rates.transmitRate(link, 1)).isEqualTo(200);
        assertThat(rates.transmitRate(link, 0)).isZero();
        assertThat(whatIpSays())
                .containsPattern("vf 1 .*max_tx_rate 200Mbps")
                .doesNotContainPattern("vf 0 .*max_tx_rate");
        rates.setTransmitRate(link, 1, 0);
        assertThat(whatIpSays()).doesNotContain("max_tx_rate");
    }

    @Test
    void whatADriverCannotIsRefusedByName() throws Exception {
        assertThatThrownBy(() -> rates.setTransmitRate(link, 0, 1001))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContainingAll("EINVAL", "below the link's speed");
        assertThatThrownBy(() -> rates.setTransmitRate(link, 2, 100))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("EINVAL");
        assertThatThrownBy(() -> rates.setTransmitRate("eth0", 0, 100))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContainingAll("EOPNOTSUPP", "its driver limits no rates");
        assertThatThrownBy(() -> rates.setTransmitRate("eth77", 0, 100))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("ENODEV");
        assertThatThrownBy(() -> rates.transmitRate(link, 2)).isInstanceOf(HalException.Unavailable.class);
        assertThat(rates.transmitRate(link, 0)).isZero();
    }

    /** Another program's reading of what the kernel says. */
    private String whatIpSays() throws Exception {
        Process ip = new ProcessBuilder("ip", "link", "show", link).start();
        return new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
