package org.rackweave.hal.nativelinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;

class LibCTest {
    @Test
    void aLibraryThatIsNotThereIsANamedFailure() {
        assertThatThrownBy(() -> LibC.load("rackweave-no-such-library"))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("load");
    }

    @Test
    void aFunctionThatIsNotThereIsANamedFailure() {
        assertThatThrownBy(() -> LibC.load().callInt("no_such_function", answer -> false))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("no_such_function");
    }

    @Test
    void aRefusedCallSaysWhichErrorNumberByName() {
        try (Memory time = LibC.zeroed(NativeLayout.TIMESPEC_BYTES)) {
            assertThatThrownBy(() -> LibC.load().callInt("clock_gettime", answer -> answer != 0, 9_999, time))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("clock_gettime")
                    .hasMessageContaining("EINVAL");
        }
    }

    /** In a process of its own, since a library that is loaded once stays loaded. Twice, since the second failure is another. */
    @Test
    void aNativePartThatCannotBeUnpackedIsANamedFailureEveryTime() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djna.nounpack=true",
                        "-Djna.nosys=true",
                        "-Djna.boot.library.path=/nonexistent",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Twice.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines().filter(line -> line.startsWith("Unavailable: the C library: load")))
                .hasSize(2);
    }

    /** Opens the native calls twice and says how that fails. */
    static final class Twice {
        public static void main(String[] arguments) {
            for (int time = 0; time < 2; time++) {
                try {
                    KernelView.open();
                    System.out.println("opened");
                } catch (HalException failed) {
                    System.out.println(failed.getClass().getSimpleName() + ": " + failed.getMessage());
                }
            }
        }
    }

    @Test
    void theBootClockCountsUpWithTheKernelsOwn() throws Exception {
        BootClock clock = BootClock.open();
        long before = clock.bootMillis();
        double uptimeSeconds =
                Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
        long after = clock.bootMillis();
        // /proc/uptime is cut to hundredths of a second.
        assertThat(Math.round(uptimeSeconds * 1000)).isBetween(before - 10, after + 10);
        assertThat(after).isGreaterThanOrEqualTo(before);
        assertThat(clock.bootId())
                .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                        .strip());
    }

    @Test
    void aFileThatHoldsNoBootIdIsANamedFailure(@TempDir Path folder) throws Exception {
        Path odd = Files.writeString(folder.resolve("boot_id"), "fish\n");
        assertThatThrownBy(() -> BootClock.open(odd)).isInstanceOf(HalException.Unavailable.class);
        assertThatThrownBy(() -> BootClock.open(folder.resolve("absent"))).isInstanceOf(HalException.Unavailable.class);
    }

    @Test
    void aSetOfCpusIsReadBitByBit() {
        assertThat(KernelView.cpusIn(new byte[] {0b0000_0101, (byte) 0b1000_0000}))
                .isEqualTo(IdSet.of(List.of(0, 2, 15)));
        assertThat(KernelView.cpusIn(new byte[8])).isEqualTo(IdSet.EMPTY);
    }
}
