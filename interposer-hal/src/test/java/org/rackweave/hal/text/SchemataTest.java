package org.rackweave.hal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemataTest {
    @Test
    void linesOfTheKernelAreReadWithTheirBlanks() {
        assertThat(Schemata.parse("    MB:0=100;1= 50\n    L3:0=fffff;1=0000f\nSMBA:0=2048"))
                .contains(new Schemata(Map.of(
                        "MB", Map.of(0, 100L, 1, 50L),
                        "L3", Map.of(0, 0xFFFFFL, 1, 0xFL),
                        "SMBA", Map.of(0, 2048L))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "L3",
                "L3:",
                "L3:0",
                "L3:0=",
                "L3:=f",
                "L3:0=f;",
                "L3:0=f;0=f",
                "L3:0=f\nL3:1=f",
                "l3:0=f",
                "MB:0=ff",
                "L3:0=-1",
                "L3:0=10000000000000000",
                "L3:0=f\n\nMB:0=1"
            })
    void whatIsNoSuchLineIsNone(String text) {
        assertThat(Schemata.parse(text)).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Random random = new Random(3);
        List<String> resources = List.of("L2", "L3", "L3CODE", "L3DATA", "MB", "SMBA");
        for (int round = 0; round < 5_000; round++) {
            Map<String, Map<Integer, Long>> values = new TreeMap<>();
            for (int count = random.nextInt(resources.size()); count >= 0; count--) {
                Map<Integer, Long> domains = new TreeMap<>();
                for (int domain = random.nextInt(9); domain >= 0; domain--) {
                    domains.put(random.nextInt(1_000), random.nextLong() >>> 1 + random.nextInt(62));
                }
                values.put(resources.get(count), domains);
            }
            Schemata schemata = new Schemata(values);
            assertThat(Schemata.parse(schemata.toString())).contains(schemata);
        }
    }
}
