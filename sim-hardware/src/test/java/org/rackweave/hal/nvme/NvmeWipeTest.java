package org.rackweave.hal.nvme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.WipeReport;

/** A drive's own wipe, on drives that do as they are told and on those that do not. */
class NvmeWipeTest {
    private static final int MIB = 1 << 20;

    private SimulatedNvme drive;

    @BeforeEach
    void aDriveWithASecret() {
        use(new SimulatedNvme(MIB));
    }

    private void use(SimulatedNvme other) {
        drive = other;
        for (int namespace : drive.namespaces()) {
            Arrays.fill(drive.stored(namespace), (byte) 's');
        }
    }

    private WipeReport wipe() throws HalException {
        return NvmeWipe.of("pci:x", drive, drive);
    }

    @ParameterizedTest
    @CsvSource({
        "7, sanitize 2, nvme-sanitize-block-erase+zeros",
        "5, sanitize 4, nvme-sanitize-crypto-erase+zeros",
        "4, sanitize 3, nvme-sanitize-overwrite+zeros",
        "0, format 1 200h, nvme-format-user-data-erase+zeros"
    })
    void theBestThatADriveCanIsDoneAndAllOfASmallOneIsReadBack(int capabilities, String done, String method)
            throws Exception {
        drive.sanitizeCapabilities = capabilities;

        WipeReport report = wipe();

        assertThat(drive.done).containsExactly(done);
        assertThat(report.method()).isEqualTo(method);
        assertThat(report.wipedBytes()).isEqualTo(MIB);
        assertThat(report.verifiedBytes()).isEqualTo(MIB);
        assertThat(report.wiper()).isEqualTo(WipeReport.Wiper.DEVICE);
        assertThat(drive.stored(1)).containsOnly(0);
        assertThat(report.durationMillis()).isEqualTo(capabilities == 0 ? 0 : 3_000);
    }

    @Test
    void eachNamespaceIsFormattedAndOfALargeOneASampleIsReadBack() throws Exception {
        use(new SimulatedNvme(2 * MIB, 80 * MIB));

        WipeReport report = wipe();

        assertThat(drive.done).containsExactly("format 1 200h", "format 2 200h");
        assertThat(report.method()).isEqualTo("nvme-format-user-data-erase+sampled-zeros");
        assertThat(report.verifiedBytes()).isEqualTo(report.wipedBytes()).isEqualTo(66L * MIB);
    }

    /** A crypto erase may leave noise: what was there is gone, and how much of it is zero is nothing to tell. */
    @ParameterizedTest
    @CsvSource({"0, 1, nvme-format-user-data-erase+marks-gone", "1, 0, nvme-sanitize-crypto-erase+marks-gone"})
    void whatIsNotZeroAfterwardsCountsAsNoByteButIsNotWhatWasThere(int capabilities, int deallocated, String method)
            throws Exception {
        drive.sanitizeCapabilities = capabilities;
        drive.deallocatedReads = deallocated;
        drive.erasing = SimulatedNvme.Erasing.TO_NOISE;

        WipeReport report = wipe();

        assertThat(report.method()).isEqualTo(method);
        assertThat(report.wipedBytes()).isZero();
        assertThat(report.verifiedBytes()).isZero();
    }

    @Test
    void aDriveThatPromisesZerosAndShowsOthersIsNotBelieved() {
        drive.sanitizeCapabilities = 1;
        drive.erasing = SimulatedNvme.Erasing.TO_NOISE;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("it says that it reads zeros then (DLFEAT)");
    }

    /** Also where the drive held zeros before: without marks such a drive would look wiped. */
    @ParameterizedTest
    @CsvSource({"0, NOT_AT_ALL", "2, NOT_AT_ALL", "0, ALL_BUT_A_BLOCK", "4, ALL_BUT_A_BLOCK"})
    void aDriveThatSaysSuccessAndKeepsWhatItHadIsFoundOut(int capabilities, SimulatedNvme.Erasing erasing) {
        use(new SimulatedNvme(MIB));
        Arrays.fill(drive.stored(1), (byte) 0);
        drive.sanitizeCapabilities = capabilities;
        drive.erasing = erasing;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining(
                        "byte 0 of namespace 1 before its wipe can still be read, although it said success");
    }

    @Test
    void aDriveThatDropsWritesIsNotWipedAsNobodyCouldSeeIt() {
        drive.dropsWrites = true;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("does not read back");
        assertThat(drive.done).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "4, 0x84, 0x4023, Refused, Sanitize was answered Command Prohibited by Command and Feature Lockdown (023h)",
        "4, 0x84, 0x4123, Refused, Sanitize Prohibited While Persistent Memory Region is Enabled",
        "4, 0x84, 0x0006, OutcomeUnknown, Sanitize was answered Internal Error (006h)",
        "0, 0x80, 0x410A, Refused, Format NVM of namespace 1 was answered Invalid Format (10Ah)",
        "0, 0x80, 0x0007, OutcomeUnknown, Command Abort Requested (007h)",
        "0, 0x80, -1, OutcomeUnknown, EINTR",
        "0, 0x06, 0x4002, Refused, Identify was answered Invalid Field in Command (002h)",
        "0, 0x06, -1, Unavailable, EIO",
        "4, 0x02, 0x4109, Refused, Invalid Log Page (109h)"
    })
    void whatADriveAnswersIsSaidByItsName(int capabilities, String number, String status, String kind, String said) {
        drive.sanitizeCapabilities = capabilities;
        drive.statuses.put(Integer.decode(number), Integer.decode(status));
        assertThatThrownBy(this::wipe)
                .satisfies(
                        failed -> assertThat(failed.getClass().getSimpleName()).isEqualTo(kind))
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource({"5, 70", "-1, 3600", "3000, 3600"})
    void aWipeThatDoesNotEndIsGivenUpAfterTwiceTheEstimateAndAnHourAtMost(int estimate, long seconds) {
        drive.sanitizeCapabilities = 2;
        drive.estimateSeconds = estimate;
        drive.wipeSeconds = Integer.MAX_VALUE;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("its Sanitize is 25 % done after " + seconds + " s");
        assertThat(Duration.ofNanos(drive.nanoTime()))
                .isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds + 1));
    }

    @Test
    void aWipeThatADeadProcessBeganIsFollowedFirstAndAFailedOneDoneAgain() throws Exception {
        drive.sanitizeCapabilities = 2;
        drive.lastWipe = 2;
        drive.nextWipeEnds = 3;

        assertThat(wipe().method()).isEqualTo("nvme-sanitize-block-erase+zeros");

        assertThat(drive.done).containsExactly("sanitize 2", "sanitize 2");
    }

    @Test
    void aWipeThatFailsIsNotCalledDone() {
        drive.sanitizeCapabilities = 2;
        drive.nextWipeEnds = 3;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("its Sanitize (block-erase) ended as FAILED");
        drive.lastWipe = 0;
        drive.nextWipeEnds = 5;
        assertThatThrownBy(this::wipe).hasMessageContaining("in state 5, which is not known here");
    }

    @Test
    void aDriveThatKnowsNeitherWayIsRefusedByName() {
        drive.adminCommands = 0;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("Simulated, firmware 1.0) knows neither Sanitize nor Format NVM");
    }

    @Test
    void aDriveWithOtherControllersIsRefusedBeforeAnythingIsWritten() {
        drive.controllers = 2;
        drive.sanitizeCapabilities = 7;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("has 2 controllers");
        assertThat(drive.stored(1)).containsOnly('s');
    }

    /** A borrower can make a namespace, fill it and detach it; the next one would attach it again. */
    @Test
    void aNamespaceThatIsNotAttachedKeepsADriveFromBeingFormattedButNotFromSanitize() throws Exception {
        use(new SimulatedNvme(MIB, MIB));
        drive.adminCommands = 0x0A;
        drive.detached = Set.of(2);
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("[1, 2], of which [1] are attached");
        assertThat(drive.done).isEmpty();

        drive.sanitizeCapabilities = 2;
        assertThat(wipe().verifiedBytes()).isEqualTo(MIB);
        assertThat(drive.stored(2)).containsOnly(0);
    }

    @Test
    void aNamespaceThatThisMachineSeesOtherwiseIsRefused() {
        drive.metadataBytes = 8;
        assertThatThrownBy(this::wipe).hasMessageContaining("in blocks with 8 bytes of metadata");
        use(new SimulatedNvme());
        assertThatThrownBy(this::wipe).hasMessageContaining("it has 0 namespaces");
        use(new SimulatedNvme(new int[65]));
        assertThatThrownBy(this::wipe).hasMessageContaining("it has 65 namespaces, and 1 to 64");
    }
}
