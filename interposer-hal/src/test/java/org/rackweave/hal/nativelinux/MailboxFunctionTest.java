package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.cxl.CciMailbox;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/** Registers that are a file, at whose other end a thread is the device. */
@Timeout(60)
class MailboxFunctionTest {
    private static final int MAILBOX_AT = 0x100;
    private static final int BYTES = 4096;

    @TempDir
    Path folder;

    private MappedByteBuffer registers;
    private volatile boolean isGone;
    private volatile boolean isDeaf;
    private Thread device = new Thread(this::beTheDevice, "mailbox");

    @BeforeEach
    void makeRegisters() throws Exception {
        Files.writeString(folder.resolve("enable"), "0");
        Files.write(folder.resolve("resource0"), new byte[BYTES]);
        try (FileChannel channel =
                FileChannel.open(folder.resolve("resource0"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            registers = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
        }
        registers.order(ByteOrder.LITTLE_ENDIAN);
        // Two capabilities: device status, and the mailbox.
        registers.putInt(4, 2);
        registers.putInt(0x10, 1).putInt(0x14, 0x80).putInt(0x18, 8);
        registers.putInt(0x20, 2).putInt(0x24, MAILBOX_AT).putInt(0x28, 0x20 + 1024);
        registers.putInt(MAILBOX_AT, 10);
        device.start();
    }

    @AfterEach
    void stopTheDevice() throws Exception {
        isGone = true;
        device.join();
    }

    /** Answers with the opcode and the payload, each byte turned round; code 3 for opcodes above 5500h. */
    private void beTheDevice() {
        while (!isGone) {
            if (!isDeaf && (registers.getInt(MAILBOX_AT + 4) & 1) != 0) {
                long command = registers.getLong(MAILBOX_AT + 8);
                int opcode = (int) (command & 0xFFFF);
                int length = (int) (command >> 16);
                for (int i = 0; i < length; i++) {
                    int at = MAILBOX_AT + 32 + i;
                    registers.put(at, (byte) ~registers.get(at));
                }
                registers.putLong(MAILBOX_AT + 16, opcode > 0x5500 ? 0x0007_0003_0000_0000L : 0);
                registers.putInt(MAILBOX_AT + 4, 0);
            }
            LockSupport.parkNanos(50_000);
        }
    }

    @Test
    void aCommandIsRungInAndItsAnswerReadFromItsPlace() throws Exception {
        CciMailbox mailbox = MailboxFunction.open(folder);
        assertThat(folder.resolve("enable")).hasContent("1");
        assertThat(mailbox.run(0x5201, Octets.ofHex("00ff10"), Deadline.inMillis(5_000)))
                .isEqualTo(new CciMailbox.Answer(0, 0, Octets.ofHex("ff00ef")));
        assertThat(mailbox.run(0x5600, Octets.NONE, Deadline.inMillis(5_000)))
                .isEqualTo(new CciMailbox.Answer(3, 7, Octets.NONE));
        mailbox.close();
    }

    @Test
    void aDeviceThatIsNotDoneInTimeIsWaitedForByTheNextCommand() throws Exception {
        isDeaf = true;
        CciMailbox mailbox = MailboxFunction.open(folder);
        assertThatThrownBy(() -> mailbox.run(0x5201, Octets.NONE, Deadline.inMillis(20)))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("0x5201");
        assertThatThrownBy(() -> mailbox.run(0x0002, Octets.NONE, Deadline.inMillis(20)))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("the command before");
        isDeaf = false;
        assertThat(mailbox.run(0x0002, Octets.ofHex("01"), Deadline.inMillis(5_000))
                        .payload())
                .isEqualTo(Octets.ofHex("fe"));
        mailbox.close();
    }

    @Test
    void whatDoesNotFitIsNotAsked() throws Exception {
        CciMailbox mailbox = MailboxFunction.open(folder);
        assertThatThrownBy(() -> mailbox.run(0x5605, Octets.copyOf(new byte[1025]), Deadline.inMillis(20)))
                .hasMessageContaining("1024 bytes at a time");
        mailbox.close();
    }

    @Test
    void registersThatAreNoMailboxAreRefusedByWhatTheyLack() throws Exception {
        registers.putInt(MAILBOX_AT, 31);
        assertThatThrownBy(() -> MailboxFunction.open(folder)).hasMessageContaining("2^31 bytes does not fit");
        registers.putInt(0x20, 3);
        assertThatThrownBy(() -> MailboxFunction.open(folder)).hasMessageContaining("no CXL mailbox");
        Files.createDirectory(folder.resolve("driver"));
        assertThatThrownBy(() -> MailboxFunction.open(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has a driver");
        assertThatThrownBy(() -> MailboxFunction.open(folder.resolve("nowhere")))
                .hasMessageContaining("no PCI function with registers");
    }
}
