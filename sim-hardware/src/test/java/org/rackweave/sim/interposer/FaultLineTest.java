package org.rackweave.sim.interposer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.sim.interposer.FaultLine.Fault;
import org.rackweave.sim.interposer.FaultLine.Operation;

class FaultLineTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sanitise delay 1500ms",
                "bind refuse 1",
                "load delay 20000ms",
                "loaded gone 3",
                "unbind hang 5000ms 2",
                "bind unknown 1",
                "sanitise fail 1",
                "route gone"
            })
    void whatIsWrittenBackIsWhatWasRead(String line) {
        assertThat(FaultLine.parse(line).text()).isEqualTo(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "bind", "bind delay", "bind refuse 5s", "unbind fail 1", "close refuse", "bind refuse -1"})
    void whatCannotBeMeantIsRefused(String line) {
        assertThatThrownBy(() -> FaultLine.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsAreUsedUpAndTheNextLineThenApplies() throws Exception {
        Path file = folder.resolve("faults");
        Files.writeString(file, "# first\nbind refuse 2\nbind gone 1\nunbind refuse\n");
        FaultScript script = new FaultScript(file);
        assertThat(script.next(Operation.BIND).orElseThrow().fault()).isEqualTo(Fault.REFUSE);
        assertThat(script.next(Operation.BIND).orElseThrow().fault()).isEqualTo(Fault.REFUSE);
        assertThat(script.next(Operation.BIND).orElseThrow().fault()).isEqualTo(Fault.GONE);
        assertThat(script.next(Operation.BIND)).isEmpty();
        assertThat(script.next(Operation.UNBIND).orElseThrow().fault()).isEqualTo(Fault.REFUSE);
        assertThat(Files.readString(file)).isEqualTo("# first\nbind refuse 0\nbind gone 0\nunbind refuse\n");
    }

    @Test
    void withoutAScriptNothingGoesWrong() throws Exception {
        assertThat(new FaultScript(folder.resolve("none")).next(Operation.BIND)).isEmpty();
    }
}
