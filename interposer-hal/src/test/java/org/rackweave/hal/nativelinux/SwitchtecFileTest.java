package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.MrpcFile;
import org.rackweave.hal.switchtec.SwitchtecIoctl;

/** The calls themselves, against this machine's kernel: a named pipe gives back what was written, as the driver would an answer. */
class SwitchtecFileTest {
    private static final Duration AT_ONCE = Duration.ZERO;

    @TempDir
    Path folder;

    private Path pipe;

    @BeforeEach
    void makePipe() throws Exception {
        pipe = folder.resolve("switchtec0");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
    }

    @Test
    void whatIsWrittenIsWaitedForAndReadBack() throws Exception {
        try (SwitchtecFile file = SwitchtecFile.open(pipe)) {
            assertThat(file.await(AT_ONCE)).isEqualTo(MrpcFile.Ready.NOT_YET);
            file.write(new byte[] {1, 2, 3, 4, 5});
            assertThat(file.await(AT_ONCE)).isEqualTo(MrpcFile.Ready.YES);
            assertThat(file.read(5)).containsExactly(1, 2, 3, 4, 5);
            assertThat(file.await(AT_ONCE)).isEqualTo(MrpcFile.Ready.NOT_YET);
        }
    }

    @Test
    void anAnswerThatIsTooShortIsOfUnknownOutcome() throws Exception {
        try (SwitchtecFile file = SwitchtecFile.open(pipe)) {
            file.write(new byte[3]);
            assertThatThrownBy(() -> file.read(8))
                    .isInstanceOf(HalException.OutcomeUnknown.class)
                    .hasMessageContaining(pipe.toString())
                    .hasMessageContaining("3 of 8 bytes");
        }
    }

    @Test
    void aQuestionThatTheDriverDoesNotKnowIsRefusedByName() throws Exception {
        try (SwitchtecFile file = SwitchtecFile.open(pipe)) {
            assertThatThrownBy(() -> SwitchtecIoctl.pffOf(file, 0, 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("ask PORT_TO_PFF")
                    .hasMessageContaining("ENOTTY");
        }
    }

    @Test
    void aClosedFileTakesNothing() throws Exception {
        SwitchtecFile file = SwitchtecFile.open(pipe);
        file.close();
        assertThatThrownBy(() -> file.write(new byte[4]))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("EBADF");
    }

    @Test
    void aDeviceThatIsNotThereIsUnavailable() {
        Path absent = folder.resolve("switchtec9");
        assertThatThrownBy(() -> SwitchtecFile.open(absent))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining(absent.toString())
                .hasMessageContaining("ENOENT");
    }
}
