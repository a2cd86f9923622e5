package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootEpochFileTest {
    @TempDir
    Path temporary;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = temporary.resolve("boot-epoch");
    }

    @Test
    void it_begins_at_one_and_grows_with_each_start() throws Exception {
        assertThat(BootEpochFile.next(file)).isEqualTo(1);
        assertThat(BootEpochFile.next(file)).isEqualTo(2);
        assertThat(BootEpochFile.next(file)).isEqualTo(3);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_file_that_was_there_and_is_gone_is_an_error_and_stays_one() throws Exception {
        BootEpochFile.next(file);
        Files.delete(file);

        assertThat(failure().reason()).isEqualTo(IdentityException.Reason.COUNTER_LOST);
        assertThat(failure()).hasMessageContaining("boot-epoch.exists");
    }

    @Test
    void a_damaged_file_is_an_error_at_every_byte_and_length() throws Exception {
        BootEpochFile.next(file);
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] damaged = good.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertThat(failure().reason()).as("byte %d", i).isEqualTo(IdentityException.Reason.MALFORMED);
            Files.write(file, java.util.Arrays.copyOf(good, i));
            assertThat(failure().reason()).as("length %d", i).isEqualTo(IdentityException.Reason.MALFORMED);
        }
    }

    @Test
    void a_crash_before_the_rename_or_before_the_marker_loses_nothing() throws Exception {
        BootEpochFile.next(file);
        Files.writeString(temporary.resolve("boot-epoch.new"), "half of");
        Files.delete(temporary.resolve("boot-epoch.exists"));

        assertThat(BootEpochFile.next(file)).isEqualTo(2);
        assertThat(temporary.resolve("boot-epoch.exists")).exists();
    }

    @Test
    void it_ends_with_an_error_and_does_not_start_over() throws Exception {
        Files.writeString(file, "rackweave-boot-epoch 1\nepoch 4294967295\n" + "check " + crcOfLast() + "\n");

        assertThat(failure().reason()).isEqualTo(IdentityException.Reason.COUNTER_LOST);
    }

    @Test
    void a_directory_that_is_not_there_is_an_error_that_names_the_file() {
        file = temporary.resolve("no/such/boot-epoch");

        assertThat(failure().reason()).isEqualTo(IdentityException.Reason.INPUT_OUTPUT);
        assertThat(failure().path()).isEqualTo(file);
    }

    private IdentityException failure() {
        return catchThrowableOfType(IdentityException.class, () -> BootEpochFile.next(file));
    }

    private static String crcOfLast() {
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update("rackweave-boot-epoch 1\nepoch 4294967295\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return java.util.HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
