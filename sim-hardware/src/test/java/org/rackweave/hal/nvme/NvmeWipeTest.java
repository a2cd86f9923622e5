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
import org.rackweave.daemon.Limits;
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
        return NvmeWipe.of("pci:x", drive, drive, drive.nanoTime());
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
    @CsvSource({"5, 70", "-1, 479", "300, 479"})
    void aWipeThatDoesNotEndIsGivenUpAfterTwiceTheEstimateAndEightMinutesAtMost(int estimate, long seconds) {
        drive.sanitizeCapabilities = 2;
        drive.estimateSeconds = estimate;
        drive.wipeSeconds = Integer.MAX_VALUE;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("its Sanitize is 25 % done after " + seconds + " s");
        assertThat(Duration.ofNanos(drive.nanoTime()))
                .isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds + 1));
    }

    /** Who orders it takes it for one that hangs otherwise, and wipes it while this one still does. */
    @Test
    void aWholeWipeAndTheEndOfItAreDoneBeforeTheDaemonGivesTheStepUp() {
        Duration letsGo = Duration.ofMinutes(2);
        assertThat(NvmeWipe.MOST_WIPE.plus(letsGo)).isLessThanOrEqualTo(Duration.ofMillis(Limits.HARDWARE_STEP_MILLIS));
    }

    @Test
    void aDriveThatSaysItselfThatItTakesHoursIsRefusedBeforeItIsToldAnything() {
        drive.sanitizeCapabilities = 4;
        drive.estimateSeconds = 7_200;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining(
                        "(Simulated, firmware 1.0) estimates 7200 s for its Sanitize (overwrite), and a wipe has 480 s");
        assertThat(drive.done).isEmpty();
        assertThat(drive.stored(1)).containsOnly('s');
    }

    @Test
    void theBestThatItHasTimeForIsDone() throws Exception {
        drive.sanitizeCapabilities = 7;
        drive.estimateSeconds = 3;
        drive.blockEraseEstimateSeconds = 7_200;
        assertThat(wipe().method()).isEqualTo("nvme-sanitize-crypto-erase+zeros");
    }

    /** All of a namespace is read twice: before the wipe, and after. */
    @ParameterizedTest
    @CsvSource({"40, 0, Refused", "0, 40, OutcomeUnknown"})
    void aDriveThatReadsSlowlyIsGivenUpInTimeToo(long secondsBefore, long secondsAfter, String kind) {
        drive.readSeconds = secondsBefore;
        drive.whenTold = () -> drive.readSeconds = secondsAfter;
        assertThatThrownBy(this::wipe)
                .satisfies(
                        failed -> assertThat(failed.getClass().getSimpleName()).isEqualTo(kind))
                .hasMessageContaining("it is not wiped after 480 s");
        assertThat(Duration.ofNanos(drive.nanoTime())).isEqualTo(Duration.ofSeconds(480));
        assertThat(drive.done).hasSize(secondsBefore > 0 ? 0 : 1);
    }

    @Test
    void aFormatHasWhatIsLeftOfTheTime() {
        drive.readSeconds = 10;
        drive.statuses.put(0x80, -1);
        assertThatThrownBy(this::wipe).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThat(drive.lastLimit).isEqualTo(Duration.ofSeconds(480 - MIB / Sample.PIECE_BYTES * 10));
    }

    /** A borrower chose it: an overwrite of the slowest kind may take days. */
    @ParameterizedTest
    @CsvSource({"-1", "10"})
    void aWipeThatIsUnderWayAlreadyIsNotWaitedFor(int estimate) {
        drive.sanitizeCapabilities = 7;
        drive.estimateSeconds = estimate;
        drive.wipeSeconds = 1 << 30;
        drive.beginWipe();
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("a Sanitize of its own is under way; try again when it is over");
        assertThat(drive.nanoTime()).isZero();
        assertThat(drive.done).isEmpty();
    }

    @Test
    void aWipeThatFailedBeforeIsDoneAgainFirst() throws Exception {
        drive.sanitizeCapabilities = 2;
        drive.lastWipe = 3;

        assertThat(wipe().method()).isEqualTo("nvme-sanitize-block-erase+zeros");

        assertThat(drive.done).containsExactly("sanitize 2", "sanitize 2");
    }

    /** What it stored may be gone by then, or be on its way. */
    @ParameterizedTest
    @CsvSource({"2, 0x02, 0x0006, Internal Error", "2, 0x02, -1, EIO", "0, 0x80, 0x4020, is Write Protected"})
    void onceItHasBegunNothingIsCalledUnchanged(int capabilities, String number, String status, String said) {
        use(new SimulatedNvme(MIB, MIB));
        drive.sanitizeCapabilities = capabilities;
        drive.whenTold = () -> drive.statuses.put(Integer.decode(number), Integer.decode(status));
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContainingAll("it has begun to wipe itself", said);
        assertThat(drive.done).hasSize(1);
    }

    @Test
    void whoIsToldToStopDoesNotWaitForADriveAndIsStillToldToStop() {
        drive.sanitizeCapabilities = 2;
        drive.whenTold = () -> Thread.currentThread().interrupt();
        assertThatThrownBy(() -> NvmeWipe.of("pci:x", drive, NvmePace.ofThisProcess(), System.nanoTime()))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("told to stop");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void firmwareThatRunsFromTheNextResetOnIsNotLetPass() throws Exception {
        for (int stays : new int[] {0x00, 0x01, 0x11, 0x77}) {
            drive.firmwareSlots = stays;
            assertThat(wipe().verifiedBytes()).isEqualTo(MIB);
        }
        use(new SimulatedNvme(MIB));
        drive.firmwareSlots = 0x21;
        assertThatThrownBy(this::wipe)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("the firmware of its slot 2 is to run from its next reset on");
        assertThat(drive.stored(1)).containsOnly('s');
        assertThat(drive.done).isEmpty();
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
