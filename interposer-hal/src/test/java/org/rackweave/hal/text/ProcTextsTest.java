package org.rackweave.hal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.inventory.CpuModel;

class ProcTextsTest {
    @Test
    void equalCpusAreOneModelAndUnequalOnesAreTwo() {
        String text = """
                processor\t: 0
                BogoMIPS\t: 125.00
                CPU implementer\t: 0x41
                CPU architecture: 8
                CPU part\t: 0xd08
                CPU revision\t: 3

                processor\t: 1
                CPU implementer\t: 0x41
                CPU architecture: 8
                CPU part\t: 0xd03
                CPU revision\t: 4

                processor\t: 2
                CPU implementer\t: 0x41
                CPU architecture: 8
                CPU part\t: 0xd08
                CPU revision\t: 3

                Serial\t\t: 0000000012345678
                """;
        assertThat(CpuInfo.models(text))
                .extracting(model -> model.cpus().toString())
                .containsExactly("0,2", "1");
        assertThat(CpuInfo.models(text)).flatExtracting(CpuModel::model).hasSize(2);
        assertThat(CpuInfo.models(text).get(0).vendor()).hasValue("0x41");
        assertThat(CpuInfo.models(text).get(0).name()).isEmpty();
    }

    @Test
    void aTextWithoutCpusHasNoModels() {
        assertThat(CpuInfo.models("")).isEmpty();
        assertThat(CpuInfo.models("processor : x\nvendor_id : y\n")).isEmpty();
    }

    @Test
    void memoryIsReadFromTheMachineAndFromANode() {
        assertThat(MemInfo.bytes("MemTotal:       24684092 kB\nMemFree: 1 kB\n", "MemTotal"))
                .hasValue(24684092L << 10);
        assertThat(MemInfo.bytes("\nNode 1 MemTotal:       1024 kB\n", "MemTotal"))
                .hasValue(1 << 20);
        assertThat(MemInfo.bytes("MemTotal: lots\n", "MemTotal")).isEmpty();
        assertThat(MemInfo.bytes("", "MemTotal")).isEmpty();
    }

    @Test
    void deviceTreeStringsEndWithZeroBytes() {
        assertThat(FirmwareText.strings("linux,dummy-virt\0qemu,virt\0".getBytes(StandardCharsets.US_ASCII)))
                .containsExactly("linux,dummy-virt", "qemu,virt");
        assertThat(FirmwareText.strings(new byte[0])).isEmpty();
    }

    @Test
    void aTemplateThatFirmwareLeftIsTold() {
        assertThat(FirmwareText.isTemplate("To Be Filled By O.E.M.")).isTrue();
        assertThat(FirmwareText.isTemplate("  ")).isTrue();
        assertThat(FirmwareText.isTemplate("PowerEdge R760")).isFalse();
    }
}
