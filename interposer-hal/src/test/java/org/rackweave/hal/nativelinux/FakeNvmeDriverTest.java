package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.HalException;
import org.rackweave.hal.nvme.NvmeCommand;
import org.rackweave.hal.nvme.NvmeDrive;

/**
 * What the kernel's NVMe driver is told, against a C library of our own that reads the structure by the kernel's header. It shows that
 * arguments arrive as the C calling convention has them; what a driver does is tried in a guest.
 */
@Tag("tools")
class FakeNvmeDriverTest {
    /** Identify answers with what it was told; Sanitize is prohibited, and Format NVM is interrupted. */
    private static final String DRIVER = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <linux/nvme_ioctl.h>
            #include <stdarg.h>
            #include <stdint.h>
            #include <string.h>
            #include <sys/ioctl.h>
            static int opened;
            static int no(int why) { errno = why; return -1; }
            int open(const char *path, int flags, ...) {
                if (strstr(path, "busy")) return flags & O_EXCL ? no(EBUSY) : 90;
                if (strstr(path, "absent")) return no(ENOENT);
                opened++;
                return flags == (O_RDWR | O_CLOEXEC) ? 77 : flags == (O_EXCL | O_CLOEXEC) ? 78 : no(EINVAL);
            }
            int close(int fd) { opened--; return 0; }
            int openFiles(void) { return opened; }
            int ioctl(int fd, unsigned long request, ...) {
                va_list more; va_start(more, request); struct nvme_admin_cmd *told = va_arg(more, void *); va_end(more);
                if (fd != 77 || request != NVME_IOCTL_ADMIN_CMD) return no(ENOTTY);
                if (told->opcode == 0x84) return 0x4023;
                if (told->opcode == 0x80) return no(EINTR);
                if (told->opcode == 0x02) return no(EIO);
                uint32_t seen[] = { told->opcode, told->nsid, told->data_len, told->cdw10, told->cdw11, told->timeout_ms,
                        told->cdw2 | told->cdw3 | told->cdw12 | told->cdw13 | told->cdw14 | told->cdw15 | told->metadata_len };
                if (told->data_len) memcpy((void *)(uintptr_t)told->addr, seen, sizeof seen);
                return 0;
            }
            """;

    @TempDir
    Path folder;

    private LibC libc;
    private NvmeFile file;
    private Path block;

    @BeforeEach
    void openFake() throws Exception {
        Path source = Files.writeString(folder.resolve("driver.c"), DRIVER);
        Path library = folder.resolve("driver.so");
        compile("-shared", "-fPIC", "-o", library.toString(), source.toString());
        libc = LibC.load(library.toString());
        block = Files.write(folder.resolve("block"), new byte[1 << 20]);
        file = NvmeFile.open(libc, Path.of("/dev/nvme0"), Map.of(3, block));
    }

    @Test
    void aCommandArrivesAsTheHeaderHasItAndItsAnswerComesBack() throws Exception {
        NvmeCommand command = new NvmeCommand(
                NvmeCommand.Opcode.IDENTIFY, 0xFFFFFFFE, 4096, 0x12345678, 0x9ABCDEF0, Duration.ofHours(1));

        NvmeDrive.Completion completion = file.run(command);

        assertThat(completion.status().isSuccess()).isTrue();
        assertThat(completion.data().length()).isEqualTo(4096);
        assertThat(completion.data().slice(0, 28).toArray())
                .asHexString()
                .isEqualTo("06000000" + "FEFFFFFF" + "00100000" + "78563412" + "F0DEBC9A" + "80EE3600" + "00000000");
    }

    @Test
    void aStatusIsNoFailureOfTheCallAndAFailureOfTheCallIsNoStatus() throws Exception {
        assertThat(file.run(told(NvmeCommand.Opcode.SANITIZE)).status())
                .hasToString("Command Prohibited by Command and Feature Lockdown (023h)");
        assertThatThrownBy(() -> file.run(told(NvmeCommand.Opcode.FORMAT_NVM)))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("/dev/nvme0: Format NVM: EINTR");
        assertThatThrownBy(() -> file.run(told(NvmeCommand.Opcode.GET_LOG_PAGE)))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("Get Log Page: EIO");
    }

    @Test
    void whatIsWrittenReadsBackFromThePlaceWhereItWasWritten() throws Exception {
        byte[] content = new byte[8192];
        Arrays.fill(content, (byte) 7);
        file.write(3, 65536, content);
        assertThat(file.read(3, 65536, 8192)).isEqualTo(content);
        assertThat(file.read(3, 65536 - 4096, 4096)).containsOnly(0);
        assertThat(file.bytes(3)).isEqualTo(1 << 20);
        assertThat(file.namespaces()).containsExactly(3);
        assertThatThrownBy(() -> file.read(3, 1 << 20, 4096))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("/dev/nvme0 namespace 3: read at byte 1048576: it ends at byte 1048576");
    }

    @Test
    void whatIsInUseOrNotThereIsNotOpenedAndNothingStaysOpen() throws Exception {
        file.close();
        Path busy = Files.write(folder.resolve("busy"), new byte[4096]);
        assertThatThrownBy(() -> NvmeFile.open(libc, Path.of("/dev/nvme0"), Map.of(1, block, 2, busy)))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("busy: claim: EBUSY: this machine uses it");
        assertThatThrownBy(() -> NvmeFile.open(libc, Path.of("/dev/absent"), Map.of()))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("/dev/absent: open: ENOENT");
        assertThat((int) libc.attempt("openFiles").answer()).isZero();
    }

    private static NvmeCommand told(NvmeCommand.Opcode opcode) {
        return new NvmeCommand(opcode, 1, 0, 0, 0, Duration.ofSeconds(1));
    }

    private static void compile(String... arguments) throws Exception {
        String[] command = Stream.concat(Stream.of("cc"), Stream.of(arguments)).toArray(String[]::new);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        } catch (IOException absent) {
            throw new AssertionError(
                    "cc cannot be run: install a C compiler and headers (Debian: gcc, libc6-dev and linux-libc-dev)",
                    absent);
        }
    }
}
