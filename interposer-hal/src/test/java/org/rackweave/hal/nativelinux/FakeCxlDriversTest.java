package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.cxl.CciMailbox;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.FmRoute;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.MctpMessage;
import org.rackweave.hal.mctp.Octets;

/**
 * The kernel's MCTP sockets and raw CXL commands, against a C library of our own in the kernel's place: no kernel at hand has either. It
 * shows that arguments arrive as the headers have them, and no more.
 */
@Tag("tools")
class FakeCxlDriversTest {
    /** Endpoint 20 of network 3 answers Identify, and nothing else; a signal comes whenever it is waited for; mem7 turns each byte of a payload round. */
    private static final String KERNEL = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <stdarg.h>
            #include <stdint.h>
            #include <string.h>
            #include <poll.h>
            #include <sys/ioctl.h>
            #include <sys/socket.h>
            #include <linux/cxl_mem.h>
            #include <linux/mctp.h>
            #include <unistd.h>
            static int pending, interrupted; static uint8_t tag;
            static int no(int why) { errno = why; return -1; }
            int socket(int family, int type, int protocol) {
                if (family != AF_MCTP) return no(EAFNOSUPPORT);
                return type == (SOCK_DGRAM | SOCK_CLOEXEC) && protocol == 0 ? 88 : no(EINVAL);
            }
            ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
                const struct sockaddr_mctp *peer = (const void *)to;
                const uint8_t *body = bytes;
                if (fd != 88 || flags || length != sizeof *peer || peer->smctp_family != AF_MCTP) return no(EINVAL);
                if (peer->smctp_network != 3 || peer->smctp_addr.s_addr != 20) return no(EHOSTUNREACH);
                if (peer->smctp_type != 7 || peer->smctp_tag != MCTP_TAG_OWNER) return no(EINVAL);
                if (size == 12 && body[3] == 1 && body[4] == 0) { pending = 1; tag = body[1]; }
                return size;
            }
            int poll(struct pollfd *fds, nfds_t count, int millis) {
                if (count != 1 || fds->fd != 88 || fds->events != POLLIN || millis < 0) return no(EINVAL);
                if (interrupted++ % 2 == 0) return no(EINTR);
                fds->revents = pending ? POLLIN : 0;
                return pending;
            }
            ssize_t recvfrom(int fd, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
                struct sockaddr_mctp *peer = (void *)from;
                static const uint8_t identity[18] = { 0xee, 0x1b, 1, 0, 0, 0, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0, 12, 0 };
                uint8_t message[12 + 18] = { 1, tag, 0, 1, 0, 18 };
                if (fd != 88 || flags || *length != sizeof *peer || size < sizeof message || !pending) return no(EAGAIN);
                memcpy(message + 12, identity, 18);
                memcpy(bytes, message, sizeof message);
                peer->smctp_addr.s_addr = 20; peer->smctp_type = 7; peer->smctp_tag = 5;
                pending = 0;
                return sizeof message;
            }
            int open(const char *path, int flags, ...) {
                if (strcmp(path, "/dev/cxl/mem7")) return no(ENOENT);
                return flags == (O_RDWR | O_CLOEXEC) ? 77 : no(EINVAL);
            }
            int close(int fd) { return fd == 77 || fd == 88 ? 0 : no(EBADF); }
            int ioctl(int fd, unsigned long request, ...) {
                va_list more; va_start(more, request); struct cxl_send_command *send = va_arg(more, void *); va_end(more);
                if (fd != 77) return no(EBADF);
                if (request != CXL_MEM_SEND_COMMAND) return no(ENOTTY);
                if (send->id != CXL_MEM_COMMAND_ID_RAW || send->flags || send->raw.rsvd) return no(EINVAL);
                if (send->raw.opcode == 0x4400) return no(EPERM);
                if (send->raw.opcode == 0x4401) return no(ETIMEDOUT);
                if (send->in.size > 256) return no(EINVAL);
                if (!send->in.size != !send->in.payload || !send->out.payload) return no(EINVAL);
                const uint8_t *in = (const void *)(uintptr_t)send->in.payload;
                uint8_t *out = (void *)(uintptr_t)send->out.payload;
                for (int i = 0; i < send->in.size; i++) out[i] = ~in[i];
                send->out.size = send->in.size;
                send->retval = send->raw.opcode == 0x0001 ? 0 : 3;
                return 0;
            }
            """;

    @TempDir
    Path folder;

    private LibC kernel;

    @BeforeEach
    void openFake() throws Exception {
        Path source = Files.writeString(folder.resolve("kernel.c"), KERNEL);
        Path library = folder.resolve("kernel.so");
        Process compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(said).isZero();
        kernel = LibC.load(library.toString());
    }

    @Test
    void aSwitchIsSpokenToByASocketOfTheKernels() {
        FmRoute route = FmRoute.mctp("mctp:3/20", deadline -> opened(20));
        try (FmClient client = new FmClient(route, new FmPatience(200, 20, 50))) {
            assertThat(client.greet()).isInstanceOfSatisfying(Outcome.Answered.class, answered -> {
                FmClient.Greeting greeting = (FmClient.Greeting) answered.response();
                assertThat(greeting.dialect()).isEqualTo(Dialect.CXL3);
                assertThat(greeting.identity().serial()).isEqualTo(42);
            });
        }
    }

    private MctpSocket opened(int endpoint) throws java.io.IOException {
        try {
            return MctpSocket.open(kernel, 3, endpoint);
        } catch (org.rackweave.hal.HalException absent) {
            throw new AssertionError(absent);
        }
    }

    @Test
    void whoIsNotThereAndWhoIsSilentAreToldApart() throws Exception {
        MctpMessage message =
                new MctpMessage(0, 0, MctpMessage.Role.REQUEST, 1, MctpMessage.TYPE_FM_API, Octets.ofHex("00"));
        assertThatThrownBy(() -> opened(21).send(message, Deadline.inMillis(10)))
                .hasMessageContaining("EHOSTUNREACH");
        try (MctpSocket socket = opened(20)) {
            socket.send(message, Deadline.inMillis(10));
            assertThatThrownBy(() -> socket.receive(Deadline.inMillis(10))).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void aRawCommandPassesItsPayloadBothWaysAndItsReturnCode() throws Exception {
        try (CciMailbox mailbox = CxlMemFile.open(kernel, Path.of("/dev/cxl/mem7"))) {
            assertThat(mailbox.run(0x0001, Octets.ofHex("00f0"), Deadline.inMillis(10)))
                    .isEqualTo(new CciMailbox.Answer(0, 0, Octets.ofHex("ff0f")));
            assertThat(mailbox.run(0x5600, Octets.NONE, Deadline.inMillis(10)))
                    .isEqualTo(new CciMailbox.Answer(3, 0, Octets.NONE));
            assertThatThrownBy(() -> mailbox.run(0x4400, Octets.NONE, Deadline.inMillis(10)))
                    .hasMessageContaining("EPERM")
                    .hasMessageContaining("CONFIG_CXL_MEM_RAW_COMMANDS");
            assertThatThrownBy(() -> mailbox.run(0x4401, Octets.NONE, Deadline.inMillis(10)))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> mailbox.run(0x0001, Octets.adopt(new byte[257]), Deadline.inMillis(10)))
                    .hasMessageContaining("EINVAL for a command of 257 bytes")
                    .hasMessageContaining("mailbox may be smaller")
                    .hasMessageNotContaining("CONFIG_CXL_MEM_RAW_COMMANDS");
        }
        assertThatThrownBy(() -> CxlMemFile.open(kernel, Path.of("/dev/cxl/mem8")))
                .hasMessageContaining("ENOENT");
    }
}
