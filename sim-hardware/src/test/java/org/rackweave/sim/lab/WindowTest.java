package org.rackweave.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowTest {
    private static final long LENGTH = 40L << 20;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void make() throws Exception {
        file = folder.resolve("window");
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(LENGTH);
        }
    }

    @Test
    void anUntouchedWindowIsZeroToItsLastByte() throws Exception {
        assertThat(new Window(file).nonZeroBytes()).isZero();
        assertThat(new Window(file).marksOf("mark")).isZero();
    }

    @Test
    void aMarkIsFoundAtAllItsPlacesAndCountedByteByByte() throws Exception {
        Window window = new Window(file);
        window.write("mark");
        assertThat(window.marksOf("mark")).isEqualTo(Window.marks());
        assertThat(window.marksOf("other")).isZero();
        assertThat(window.nonZeroBytes()).isEqualTo(4L * Window.marks());
    }

    @Test
    void oneByteAtTheVeryEndIsSeen() throws Exception {
        try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "rw")) {
            written.seek(LENGTH - 1);
            written.write(1);
        }
        assertThat(new Window(file).nonZeroBytes()).isEqualTo(1);
    }
}
