package org.rackweave.hal.cxl.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwitchRouteTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.7:2508",
                "[2001:db8::7]:2508",
                "switch-1.example:1",
                "mctp:1/20",
                "mctp:0/254",
                "/sys/bus/pci/devices/0000:0d:00.1",
                "/dev/cxl/mem0"
            })
    void eachWayIsNamedAsItIsShown(String text) {
        assertThat(SwitchRoute.parse(text)).get().hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "192.0.2.7",
                "192.0.2.7:0",
                "192.0.2.7:65536",
                "mctp:1/7",
                "mctp:1/255",
                "mctp:1",
                "/sys/bus/pci/devices/0000:0d:00.9",
                "/sys/bus/pci/devices/../../0000:0d:00.1",
                "/dev/cxl/mem",
                "/dev/mem"
            })
    void anythingElseIsNone(String text) {
        assertThat(SwitchRoute.parse(text)).isEmpty();
    }
}
