package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.HalException;

/** On an ordinary file, which maps as a DAX device does but for the alignment that one asks for. */
class DaxFileTest {
    /** More than two of the pieces in which it is mapped. */
    private static final long BYTES = 130L << 20;

    private static final long PIECE_BYTES = 64L << 20;

    @TempDir
    Path folder;

    @Test
    void aWipeLeavesZerosFromTheFirstByteToTheLast() throws Exception {
        Path file = written(0, PIECE_BYTES - 1, PIECE_BYTES, BYTES - 1);
        assertThat(DaxFile.wipe(file, BYTES)).isEqualTo(BYTES);
        assertThat(zerosIn(file)).isEqualTo(BYTES);
        assertThat(Files.size(file)).isEqualTo(BYTES);
    }

    @Test
    void aByteThatIsLeftAnywhereIsFound() throws Exception {
        assertThat(zerosIn(written(0))).isZero();
        assertThat(zerosIn(written(PIECE_BYTES - 1))).isZero();
        assertThat(zerosIn(written(PIECE_BYTES))).isEqualTo(PIECE_BYTES);
        assertThat(zerosIn(written(BYTES - 1))).isEqualTo(2 * PIECE_BYTES);
    }

    @Test
    void aDeviceThatIsNotThereOrCannotBeMappedIsNamed() {
        assertThatThrownBy(() -> DaxFile.wipe(folder.resolve("dax0.0"), BYTES))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("dax0.0: open: ENOENT");
        assertThatThrownBy(() -> DaxFile.wipe(Path.of("/dev/null"), BYTES))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("/dev/null: map: ENODEV");
    }

    private static long zerosIn(Path path) throws HalException {
        DaxFile file = DaxFile.open(path);
        try {
            return file.leadingZeros(BYTES);
        } finally {
            file.close();
        }
    }

    /** Zero but for a byte at each of these places. */
    private Path written(long... places) throws IOException {
        Path path = Files.createTempFile(folder, "memory", "");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(BYTES);
            for (long place : places) {
                file.seek(place);
                file.write(1);
            }
        }
        return path;
    }
}
