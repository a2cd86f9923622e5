package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.DeviceLink;
import org.rackweave.hal.switchtec.Outcome;
import org.rackweave.hal.switchtec.SwitchtecClient;
import org.rackweave.hal.switchtec.SwitchtecIoctl;
import org.rackweave.hal.switchtec.SwitchtecLink;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;

/**
 * Everything above the C library, against a C library of our own that behaves as the kernel documents its driver: no machine at hand has a
 * {@code /dev/switchtecN}. It shows that arguments arrive as the C calling convention has them; it cannot show what a driver does.
 */
@Tag("tools")
class FakeDriverTest {
    /** One file, one command under way; command 0x41 is answered, 0x04 when it was polled twice, all others are unknown. */
    private static final String DRIVER = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <linux/switchtec_ioctl.h>
            #include <poll.h>
            #include <stdarg.h>
            #include <stdint.h>
            #include <string.h>
            #include <sys/ioctl.h>
            #include <unistd.h>
            static int busy, polls; static uint32_t command, argument;
            static int no(int why) { errno = why; return -1; }
            int open(const char *path, int flags, ...) {
                if (strcmp(path, "/dev/switchtec0")) return no(ENOENT);
                return flags == (O_RDWR | O_CLOEXEC) ? 77 : no(EINVAL);
            }
            int close(int fd) { busy = 0; return fd == 77 ? 0 : no(EBADF); }
            ssize_t write(int fd, const void *bytes, size_t size) {
                if (fd != 77) return no(EBADF);
                if (busy) return no(EBADE);
                if (size < 8 || size > 1028) return no(EINVAL);
                memcpy(&command, bytes, 4); memcpy(&argument, (const char *)bytes + 4, 4);
                busy = 1; polls = 0;
                return size;
            }
            int poll(struct pollfd *fds, nfds_t count, int millis) {
                if (count != 1 || fds->fd != 77 || fds->events != POLLIN || millis < 0) return no(EINVAL);
                fds->revents = busy && (++polls > 1 || command != 0x007C0004) ? POLLIN : 0;
                return fds->revents != 0;
            }
            ssize_t read(int fd, void *bytes, size_t size) {
                if (fd != 77) return no(EBADF);
                if (!busy) return no(EBADE);
                uint32_t answer[257] = { command == 0x007C0041 || command == 0x007C0004 ? 0 : 0x64005, ~argument };
                memcpy(bytes, answer, size);
                busy = 0;
                return size;
            }
            int ioctl(int fd, unsigned long request, ...) {
                va_list more; va_start(more, request); void *argument = va_arg(more, void *); va_end(more);
                if (fd != 77) return no(EBADF);
                if (request != SWITCHTEC_IOCTL_PORT_TO_PFF) return no(ENOTTY);
                struct switchtec_ioctl_pff_port *port = argument;
                if (port->partition > 1) return no(EINVAL);
                port->pff = port->partition * 48 + port->port;
                return 0;
            }
            """;

    @TempDir
    Path folder;

    private SwitchtecFile file;
    private DeviceLink link;
    private SwitchtecClient client;

    @BeforeEach
    void openFake() throws Exception {
        Path source = Files.writeString(folder.resolve("driver.c"), DRIVER);
        Path library = folder.resolve("driver.so");
        compile("-shared", "-fPIC", "-o", library.toString(), source.toString());
        file = SwitchtecFile.open(LibC.load(library.toString()), Path.of("/dev/switchtec0"));
        link = new DeviceLink(file, Duration.ofMillis(10));
        client = new SwitchtecClient(link);
    }

    @Test
    void aCommandGoesThroughTheCallsOfTheDriverAndComesBack() {
        assertThat(client.perform(new MrpcCommand.Echo(0x12345678)))
                .isEqualTo(new Outcome.Answered<>(new MrpcAnswer.Inverted(~0x12345678)));
        assertThat(client.perform(new MrpcCommand.ReadBifurcation(0)))
                .isEqualTo(new Outcome.Refused<>(MrpcError.COMMAND_INVALID));
    }

    @Test
    void afterATimeoutTheDriverIsDrainedBeforeItIsUsedAgain() throws Exception {
        assertThat(client.perform(new MrpcCommand.DieTemperature()).kind()).isEqualTo(Outcome.Kind.UNKNOWN);
        assertThatThrownBy(() -> file.write(new byte[8]))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("EBADE");
        assertThat(link.drain(Duration.ofMillis(10))).isEqualTo(SwitchtecLink.Drained.IDLE);
        assertThat(client.perform(new MrpcCommand.Echo(1)).kind()).isEqualTo(Outcome.Kind.ANSWERED);
        assertThatThrownBy(() -> file.read(8))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("EBADE");
    }

    @Test
    void aQuestionToTheDriverPassesItsStructureBothWays() throws Exception {
        assertThat(SwitchtecIoctl.pffOf(file, 1, 5)).isEqualTo(new SwitchtecIoctl.PffPort(53, 1, 5));
        assertThatThrownBy(() -> SwitchtecIoctl.pffOf(file, 2, 5)).hasMessageContaining("EINVAL");
        assertThatThrownBy(() -> SwitchtecIoctl.events(file)).hasMessageContaining("ENOTTY");
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
