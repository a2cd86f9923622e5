package org.rackweave.hal.switchtec.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rackweave.hal.Fence;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwarePlace;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Latency;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.switchtec.wire.PhysicalPort;

class SwitchtecSettingsTest {
    private final Map<String, String> texts = new HashMap<>(Map.of(
            "address", "192.0.2.7",
            "hosts", "alpha=1, bravo = 2",
            "slices", "device 16 net/100g,pcie/gen4 wipe none-kept on nic0 tolerated; lanes 12",
            "splits", "1 16 8,0,0,0,8",
            "fabric", "switch1"));

    private SwitchtecSettings parsed() throws HalException {
        return SwitchtecSettings.parse(texts);
    }

    @Test
    void whatIsLentIsWhatTheTextSays() throws Exception {
        SwitchtecSettings settings = parsed();
        assertThat(settings.ports())
                .extracting(LentPort::facts)
                .containsExactly(
                        new HardwareSlice(
                                "port16",
                                SliceKind.PCIE_DEVICE,
                                1,
                                Set.of("net/100g", "pcie/gen4"),
                                ForcedEnd.TOLERATED,
                                Fence.ROUTE_READBACK,
                                new HardwarePlace("switch1", "nic0", Latency.SWITCH),
                                Set.of()),
                        new HardwareSlice(
                                "lanes12",
                                SliceKind.LANES,
                                8,
                                Set.of(),
                                ForcedEnd.FATAL,
                                Fence.ROUTE_READBACK,
                                new HardwarePlace("switch1", "", Latency.SWITCH),
                                Set.of()));
        LentPort half = settings.ports().get(1);
        assertThat(half.port()).isEqualTo(new PhysicalPort(12));
        assertThat(half.split().orElseThrow().whole().widths()).isEqualTo(List.of(16, 0, 0, 0, 0, 0, 0, 0));
        assertThat(half.split().orElseThrow().split().widths()).isEqualTo(List.of(8, 0, 0, 0, 8, 0, 0, 0));
        assertThat(settings.hosts().byHost()).isEqualTo(Map.of("alpha", 1, "bravo", 2));
    }

    @Test
    void whatIsNotSaidIsAsUsual() throws Exception {
        SwitchtecSettings settings = parsed();
        assertThat(settings.place()).isEqualTo(new SwitchtecSettings.Place.Ethernet("192.0.2.7", 54545, 0));
        assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.bindLimit()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.provenance()).isEqualTo(Provenance.REAL);
    }

    @ParameterizedTest
    @CsvSource({"sw.rack:1234,sw.rack,1234", "[2001:db8::1],2001:db8::1,54545", "[2001:db8::1]:7,2001:db8::1,7"})
    void anAddressMayHaveAPort(String text, String host, int port) throws Exception {
        texts.put("address", text);
        assertThat(parsed().place()).isEqualTo(new SwitchtecSettings.Place.Ethernet(host, port, 0));
    }

    @Test
    void aSwitchIsReachedThroughTheKernelInstead() throws Exception {
        texts.remove("address");
        texts.put("device", "/dev/switchtec0");
        assertThat(parsed().place()).isEqualTo(new SwitchtecSettings.Place.Driver("/dev/switchtec0"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "adress|192.0.2.7|unknown setting adress",
                "device|/dev/switchtec0|both are there",
                "address||neither is there",
                "address|192.0.2.7:70000|HOST:PORT",
                "address|:54545|HOST:PORT",
                "hosts||HOST=PARTITION",
                "hosts|alpha|HOST=PARTITION",
                "hosts|alpha=48|0 to 47",
                "hosts|alpha=1,alpha=2|each host once",
                "hosts|alpha=1,bravo=1|two hosts are at one partition",
                "hosts|partition 3=3|HOST=PARTITION",
                "timeout|0ms|such as 500ms",
                "bindLimit|1h|such as 500ms",
                "instance|256|from 0 to 255",
                "provenance|maybe|real or simulated",
                "slices||slices is missing",
                "slices|port 16|begin with device or lanes",
                "slices|device|a physical port is a number",
                "slices|device 64 wipe none-kept|physical port is 0 to 63",
                "slices|device 16|wipe none-kept",
                "slices|device 16 wipe reset|a switch wipes nothing itself",
                "slices|device 16 wipe none-kept on|nothing is said after on",
                "slices|device 16 Storage wipe none-kept|not a capability",
                "slices|device 16 wipe none-kept; device 16 wipe none-kept|named twice",
                "slices|device 9 wipe none-kept|disturbs every port of it",
                "slices|lanes 20|makes no port 20",
                "slices|lanes 9|makes no port 9",
                "slices|lanes 8 wipe none-kept|need no wipe",
                "splits||makes no port 12",
                "splits|1 16|STACK WHOLE SPLIT",
                "splits|1 16 16|the same whole and split",
                "splits|8 16 8|stack is 0 to 7",
                "splits|1 16 8,0,0,0,3|lanes, not 3",
                "splits|1 16 8,0,0,0,8; 1 16 4,0,4|named once",
            })
    void whatCannotBeIsRefusedAndSaysWhy(String name, String value, String said) {
        texts.put(name, value == null ? "" : value);
        assertThatThrownBy(this::parsed)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining(said);
    }

    @Test
    void aPartitionWithoutAHostHasANameThatNoSettingTakes() {
        HostPartitions hosts = new HostPartitions(new TreeMap<>(Map.of("alpha", 1)));
        assertThat(hosts.hostAt(1)).isEqualTo("alpha");
        texts.put("hosts", hosts.hostAt(3) + "=3");
        assertThatThrownBy(this::parsed).isInstanceOf(HalException.Refused.class);
    }
}
