package org.rackweave.hal.nvme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Structures as they were read from an emulated drive (QEMU 10.0.13, Linux 6.12.107, by a program in Perl), and by hand from the tables of
 * the NVM Express Base Specification 2.0. If one fails, do not change the bytes.
 */
class NvmeLayoutTest {
    /** Identify, CNS 01h: bytes 0 to 127, then 256 to 351; what is between and after is 0 as far as it is read here. */
    private static final String QEMU_CONTROLLER_0 = ""
            + "361bf41a" // vendor
            + "3136202020202020202020202020202020202020" // serial number "16"
            + "51454d55204e564d65204374726c" + "20".repeat(26) // model
            + "31302e302e313320" // firmware "10.0.13 "
            + "06005452" // arbitration burst, IEEE OUI
            + "00" // 76: CMIC, one controller
            + "07" // MDTS
            + "0000" // 78: CNTLID
            + "00040100" // version 1.4
            + "00".repeat(44);

    private static final String QEMU_CONTROLLER_256 = ""
            + "2a01" // 256: OACS, Format NVM and namespace management among others
            + "030303070000000057017501" // limits, temperatures
            + "00".repeat(58)
            + "00000000" // 328: SANICAP, none
            + "00".repeat(20);

    /** Identify, CNS 00h: bytes 0 to 159. */
    private static final String QEMU_NAMESPACE = ""
            + "0008000000000000" // NSZE 2048 blocks
            + "00080000000000000008000000000000"
            + "00" // NSFEAT
            + "07" // 25: NLBAF, eight formats
            + "00" // 26: FLBAS, the first
            + "00000000" // MC, DPC, DPS, NMIC
            + "00" // RESCAP
            + "00" // FPI
            + "09" // 33: DLFEAT, zeros
            + "00".repeat(94)
            + "0000090008000900100009004000090000000c0008000c0010000c0040000c00"; // 128: formats 0 to 7

    @Test
    void aControllerSaysWhatItCan() {
        assertThat(ControllerIdentity.parse(controller()))
                .isEqualTo(new ControllerIdentity("16", "QEMU NVMe Ctrl", "10.0.13", true, true, true, 0));
        byte[] other = controller();
        other[76] = 0x02;
        other[256] = 0x08;
        other[328] = 0x06;
        other[331] = (byte) 0xA0;
        assertThat(ControllerIdentity.parse(other))
                .isEqualTo(new ControllerIdentity("16", "QEMU NVMe Ctrl", "10.0.13", false, false, true, 0xA0000006));
    }

    @Test
    void aNamespaceSaysHowLargeItIsAndInWhichFormat() {
        assertThat(NamespaceIdentity.parse(namespace())).isEqualTo(new NamespaceIdentity(2048, 512, 0, 0, true));
        byte[] other = namespace();
        other[26] = 0x05;
        other[33] = 0x08;
        assertThat(NamespaceIdentity.parse(other)).isEqualTo(new NamespaceIdentity(2048, 4096, 8, 5, false));
    }

    /** Formats beyond the sixteenth have the upper bits of their number in bits 6:5. */
    @Test
    void theNumberOfAFormatIsInTwoParts() {
        byte[] bytes = namespace();
        bytes[26] = 0x21;
        bytes[128 + 4 * 17 + 2] = 12;
        assertThat(NamespaceIdentity.parse(bytes).format()).isEqualTo(17);
        assertThat(NvmeCommand.format(3, 17).dword10()).isEqualTo(0x1201);
    }

    @Test
    void aNamespaceThatCannotBeIsNotBelieved() {
        byte[] bytes = namespace();
        bytes[128 + 2] = 8;
        assertThatThrownBy(() -> NamespaceIdentity.parse(bytes)).hasMessage("blocks of 2^8 bytes");
        byte[] large = namespace();
        large[7] = (byte) 0x80;
        assertThatThrownBy(() -> NamespaceIdentity.parse(large)).hasMessage("9223372036854777856 blocks");
    }

    @ParameterizedTest
    @CsvSource({
        // SPROG, SSTAT (with passes and erased bits), dword 10, overwrite 3600 s, block erase 30 s, crypto erase not
        // said
        "00800200 02000000 100e0000 1e000000 ffffffff, UNDER_WAY, 50",
        "ffff0101 02000000 100e0000 1e000000 ffffffff, DONE, 99",
        "ffff0400 02000000 100e0000 1e000000 ffffffff, DONE, 99",
        "ff7f0300 02000000 100e0000 1e000000 ffffffff, FAILED, 49",
        "ffff0000 00000000 100e0000 1e000000 ffffffff, NEVER, 99",
        "ffff0500 00000000 100e0000 1e000000 ffffffff, OTHER, 99",
    })
    void theLogOfWipesSaysHowItGoesAndHowLongEachTakes(String hex, SanitizeStatus.State state, int percent) {
        SanitizeStatus status = SanitizeStatus.parse(bytes(hex.replace(" ", ""), 512));
        assertThat(status.state()).isEqualTo(state);
        assertThat(status.percent()).isEqualTo(percent);
        assertThat(status.estimateSeconds(SanitizeAction.OVERWRITE)).isEqualTo(OptionalLong.of(3600));
        assertThat(status.estimateSeconds(SanitizeAction.BLOCK_ERASE)).isEqualTo(OptionalLong.of(30));
        assertThat(status.estimateSeconds(SanitizeAction.CRYPTO_ERASE)).isEmpty();
    }

    /** Dwords of the specification's figures: Sanitize 10, Format NVM 10, Get Log Page 10, Identify 10. */
    @Test
    void commandsAreInTheNumbersOfTheSpecification() {
        assertThat(NvmeCommand.sanitize(SanitizeAction.BLOCK_ERASE).dword10()).isEqualTo(0x02);
        assertThat(NvmeCommand.sanitize(SanitizeAction.OVERWRITE).dword10()).isEqualTo(0x13);
        assertThat(NvmeCommand.sanitize(SanitizeAction.CRYPTO_ERASE).dword10()).isEqualTo(0x04);
        assertThat(NvmeCommand.sanitize(SanitizeAction.CRYPTO_ERASE).opcode().number())
                .isEqualTo(0x84);
        assertThat(NvmeCommand.format(1, 0).dword10()).isEqualTo(0x200);
        assertThat(NvmeCommand.format(1, 0).opcode().number()).isEqualTo(0x80);
        assertThat(NvmeCommand.sanitizeStatus().dword10()).isEqualTo(0x007F_0081);
        assertThat(NvmeCommand.sanitizeStatus().opcode().number()).isEqualTo(0x02);
        assertThat(NvmeCommand.sanitizeStatus().namespace()).isEqualTo(-1);
        assertThat(NvmeCommand.firmwareSlots().dword10()).isEqualTo(0x007F_0003);
        assertThat(NvmeCommand.controllers().dword10()).isEqualTo(0x13);
        assertThat(NvmeCommand.allocatedNamespaces().dword10()).isEqualTo(0x10);
        assertThat(NvmeCommand.identifyNamespace(2).dword10()).isEqualTo(0);
        assertThat(NvmeCommand.identifyNamespace(2).opcode().number()).isEqualTo(0x06);
    }

    @Test
    void theWaysThatADriveHasAreTakenTheBestFirst() {
        assertThat(SanitizeAction.of(0b111))
                .containsExactly(SanitizeAction.BLOCK_ERASE, SanitizeAction.CRYPTO_ERASE, SanitizeAction.OVERWRITE);
        assertThat(SanitizeAction.of(0b101)).containsExactly(SanitizeAction.CRYPTO_ERASE, SanitizeAction.OVERWRITE);
        assertThat(SanitizeAction.of(0b100)).containsExactly(SanitizeAction.OVERWRITE);
        assertThat(SanitizeAction.of(0xE000_0000)).isEmpty();
    }

    /** Bits 6:4 of the first byte the next slot, 2:0 that of now. */
    @Test
    void theLogOfFirmwareSaysWhichIsToRun() {
        assertThat(FirmwareSlots.parse(bytes("01", 512))).isEqualTo(new FirmwareSlots(1, OptionalInt.empty()));
        assertThat(FirmwareSlots.parse(bytes("b3", 512))).isEqualTo(new FirmwareSlots(3, OptionalInt.empty()));
        assertThat(FirmwareSlots.parse(bytes("a9", 512))).isEqualTo(new FirmwareSlots(1, OptionalInt.of(2)));
    }

    /** As the kernel hands it on: do not retry and more are in the upper bits. */
    @Test
    void statusesAreSaidByTheirNames() {
        assertThat(new NvmeStatus(0x4002)).hasToString("Invalid Field in Command (002h)");
        assertThat(new NvmeStatus(0x2006)).hasToString("Internal Error (006h)");
        assertThat(new NvmeStatus(0x371)).hasToString("Command Aborted By Host (371h)");
        assertThat(new NvmeStatus(0x41C5)).hasToString("status (1C5h)");
        assertThat(new NvmeStatus(0x4000).isSuccess()).isTrue();
    }

    private static byte[] controller() {
        byte[] bytes = bytes(QEMU_CONTROLLER_0, 4096);
        byte[] more = HexFormat.of().parseHex(QEMU_CONTROLLER_256);
        System.arraycopy(more, 0, bytes, 256, more.length);
        return bytes;
    }

    private static byte[] namespace() {
        return bytes(QEMU_NAMESPACE, 4096);
    }

    private static byte[] bytes(String hex, int length) {
        byte[] bytes = new byte[length];
        byte[] first = HexFormat.of().parseHex(hex);
        System.arraycopy(first, 0, bytes, 0, first.length);
        return bytes;
    }
}
