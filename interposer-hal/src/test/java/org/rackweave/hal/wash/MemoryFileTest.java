package org.rackweave.hal.wash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryFileTest {
    private static final int BYTES = 3 * MemoryFile.CHUNK_BYTES / 2;

    @TempDir
    Path folder;

    @Test
    void aFileIsZeroAfterItWasZeroedAndEachByteThatIsNotCounts() throws Exception {
        byte[] ones = new byte[BYTES];
        java.util.Arrays.fill(ones, (byte) 1);
        Path file = Files.write(folder.resolve("memory"), ones);
        assertThat(MemoryFile.countZeros(file, BYTES)).isZero();
        MemoryFile.zero(file, BYTES);
        assertThat(MemoryFile.countZeros(file, BYTES)).isEqualTo(BYTES);
        for (int at : new int[] {0, MemoryFile.CHUNK_BYTES, BYTES - 1}) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {7}), at);
            }
        }
        assertThat(MemoryFile.countZeros(file, BYTES)).isEqualTo(BYTES - 3);
    }

    @Test
    void whatIsShorterThanItShouldBeIsNotAllZero() throws Exception {
        Path file = Files.write(folder.resolve("memory"), new byte[BYTES]);
        assertThat(MemoryFile.countZeros(file, BYTES + 1)).isEqualTo(BYTES);
    }

    @Test
    void aCharacterDeviceIsMappedToBeReadBackAndNeverWritten() throws Exception {
        assertThat(MemoryFile.countZeros(Path.of("/dev/zero"), BYTES)).isEqualTo(BYTES);
        assertThatThrownBy(() -> MemoryFile.countZeros(Path.of("/dev/null"), BYTES))
                .hasMessageContaining("map: ENODEV");
        assertThatThrownBy(() -> MemoryFile.zero(Path.of("/dev/zero"), BYTES))
                .hasMessageContaining("can only be mapped");
    }
}
