package org.rackweave.sim.machines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineImageTest {
    @TempDir
    Path cache;

    @Test
    void oneThatIsThereIsTakenWithoutAWord() throws Exception {
        Path made = Files.createDirectories(cache.resolve("debian-13"));
        Files.writeString(made.resolve("recipe"), MachineImage.recipe());
        StringWriter said = new StringWriter();

        MachineImage image = MachineImage.prepare(cache, new PrintWriter(said, true));

        assertThat(image.directory()).isEqualTo(made);
        assertThat(said.toString()).isEmpty();
    }

    @Test
    void oneByAnotherRecipeOrHalfMadeIsNone() throws Exception {
        Path made = Files.createDirectories(cache.resolve("debian-13"));
        MachineImage image = new MachineImage(made);
        assertThat(image.isReady()).isFalse();

        Files.writeString(made.resolve("recipe"), MachineImage.recipe() + "# and more");
        assertThat(image.isReady()).isFalse();
    }
}
